package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/text"
)

// A Tale is what a sync did, read from its store as it goes on.
type tale struct {
	crowd
	store durable.Store
	seen  map[issue.Ref]int // how many commits of each link are told
}

// A Deed is one commit of a link, for people.
type deed struct {
	Number int    // from 1, as they were told
	At     string // "15:04:05"
	Keys   string // "SUP-1 · DEV-3"
	Why    string // what caused it: "webhook", "sweep"
	Lines  []line
}

// A Line is one thing of a deed.
type line struct {
	part
	row
}

// A Part is of whom lines tell, and how.
type part struct {
	Kind string // "heard", "write", "refused", "lost" or "note"
	To   string // of a write: "left" or "right"
	Who  string
}

// A Row is what one line tells.
type row struct {
	Field string // empty: the text speaks of no single one
	Text  string
}

// A Passage is what one part has in a row.
type passage struct {
	part
	Rows []row
}

// Passages are the lines of a deed, put together where one follows another of
// the same part.
func (d deed) Passages() []passage {
	var out []passage
	for _, l := range d.Lines {
		if n := len(out); n == 0 || out[n-1].part != l.part {
			out = append(out, passage{part: l.part})
		}
		last := &out[len(out)-1]
		last.Rows = append(last.Rows, l.row)
	}
	return out
}

func newTale(store durable.Store) *tale {
	return &tale{crowd: crowd{open: map[chan deed]bool{}}, store: store, seen: map[issue.Ref]int{}}
}

// pause is how often the store is asked what is new.
const pause = 250 * time.Millisecond

// follow tells what is new until ctx ends. A store that cannot be read now is
// read later.
func (t *tale) follow(ctx context.Context) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		_ = t.read(ctx) // the sync itself says what is wrong with the store
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// read tells what is new of all links, the oldest first.
func (t *tale) read(ctx context.Context) error {
	var fresh []told
	for l, err := range t.store.Links(ctx, durable.Filter{}) {
		if err != nil {
			return err
		}
		if int64(t.seen[l.ID]) == l.Revision {
			continue
		}
		var all []told // it may have gone on since the link was read
		for r, err := range t.store.History(ctx, l.ID) {
			if err != nil {
				return err
			}
			all = append(all, told{l, r})
		}
		fresh = append(fresh, all[:len(all)-t.seen[l.ID]]...)
		t.seen[l.ID] = len(all)
	}
	slices.SortStableFunc(fresh, func(a, b told) int { return a.record.At.Compare(b.record.At) })
	for _, f := range fresh {
		if d := narrate(f.link, f.record); len(d.Lines) > 0 {
			t.tell(d)
		}
	}
	return nil
}

// told is one commit of a link.
type told struct {
	link   issue.Link
	record durable.Record
}

// narrate says what a record holds. One that only notes that all is as it
// should be has no lines.
func narrate(l issue.Link, r durable.Record) deed {
	d := deed{At: r.At.Format(time.TimeOnly), Keys: keys(l), Why: r.Event.Cause}
	for _, x := range sorted(r.Claims) {
		for _, c := range r.Claims[x] {
			d.Lines = append(d.Lines, line{part{Kind: "heard", Who: claimant(c)}, said(x, c.Value)})
		}
	}
	for _, c := range r.Changes {
		d.Lines = append(d.Lines, writes(c)...)
	}
	for _, x := range sorted(r.Overruled) {
		for _, c := range r.Overruled[x] {
			d.Lines = append(d.Lines, line{part{Kind: "lost", Who: claimant(c)}, said(x, c.Value)})
		}
	}
	for _, who := range slices.Sorted(maps.Keys(r.Replies)) {
		for _, x := range sorted(r.Replies[who]) {
			if y := r.Replies[who][x]; y.State == issue.Refused {
				d.Lines = append(d.Lines, line{part{Kind: "refused", Who: place(who)}, row{x.Field, y.Why}})
			}
		}
	}
	if r.Note != "" {
		d.Lines = append(d.Lines, line{part{Kind: "note"}, row{Text: r.Note}})
	}
	return d
}

// writes are the lines of what one participant is told.
func writes(c issue.Change) []line {
	p := part{"write", map[bool]string{true: "left", false: "right"}[c.On.Participant == "support"], place(c.On.Participant)}
	if c.On.ID == "" {
		return []line{{p, row{Text: "creates “" + short(c.Patch[issue.Place{Field: "summary"}]) + "”"}}}
	}
	var out []line
	for _, x := range sorted(c.Patch) {
		out = append(out, line{p, said(x, c.Patch[x])})
	}
	return out
}

func sorted[V any](m map[issue.Place]V) []issue.Place {
	return slices.SortedFunc(maps.Keys(m), issue.Place.Compare)
}

// place is what people call a participant here.
func place(p issue.Participant) string {
	if p == "support" {
		return "Cloud"
	}
	return "Data Center"
}

// claimant is who made a claim, and where.
func claimant(c issue.Claim) string {
	if c.Person == "" {
		return place(c.By)
	}
	return c.Person + ", " + place(c.By)
}

func keys(l issue.Link) string {
	var out []string
	for _, p := range []issue.Participant{"support", "development"} {
		if k := l.Sides[p].Key; k != "" {
			out = append(out, k)
		}
	}
	return strings.Join(out, " · ")
}

// said is a field and what it is to be.
func said(x issue.Place, v issue.Value) row {
	name := x.Field
	if x.Row.ID != "" {
		name = strings.TrimSuffix(x.Field, "s")
		if v == nil {
			return row{name, "removed"}
		}
	}
	return row{name, short(v)}
}

// widest is how much of a value is shown.
const widest = 90

// short is a value on one line.
func short(v issue.Value) string {
	s := ""
	switch v := v.(type) {
	case issue.Scalar:
		s = string(v)
	case issue.Set:
		s = strings.Join(v, ", ")
	case issue.Text:
		s = text.Line(v.Doc)
	case issue.Row:
		return short(v["body"])
	}
	if s == "" {
		return "nothing"
	}
	if r := []rune(s); len(r) > widest {
		return fmt.Sprintf("%s…", string(r[:widest]))
	}
	return s
}
