package engine_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/accord/connector"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"example.com/accord/plan"
	"example.com/accord/text"
)

// A world is three trackers with people, two processes that keep them in step,
// and everything that can go wrong. It runs in a bubble of testing/synctest,
// and nothing in it depends on anything but its seed: every draw is a hash of
// the seed, who draws, what for, and the time, and no two things happen at the
// same time, since every sleep has its own nanoseconds.
type world struct {
	seed     uint64
	kind     kind
	edits    int // how many people make
	order    []issue.Participant
	trackers map[issue.Participant]*memory.Tracker
	rules    plan.Rules
	store    *memory.Store
	queue    *memory.Queue
	tracing  bool

	mu      sync.Mutex
	book    ledger
	down    map[issue.Participant]time.Time // until then
	fussy   map[issue.Participant]time.Time // refuses a status until then
	made    map[issue.Ref]time.Time         // when each issue was made
	calm    bool
	over    bool
	crashes int
	faults  int
	losses  int
	turns   int
	alive   []*process
	known   time.Time // when an issue was first made by us
	lost    time.Time // when the store was lost, the last time
	trace   []line
}

// A kind of world decides when people edit.
type kind struct {
	alone bool // only what shows alike on all sides
	gaps  bool // also in the gap before one write of ten
	blind bool // trackers do not tell what our own entries replaced
	loses bool // the store is lost, once or twice
}

// A line of a trace. Lines of one instant are by different actors.
type line struct {
	at   time.Time
	who  string
	text string
}

var (
	errDown   = errors.New("connection refused")
	errCall   = errors.New("timed out")
	summary   = issue.Place{Field: "summary"}
	status    = issue.Place{Field: "status"}
	labels    = issue.Place{Field: "labels"}
	textField = issue.Place{Field: "text"}
)

func newWorld(seed uint64, k kind, edits int) *world {
	w := &world{
		seed: seed, kind: k, edits: edits, order: []issue.Participant{"a", "b", "c"},
		trackers: map[issue.Participant]*memory.Tracker{}, store: memory.NewStore(), queue: memory.NewQueue(),
		down: map[issue.Participant]time.Time{}, fussy: map[issue.Participant]time.Time{}, made: map[issue.Ref]time.Time{},
		book: ledger{tokens: map[string]*token{}, unseen: map[string]bool{}, spared: map[string]bool{}},
	}
	w.rules = plan.Rules{Sync: "world", Digest: "1", Order: w.order, Fields: map[string]plan.Field{}, Eyes: map[issue.Participant]plan.Eye{}}
	r := w.dice("world", "rules")
	for _, f := range []struct {
		name string
		kind plan.Kind
	}{{"summary", plan.Scalar}, {"status", plan.Scalar}, {"labels", plan.Set}, {"text", plan.Text}, {"comments", plan.Rows}} {
		policy := []plan.Policy{plan.Hold, plan.First, plan.Newest}[r.IntN(3)]
		if k.alone || k.loses || f.kind == plan.Rows {
			policy = plan.Hold
		}
		w.rules.Fields[f.name] = plan.Field{Kind: f.kind, Policy: policy, Follows: f.name == "status"}
	}
	if seed%3 == 2 {
		w.rules.Times = plan.DefaultTimes
		w.rules.Times.Rows = 1 // a turn begins one comment, and leaves the others to those after it
	}
	for _, p := range w.order {
		w.open(p)
	}
	return w
}

// open sets up the tracker of p: b has no rich text and a workflow with
// missing ways, c cannot show labels that begin with "!".
func (w *world) open(p issue.Participant) {
	r := w.dice(string(p), "habits")
	h := memory.Habits{
		Defaults: issue.Document{summary: issue.Scalar(""), status: issue.Scalar(""), labels: issue.Set{}, textField: issue.Text{}},
		Page:     1 + r.IntN(3), Forgetful: r.IntN(4) == 0, Blind: w.kind.blind,
		SearchLag: time.Duration(r.IntN(100)) * time.Second,
	}
	if r.IntN(2) == 0 {
		h.LogLag = time.Duration(r.IntN(40)) * time.Second
	}
	if r.IntN(2) == 0 {
		h.Skew = time.Duration(r.IntN(1800)-900) * time.Second
	}
	switch p {
	case "b":
		h.Canon = flat
		h.Routes = memory.Routes{Via: "Hub", Direct: func(from, to string) bool {
			return from == "Hub" || to == "Hub" || (len(from)+len(to))%2 == 0
		}}
	case "c":
		h.Canon = banged
	}
	h.Refuse = func(x issue.Place, _ issue.Value) string {
		w.mu.Lock()
		defer w.mu.Unlock()
		if x == status && !w.calm && w.fussy[p].After(time.Now()) {
			return "not now"
		}
		return ""
	}
	t := &memory.Tracker{Name: p, Habits: h}
	t.Call = func(kind string) memory.Fate { return w.fate(p, kind) }
	t.Gap = func(id string, x issue.Place) { w.gap(p, id, x) }
	t.Hook = func(d connector.Delivery) { w.post(p, d) }
	w.trackers[p] = t
	fields := map[string]plan.Lens{}
	for f := range w.rules.Fields {
		fields[f] = plan.Lens{}
	}
	w.rules.Eyes[p] = plan.Eye{Fields: fields, Canon: t.Canon, Logged: t.Logged}
}

// flat drops every mark of rich text.
func flat(d issue.Document) issue.Document {
	d = d.Clone()
	for x, v := range d {
		switch v := v.(type) {
		case issue.Text:
			d[x] = issue.Text{Doc: plain(v.Doc)}
		case issue.Row:
			if body, ok := v["body"].(issue.Text); ok {
				row := maps.Clone(v)
				row["body"] = issue.Text{Doc: plain(body.Doc)}
				d[x] = row
			}
		}
	}
	return d
}

