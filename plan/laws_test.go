package plan_test

import (
	"flag"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/issue"
	"example.com/accord/plan"
	"example.com/accord/text"
)

// search raises the number of random cases for one test, and makes them the
// same in every run, unless the command line says otherwise with -rapid.checks
// and -rapid.seed.
func search(t *testing.T, n string) {
	for name, v := range map[string]string{"rapid.checks": n, "rapid.seed": "1"} {
		f := flag.Lookup(name)
		was := f.Value.String()
		if was != f.DefValue {
			continue
		}
		t.Cleanup(func() { _ = f.Value.Set(was) })
		if err := f.Value.Set(v); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHistories lets people edit two or three sides at any time, between a look
// and its writes too, while replies get lost and sides cannot be reached. Then
// all is calm, and: the sync settles and stays quiet, every side shows what is
// agreed or held, and no edit is gone without a trace.
func TestHistories(t *testing.T) {
	search(t, "100000")
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // a history is small and short-lived
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t)
		for range rapid.IntRange(1, 14).Draw(t, "length") {
			h.step(t)
		}
		h.calm(t)
		h.check(t)
	})
}

// A history is a stage with a ledger of every edit.
type history struct {
	*stage
	n      int
	gone   map[string]bool // tokens that somebody who saw them replaced or removed
	tokens []token
}

type token struct {
	place issue.Place
	text  string
}

var everyPolicy = []plan.Policy{plan.Hold, plan.First, plan.Newest}

func newHistory(t *rapid.T) *history {
	h := &history{stage: newStage(nil), gone: map[string]bool{}}
	h.silent = true
	for _, who := range []issue.Participant{"a", "b", "c"}[:rapid.IntRange(2, 3).Draw(t, "sides")] {
		h.join(who, true)
	}
	h.field("summary", plan.Scalar, rapid.SampledFrom(everyPolicy).Draw(t, "policy"))
	h.field("labels", plan.Set, plan.Hold)
	h.field("description", plan.Text, plan.Hold)
	h.field("comments", plan.Rows, plan.Hold)
	if n := rapid.IntRange(0, 3).Draw(t, "rows a turn"); n > 0 {
		h.rules.Times.Rows = n
	}
	if rapid.Bool().Draw(t, "b is flat") {
		e := h.rules.Eyes["b"]
		e.Canon = flatten
		h.rules.Eyes["b"] = e
	}
	return h
}

func (h *history) step(t *rapid.T) {
	who := rapid.SampledFrom(h.rules.Order).Draw(t, "who")
	j := h.jiras[who]
	switch rapid.IntRange(0, 9).Draw(t, "what") {
	case 0, 1, 2, 3:
		h.now = h.now.Add(5 * time.Second)
		h.edit(t, j)
	case 4, 5:
		h.plan()
	case 6:
		h.write(who, rapid.Bool().Draw(t, "reply lost"), true)
		h.pending = slices.DeleteFunc(slices.Clone(h.pending), func(c issue.Change) bool { return c.On.Participant == who })
	case 7:
		h.turnAll()
	case 8:
		j.down = !j.down
	case 9:
		h.now = h.now.Add(time.Duration(rapid.IntRange(1, 8).Draw(t, "minutes")) * time.Minute)
		h.pending = nil // no call starts so late
	}
}

func (h *history) edit(t *rapid.T, j *jira) {
	h.n++
	tok := fmt.Sprintf("k%d", h.n)
	field := rapid.SampledFrom([]string{"summary", "labels", "description", "comments"}).Draw(t, "field")
	switch x := (issue.Place{Field: field}); field {
	case "summary":
		h.gone[string(j.fields[field].(issue.Scalar))] = true
		j.set(field, issue.Scalar(tok), "person", "", h.now)
		h.tokens = append(h.tokens, token{x, tok})
	case "labels":
		old := j.fields[field].(issue.Set)
		if len(old) > 0 && rapid.Bool().Draw(t, "remove") {
			m := rapid.SampledFrom(old).Draw(t, "member")
			h.gone[m] = true
			j.set(field, old.Minus(issue.SetOf(m)), "person", "", h.now)
			return
		}
		j.set(field, old.Plus(issue.SetOf(tok)), "person", "", h.now)
		h.tokens = append(h.tokens, token{x, tok})
	case "description":
		h.editText(t, j, tok)
	default:
		h.editComment(t, j, tok)
	}
}

func (h *history) editText(t *rapid.T, j *jira, tok string) {
	d := slices.Clone(j.fields["description"].(issue.Text).Doc)
	i := rapid.IntRange(0, len(d)).Draw(t, "block")
	fresh := blocks([]string{tok})[0]
	switch {
	case i < len(d) && rapid.Bool().Draw(t, "change"):
		h.gone[text.Line(d[i:i+1])] = true
		d[i] = fresh
	default:
		d = slices.Insert(d, i, fresh)
	}
	j.set("description", issue.Text{Doc: d}, "person", "", h.now)
	h.tokens = append(h.tokens, token{issue.Place{Field: "description"}, tok})
}

