package plan

import (
	"slices"
	"time"

	"example.com/accord/issue"
)

// hearField hears a scalar or a text that we wrote to: the changelog after
// Heard is walked in order. An entry of ours that follows a person's, or that
// replaced something else than was shown until then, overwrote an edit: that
// edit counts on what the person had, one after ours counts on what we wrote.
func (h *hearing) hearField(x issue.Place, i int) {
	sent, es := h.Sent[i], h.entries(x)
	done := sent.Reply[x].State == issue.Done
	landed, cur := done, h.Shown[x]
	var pending *issue.Entry
	for n, e := range es {
		if !h.own(e, sent) {
			pending, cur = &es[n], e.To
			continue
		}
		h.receipt(x, e, pending, cur)
		pending, cur = nil, e.To
		last := !slices.ContainsFunc(es[n+1:], func(e issue.Entry) bool { return h.own(e, sent) })
		switch {
		case !h.hop(x, e, sent):
			landed = true
			h.landed(x, i)
		case done && last: // the site made something else of it
			h.landed(x, i)
			put(h.Shown, x, e.To)
		default:
			h.passed(x, e.To)
		}
	}
	switch {
	case pending != nil:
		if landed {
			h.resolve(x, i)
		}
		h.consume(x, h.when(x, *pending), pending.By)
	case landed:
		h.inStep(x, i)
	}
}

// passed makes a step of ours on the way what is shown. It stands for itself and
// not for what stood before it: who edits it did not see that any more, where our
// call came late and went over a value that was heard meanwhile.
func (h *hearing) passed(x issue.Place, step issue.Value) {
	base, known := h.in(x, step, nil)
	if !known {
		base = nil
	}
	put(h.Shown, x, step)
	put(h.Base, x, base)
}

// when is the time of a person's entry, if it is the one that led to what is
// shown; else its own entry is still to come.
func (h *hearing) when(x issue.Place, e issue.Entry) time.Time {
	if e.Known && !h.alike(x, e.To, h.raw[x]) {
		return time.Time{}
	}
	return h.ours(e.At)
}

// hop reports whether an entry of ours is one step on the way to what was sent:
// a transition, of which only the last makes the value stand.
func (h *hearing) hop(x issue.Place, e issue.Entry, sent issue.Sent) bool {
	return e.Known && h.kinds[x.Field].Kind == Scalar && !h.alike(x, e.To, sent.Wrote[x])
}

// receipt reads what an own entry replaced; cur was shown until then. If that
// is a person's word, it was overwritten by us, and is an edit like any other.
func (h *hearing) receipt(x issue.Place, e issue.Entry, pending *issue.Entry, cur issue.Value) {
	scalar := h.kinds[x.Field].Kind == Scalar
	if pending == nil && (!scalar || !e.Known || h.alike(x, e.From, cur)) || h.deaf(x.Field) {
		return
	}
	c := issue.Claim{Base: h.Base[x], Lost: true}
	if pending != nil {
		c.At, c.Person = h.ours(pending.At), pending.By
	}
	if !e.Known {
		if pending == nil || !pending.Known {
			return
		}
		e.From = pending.To
	}
	was := h.Shown[x]
	if !scalar {
		was = h.logged(x, was) // a log has texts in its own form
	}
	v, ok := h.put(x, h.Base[x], was, e.From)
	if !ok { // it cannot be agreed on, but it leaves a trace
		c.By, c.Heard, c.Raw = h.who, h.now, e.From
		h.lost[x] = append(h.lost[x], c)
		return
	}
	c.Value, c.Raw = v, e.From
	h.claim(x, c)
}

// hearSet hears a set that we wrote to, member by member: a person's last word
// on a member stands, also where a write of ours came after it.
func (h *hearing) hearSet(x issue.Place, i int) {
	sent := h.Sent[i]
	es := h.entries(x)
	landed := sent.Reply[x].State == issue.Done || slices.ContainsFunc(es, func(e issue.Entry) bool { return h.own(e, sent) })
	cur := asSet(h.Shown[x])
	if landed {
		wrote, from := asSet(sent.Wrote[x]), asSet(sent.From[x])
		put(h.Shown, x, asSet(h.Shown[x]).Plus(wrote.Minus(from)).Minus(from.Minus(wrote)))
		base, _ := h.put(x, h.Base[x], from, wrote)
		put(h.Base, x, base)
		h.resolve(x, i)
	}
	now, at, by := asSet(h.raw[x]), time.Time{}, ""
	for _, e := range es {
		// What adds a member that stands, or removes one that does not, was heard
		// before its entry came.
		add, remove := e.Add.Minus(cur), e.Remove.Minus(e.Remove.Minus(cur))
		cur = cur.Minus(e.Remove).Plus(e.Add)
		if !h.own(e, sent) && len(add)+len(remove) > 0 {
			now, at, by = now.Minus(remove).Plus(add), h.ours(e.At), e.By
		}
	}
	if h.deaf(x.Field) || now.Equal(asSet(h.Shown[x])) {
		put(h.Shown, x, h.raw[x])
		return
	}
	v, _ := h.put(x, h.Base[x], asSet(h.Shown[x]), now)
	h.claim(x, issue.Claim{At: at, Person: by, Base: h.Base[x], Value: v, Raw: h.raw[x]})
	put(h.Base, x, v)
	put(h.Shown, x, h.raw[x])
}

func asSet(v issue.Value) issue.Set {
	s, _ := v.(issue.Set)
	return append(issue.Set{}, s...)
}
