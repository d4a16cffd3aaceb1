package plan

import (
	"slices"
	"time"

	"example.com/accord/issue"
)

// A folding merges the claims of each place into what is agreed.
type folding struct {
	rules     Rules
	link      *issue.Link // written in place; its maps are its own
	now       time.Time
	overruled map[issue.Place][]issue.Claim
}

// fold merges held claims as stored and then fresh ones, by rank of participant.
func (f *folding) fold(fresh map[issue.Place][]issue.Claim) {
	for _, x := range claimed(f.link.Held, fresh) {
		f.place(x, join(f.link.Held[x].Claims, fresh[x]))
	}
}

func claimed(held map[issue.Place]issue.Held, fresh map[issue.Place][]issue.Claim) []issue.Place {
	d := issue.Document{}
	for x := range held {
		d[x] = nil
	}
	for x := range fresh {
		d[x] = nil
	}
	return issue.Places(d)
}

// place folds the claims of one place. While one of them waits for a person
// the place stands still: nothing of it is agreed, not even what would fit.
func (f *folding) place(x issue.Place, claims []issue.Claim) {
	agreed, said := f.link.Agreed[x], f.link.Said[x]
	var lost []issue.Claim
	for _, c := range claims {
		v, ok := issue.Merge(c.Base, c.Value, agreed)
		if !ok {
			wins, decided := f.wins(x, c, said)
			if !decided {
				f.hold(x, claims)
				return
			}
			if wins {
				lost = append(lost, issue.Claim{By: said.By, Person: said.Person, At: said.At, Value: agreed, Raw: said.Raw, Heard: f.now})
				v = issue.Prefer(c.Base, c.Value, agreed)
			} else {
				lost = append(lost, c)
			}
		}
		if !issue.Same(v, agreed) {
			agreed = v
			said = issue.Stamp{By: c.By, Person: c.Person, At: c.At, Uncertainty: c.Uncertainty, Heard: c.Heard, Raw: c.Raw}
		}
	}
	delete(f.link.Held, x)
	put(f.link.Agreed, x, agreed)
	f.link.Said[x] = said
	if agreed == nil {
		delete(f.link.Said, x)
	}
	if lost != nil {
		f.overruled[x] = append(f.overruled[x], lost...)
	}
}

func (f *folding) hold(x issue.Place, claims []issue.Claim) {
	since := f.link.Held[x].Since
	if since.IsZero() {
		since = f.now
	}
	f.link.Held[x] = issue.Held{Claims: claims, Since: since}
}

// wins reports whether a claim that clashes with what is agreed wins, and
// whether the policy can decide that now.
func (f *folding) wins(x issue.Place, c issue.Claim, said issue.Stamp) (wins, decided bool) {
	policy := f.rules.Fields[x.Field].Policy
	if policy != First && policy != Newest {
		return false, false
	}
	if c.By == said.By {
		return !c.At.Before(said.At), true
	}
	if policy == Newest {
		if c.At.IsZero() && !c.Lost && f.awaited(c.Heard) || said.At.IsZero() && f.awaited(said.Heard) {
			return false, false
		}
		if !c.At.IsZero() && !said.At.IsZero() {
			apart, within := c.At.Sub(said.At), c.Uncertainty+said.Uncertainty
			if apart.Abs() > within {
				return apart > 0, true
			}
		}
	}
	return f.rank(c.By) < f.rank(said.By), true
}

// awaited reports whether the changelog entry of an edit heard then may still come.
func (f *folding) awaited(heard time.Time) bool { return f.now.Sub(heard) < f.rules.Times.Late }

// rank is the place in the order of participants; a decision outranks all, and
// one that was taken out of the file nobody.
func (f *folding) rank(p issue.Participant) int {
	i := slices.Index(f.rules.Order, p)
	if i < 0 && p != "" {
		return len(f.rules.Order)
	}
	return i
}

// join adds fresh claims to held ones. A later claim of a participant takes the
// place of its earlier one if it was made on it and the earlier is still shown
// there; if the two cancel out, both are gone.
func join(held, fresh []issue.Claim) []issue.Claim {
	out := slices.Clone(held)
	for _, c := range fresh {
		i := slices.IndexFunc(out, func(o issue.Claim) bool { return o.By == c.By && !o.Lost && issue.Same(o.Value, c.Base) })
		if c.Lost || i < 0 {
			out = append(out, c)
			continue
		}
		c.Base = out[i].Base
		out = slices.Delete(out, i, i+1)
		if !issue.Same(c.Value, c.Base) {
			out = append(out, c)
		}
	}
	return out
}

// date gives claims and stamps the time of their changelog entry, once it is there.
func (f *folding) date(s *side) {
	for x, h := range f.link.Held {
		h.Claims = slices.Clone(h.Claims)
		for i, c := range h.Claims {
			if c.By == s.who && c.At.IsZero() && !c.Lost {
				h.Claims[i].At = s.said(x, c.Raw)
			}
		}
		f.link.Held[x] = h
	}
	for x, st := range f.link.Said {
		if st.By == s.who && st.At.IsZero() {
			st.At = s.said(x, st.Raw)
			f.link.Said[x] = st
		}
	}
}

// said returns when a person set x to raw, by the last entry that did; the zero
// time if there is none.
func (s *side) said(x issue.Place, raw issue.Value) time.Time {
	for _, e := range slices.Backward(s.view.Log) {
		if e.Place == x && !e.Ours && s.alike(x, e.To, raw) {
			return s.ours(e.At)
		}
	}
	return time.Time{}
}