func (h *history) editComment(t *rapid.T, j *jira, tok string) {
	x := issue.Place{Field: "comments"}
	i := rapid.IntRange(-1, len(j.comments)-1).Draw(t, "comment")
	if i < 0 {
		j.add(blocks([]string{tok}), "Ada", issue.RowMark{}, h.now)
		h.tokens = append(h.tokens, token{x, tok})
		return
	}
	c := j.comments[i]
	h.gone[h.said(c)] = true
	if rapid.Bool().Draw(t, "delete") {
		j.comments = slices.Delete(slices.Clone(j.comments), i, i+1)
		j.updated = h.now
		return
	}
	c.body = append(slices.Clone(c.body[:len(c.body)-1]), blocks([]string{tok})...)
	j.touch(c, "Ada", h.now)
	h.tokens = append(h.tokens, token{x, tok})
}

// said is the token in a comment: its last block.
func (h *history) said(c *comment) string { return text.Line(c.body[len(c.body)-1:]) }

func (h *history) calm(t *rapid.T) {
	for _, j := range h.jiras {
		j.down = false
	}
	for quiet := 0; quiet < 1; { // 8 minutes are longer than any call is in doubt
		h.now = h.now.Add(8 * time.Minute)
		quiet++
		if !h.turnAll().Quiet() {
			quiet = 0
		}
		if h.now.Sub(start) > 24*time.Hour {
			t.Fatal("does not settle within a day")
		}
	}
	writes := fmt.Sprint(h.writes)
	for range 2 {
		h.now = h.now.Add(2 * time.Hour)
		if p := h.turnAll(); !p.Quiet() {
			t.Fatalf("not quiet though nothing happens:\n%s", h.out.String())
		}
	}
	if now := fmt.Sprint(h.writes); now != writes {
		t.Fatalf("writes went on: %s, then %s", writes, now)
	}
}

func (h *history) check(t *rapid.T) {
	for _, who := range h.rules.Order {
		side, j := h.link.Sides[who], h.jiras[who]
		if len(side.Sent) > 0 {
			t.Fatalf("%s: writes in doubt for ever: %v", who, side.Sent)
		}
		for f := range j.fields {
			x := issue.Place{Field: f}
			if _, held := h.link.Held[x]; held {
				continue
			}
			want := h.link.Agreed[x]
			if e := h.rules.Eyes[who]; e.Canon != nil && want != nil {
				want = e.Canon(issue.Document{x: want})[x]
			}
			if !issue.Same(j.fields[f], want) && !(issue.Empty(want) && issue.Empty(j.fields[f])) {
				t.Fatalf("%s shows %s = %v, agreed is %v", who, f, j.fields[f], want)
			}
		}
	}
	h.checkComments(t)
	for _, tok := range h.tokens {
		switch found := h.traced(tok); {
		case !found && !h.gone[tok.text]:
			t.Fatalf("%s: edit %s is gone without a trace", tok.place, tok.text)
		case h.gone[tok.text] && h.back(tok):
			t.Fatalf("%s: %s was taken away by somebody who saw it, and is back", tok.place, tok.text)
		}
	}
}

// checkComments holds that every comment stands on all sides or on none, once,
// but for those that are held.
func (h *history) checkComments(t *rapid.T) {
	on := map[string]int{}
	for _, j := range h.jiras {
		for _, c := range j.comments {
			on[h.said(c)]++
		}
	}
	held := map[string]bool{} // what each side shows of a row that is held stays as it is
	for x := range h.link.Held {
		for who, side := range h.link.Sides {
			if c := h.jiras[who].find(side.Rows[x].ID); c != nil {
				held[h.said(c)] = true
			}
		}
	}
	for tok, n := range on {
		if n != len(h.rules.Order) && !held[tok] {
			t.Fatalf("comment %s stands on %d of %d sides", tok, n, len(h.rules.Order))
		}
	}
}

// traced reports whether a token stands in what is agreed, held or overruled.
func (h *history) traced(tok token) bool {
	stands := func(v issue.Value) bool { return slices.Contains(tokensOf(v), tok.text) }
	for x, v := range h.link.Agreed {
		if x.Field == tok.place.Field && stands(v) {
			return true
		}
	}
	for x, d := range h.link.Held {
		if x.Field == tok.place.Field && slices.ContainsFunc(d.Claims, func(c issue.Claim) bool { return stands(c.Value) }) {
			return true
		}
	}
	return slices.ContainsFunc(h.lost, func(c issue.Claim) bool { return stands(c.Value) })
}

// back reports whether a member that was removed stands in what is agreed. Of
// the other kinds an edit elsewhere may rightly beat the removal.
func (h *history) back(tok token) bool {
	return tok.place.Field == "labels" && slices.Contains(tokensOf(h.link.Agreed[tok.place]), tok.text)
}

func tokensOf(v issue.Value) []string {
	switch v := v.(type) {
	case issue.Scalar:
		return []string{string(v)}
	case issue.Set:
		return v
	case issue.Text:
		return strings.Fields(text.Line(v.Doc))
	case issue.Row:
		return tokensOf(v["body"])
	}
	return nil
}