func plain(d text.Doc) text.Doc {
	out := slices.Clone(d)
	for i, b := range out {
		out[i].Spans = slices.Clone(b.Spans)
		for n := range out[i].Spans {
			out[i].Spans[n].Marks = nil
		}
	}
	return out
}

// banged drops the members of sets that begin with "!".
func banged(d issue.Document) issue.Document {
	d = d.Clone()
	for x, v := range d {
		if set, ok := v.(issue.Set); ok {
			d[x] = issue.SetOf(slices.DeleteFunc(slices.Clone(set), func(m string) bool { return strings.HasPrefix(m, "!") })...)
		}
	}
	return d
}

// dice returns the chances of who, for what, now.
func (w *world) dice(who, what string) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, w.seed, who, " ", what)
	return rand.New(rand.NewPCG(h.Sum64(), uint64(time.Now().UnixNano())))
}

// nap is the only way to sleep: d and some nanoseconds.
func (w *world) nap(who, what string, d time.Duration) {
	time.Sleep(d + jitter(w.dice(who, what)))
}

func jitter(r *rand.Rand) time.Duration { return time.Duration(1 + r.IntN(999_983)) }

func (w *world) is(what *bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return *what
}

func (w *world) logf(who, format string, args ...any) {
	if !w.tracing {
		return
	}
	l := line{time.Now(), who, fmt.Sprintf(format, args...)}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trace = append(w.trace, l)
}

// fate says what becomes of a call to p.
func (w *world) fate(p issue.Participant, kind string) memory.Fate {
	r := w.dice(string(p), kind)
	f := memory.Fate{Wait: w.latency(r), Rest: w.latency(r)}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calm {
		return f
	}
	if w.down[p].After(time.Now()) {
		f.Err, f.Never = errDown, true
		return f
	}
	n := r.IntN(60)
	if n < 6 {
		w.faults++
		f.Err, f.Never = errCall, n < 2
	}
	switch kind {
	case "create", "put", "hop", "row":
		switch {
		case n == 2 || n == 3:
			f.Late = time.Duration(r.IntN(180)) * time.Second
			f.Late += jitter(r)
		case n == 6:
			f.Err, f.Never = &connector.Busy{For: time.Duration(1+r.IntN(60)) * time.Second, Why: "429"}, true
		}
	case "rows":
		f.Short = r.IntN(30) == 0
	}
	return f
}

// latency is mostly short and now and then long.
func (w *world) latency(r *rand.Rand) time.Duration {
	if r.IntN(20) == 0 {
		return time.Duration(r.IntN(12_000))*time.Millisecond + jitter(r)
	}
	return time.Duration(r.IntN(400))*time.Millisecond + jitter(r)
}

// post delivers a webhook: not at all, once or several times, late.
func (w *world) post(p issue.Participant, d connector.Delivery) {
	evs, err := w.trackers[p].Events(d)
	if err != nil {
		panic(err)
	}
	w.mu.Lock()
	if _, known := w.made[evs[0].Ref]; !known {
		w.made[evs[0].Ref] = time.Now()
	}
	w.mu.Unlock()
	r := w.dice(string(p), "post "+d.Header.Get("X-Delivery"))
	copies := []int{0, 0, 1, 1, 1, 1, 1, 1, 2, 5}[r.IntN(10)]
	for i := range copies {
		delay := time.Duration(r.IntN(3000)) * time.Millisecond
		if r.IntN(20) == 0 {
			delay = time.Duration(r.IntN(1800)) * time.Second
		}
		delay += jitter(r) + time.Duration(i)
		time.AfterFunc(delay, func() {
			if w.is(&w.over) {
				return
			}
			if _, err := engine.Hear(ctx(), w.queue, w.trackers[p], d); err != nil {
				panic(err)
			}
		})
	}
}

// weather takes trackers down for a while, and makes them fussy.
func (w *world) weather() {
	for !w.is(&w.over) {
		w.nap("weather", "nap", 20*time.Second)
		w.mu.Lock()
		for _, p := range w.order {
			r := w.dice(string(p), "weather")
			if r.IntN(200) == 0 {
				w.down[p] = time.Now().Add(time.Duration(r.IntN(1500)) * time.Second)
			}
			if r.IntN(150) == 0 {
				w.fussy[p] = time.Now().Add(time.Duration(r.IntN(600)) * time.Second)
			}
		}
		calm := w.calm
		w.mu.Unlock()
		if calm {
			return
		}
		w.lose()
	}
}

// lose takes the store away, and with it the processes that have it open, where
// this kind of world does that: not before a search must show that issues were made.
func (w *world) lose() {
	w.mu.Lock()
	defer w.mu.Unlock()
	made := 0
	for _, p := range w.order {
		made += w.trackers[p].Tally().Creates
	}
	switch {
	case !w.kind.loses || made == 0:
		return
	case w.known.IsZero():
		w.known = time.Now()
	}
	if time.Since(w.known) < 5*time.Minute || w.losses == 2 || w.dice("weather", "lose").IntN(40) > 0 {
		return
	}
	w.losses, w.lost = w.losses+1, time.Now()
	for _, p := range w.alive {
		p.die()
	}
	w.alive = nil
	w.store = memory.NewStore()
}

// writes counts what our account did at all trackers.
func (w *world) writes() (n int) {
	for _, p := range w.order {
		n += w.trackers[p].Tally().Writes
	}
	return n
}
