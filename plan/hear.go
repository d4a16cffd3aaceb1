package plan

import (
	"time"

	"example.com/accord/issue"
)

// A hearing tells the edits of people at one participant from the writes of our
// own, and consumes both: afterwards Shown is what was seen, and Base is what
// that stands for.
type hearing struct {
	*side
	times  Times
	kinds  map[string]Field
	agreed issue.Document
	now    time.Time
	claims map[issue.Place][]issue.Claim
	lost   map[issue.Place][]issue.Claim // overwritten by us, and the rules have no word for it
}

// hear hears every place of the side that was seen.
func (h *hearing) hear() {
	h.adopt()
	if h.create() >= 0 {
		return // the changelog does not tell yet what it was made as
	}
	for _, x := range issue.Places(h.raw) {
		i := h.sentAt(x)
		if i >= 0 && h.behind {
			continue // no sent place is heard while one is unexplained
		}
		switch {
		case x.Row != (issue.Ref{}):
			h.hearRow(x)
		case i < 0, h.settled(x, i):
			h.differs(x)
		case h.kinds[x.Field].Kind == Set:
			h.hearSet(x, i)
		default:
			h.hearField(x, i)
		}
	}
	if !h.behind {
		for _, e := range h.view.Log {
			h.Heard = h.Heard.Past(e)
		}
	}
	h.forget()
}

// settled reports whether the end of x in the Sent was seen, and nothing of it
// came since: a person's edit there is heard as anywhere.
func (h *hearing) settled(x issue.Place, i int) bool {
	if h.Sent[i].Reply[x].State != issue.Seen {
		return false
	}
	for _, e := range h.entries(x) {
		if h.own(e, h.Sent[i]) {
			return false
		}
	}
	return true
}

// differs hears a place where nothing of ours is under way: what is shown and
// was not shown before is a person's.
func (h *hearing) differs(x issue.Place) {
	if now := h.raw[x]; now == nil && h.Shown[x] == nil || issue.Same(now, h.Shown[x]) {
		return
	}
	at, by := h.dated(x)
	h.consume(x, at, by)
}

// dated says when what is shown at x was said, and by whom; the zero time where
// its changelog entry is not there yet.
func (h *hearing) dated(x issue.Place) (time.Time, string) {
	if x.Row != (issue.Ref{}) {
		if h.raw[x] == nil {
			return h.view.Looked, ""
		}
		return h.ours(h.rows[x].Updated), h.rows[x].By
	}
	es := h.entries(x)
	if h.Shown[x] == nil { // never heard: its entries were passed over
		es = h.logOf(x)
	}
	if len(es) > 0 {
		last := es[len(es)-1]
		if _, set := h.raw[x].(issue.Set); set || !last.Known || h.alike(x, last.To, h.raw[x]) {
			return h.ours(last.At), last.By
		}
		return time.Time{}, ""
	}
	if h.Shown[x] == nil { // as the issue was made
		return h.ours(h.view.Created), ""
	}
	return time.Time{}, ""
}

// consume takes what is shown at x for a person's word, said on Base and Shown.
func (h *hearing) consume(x issue.Place, at time.Time, by string) {
	now := h.raw[x]
	if h.deaf(x.Field) {
		put(h.Shown, x, now)
		return
	}
	v, ok := h.put(x, h.Base[x], h.Shown[x], now)
	if !ok { // not heard, and not lost: Shown and Base stay until a known word comes
		h.refuse(x, h.agreed[x], "it shows "+Words(now)+", for which the rules have no word", h.now, time.Time{})
		return
	}
	h.claim(x, issue.Claim{At: at, Person: by, Base: h.Base[x], Value: v, Raw: now})
	put(h.Shown, x, now)
	if !(h.Base[x] == nil && issue.Empty(v)) {
		put(h.Base, x, v)
	}
	if h.Tried[x].Refused() {
		delete(h.Tried, x) // what is shown has changed
	}
}

// claim records an edit. An empty value on no base says nothing.
func (h *hearing) claim(x issue.Place, c issue.Claim) {
	if issue.Same(c.Base, c.Value) || c.Base == nil && issue.Empty(c.Value) {
		return
	}
	c.By, c.Heard, c.Uncertainty = h.who, h.now, h.view.Clock.Uncertainty
	h.claims[x] = append(h.claims[x], c)
}

// landed makes what was sent at x what is shown, and what that stands for.
func (h *hearing) landed(x issue.Place, i int) {
	sent := h.Sent[i]
	put(h.Shown, x, sent.Wrote[x])
	put(h.Base, x, sent.Want[x])
	h.resolve(x, i)
}

// resolve notes that the end of x was seen. The value counts as tried once more.
func (h *hearing) resolve(x issue.Place, i int) {
	sent := h.Sent[i]
	if sent.Reply[x].State == issue.Seen {
		return
	}
	sent.Reply[x] = issue.Reply{State: issue.Seen}
	if sent.Create {
		return
	}
	t := h.Tried[x]
	if t.Refused() || !issue.Same(t.Value, sent.Want[x]) || h.now.Sub(t.First) > h.times.Window {
		t = issue.Try{Value: sent.Want[x], First: h.now}
	}
	t.Count++
	h.Tried[x] = t
}

// inStep notes that our write landed and nobody wrote after it. Where the site
// shows something else than was written, a rewriting that Canon does not know,
// that is what it shows from now on, and it is not written again.
func (h *hearing) inStep(x issue.Place, i int) {
	h.landed(x, i)
	now := h.raw[x]
	if issue.Same(now, h.Shown[x]) || issue.Empty(now) && issue.Empty(h.Shown[x]) && now != nil {
		return
	}
	put(h.Shown, x, now)
	h.refuse(x, h.Sent[i].Want[x], "the site shows "+Words(now)+" instead", h.now, time.Time{})
}
