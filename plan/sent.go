package plan

import (
	"slices"
	"time"

	"example.com/accord/issue"
)

// settleReplies takes over what the calls of each Sent were answered. What was
// refused is remembered; what surely did not happen is no longer sent. Where a
// call was repeated an answer speaks of one call only, and the place stays.
func (s *side) settleReplies(now time.Time) {
	for i := range s.Sent {
		sent := &s.Sent[i]
		for _, x := range issue.Places(sent.Want) {
			r := sent.Reply[x]
			if r.State == issue.Refused {
				s.refused(x, sent.Want[x], r, now)
				r = issue.Reply{State: issue.NotDone}
				sent.Reply[x] = r
			}
			if r.State == issue.NotDone && !sent.Repeated {
				drop(sent, x)
			}
		}
	}
	s.Sent = slices.DeleteFunc(s.Sent, func(sent issue.Sent) bool { return len(sent.Want) == 0 && !sent.Create })
}

// refused notes that the site refused v at x. What is refused for good waits
// until the value, the rules or what is shown change.
func (s *side) refused(x issue.Place, v issue.Value, r issue.Reply, now time.Time) {
	next := time.Time{}
	if !r.Final {
		next = now.Add(backoff(s.Tried[x]))
	}
	s.refuse(x, v, r.Why, now, next)
}

// backoff is how long a value that was refused is not tried again: 2 minutes,
// and after each further refusal twice as long, at most an hour.
func backoff(t issue.Try) time.Duration {
	n := 0
	if t.Refused() {
		n = min(t.Count, 5)
	}
	return min(2*time.Minute<<n, time.Hour)
}

// adopt makes the places of an issue that our create has made known: what a
// place showed at the creation is nobody's edit. Where that is what was
// written, it has landed; elsewhere it stands for what was agreed when the
// create was begun, and is said by a later write: what was agreed since then an
// edit made here did not know of. Where nothing is agreed a default is left alone.
func (h *hearing) adopt() {
	i := h.create()
	if i < 0 || h.behind {
		return
	}
	sent := h.Sent[i]
	for _, x := range issue.Places(h.raw) {
		if x.Row != (issue.Ref{}) || h.Shown[x] != nil {
			continue
		}
		made := h.raw[x]
		if es := h.entries(x); len(es) > 0 && es[0].Known {
			made = unapply(made, es)
		}
		put(h.Base, x, sent.Agreed[x])
		if want, has := sent.Want[x]; has {
			put(h.Base, x, want)
			if h.alike(x, made, sent.Wrote[x]) {
				made = sent.Wrote[x]
			}
		}
		put(h.Shown, x, made)
	}
	h.Sent = slices.Delete(h.Sent, i, i+1)
}

// unapply returns what stood before the entries.
func unapply(v issue.Value, es []issue.Entry) issue.Value {
	set, ok := v.(issue.Set)
	if !ok {
		return es[0].From
	}
	for _, e := range slices.Backward(es) {
		set = set.Minus(e.Add).Plus(e.Remove)
	}
	return set
}

// forget drops what is no longer in doubt: places whose end was seen, where no
// call was repeated; and all of a Sent that a look began after, since no call
// of it can take effect any more.
func (h *hearing) forget() {
	h.Sent = slices.DeleteFunc(h.Sent, func(s issue.Sent) bool {
		if s.Create {
			return false
		}
		if h.view.Looked.After(s.Until) && !h.behind {
			return true
		}
		if !s.Repeated {
			for _, x := range issue.Places(s.Want) {
				if s.Reply[x].State == issue.Seen {
					drop(&s, x)
				}
			}
		}
		return len(s.Want) == 0
	})
}

// drop takes a place out of a Sent.
func drop(s *issue.Sent, x issue.Place) {
	delete(s.Want, x)
	delete(s.Wrote, x)
	delete(s.From, x)
	delete(s.Reply, x)
}

// lags reports whether the changelog does not explain yet what is shown at the
// places that were sent: then none of them is heard. Two bounds hold, since
// entries can be missing for good: our own entry is awaited until At + Late, a
// person's until the issue has not changed for Late.
func (s *side) lags(t Times) bool {
	if s.view.Looked.After(s.ours(s.view.Updated).Add(t.Late)) {
		return false
	}
	for _, sent := range s.Sent {
		if sent.Create && s.unlogged(t) {
			return true
		}
		for x := range sent.Want {
			if v, shown := s.raw[x]; shown && x.Row == (issue.Ref{}) && s.unexplained(x, v, sent, t) {
				return true
			}
		}
	}
	return false
}

// settling is how close two times of one change on a site may be.
const settling = 2 * time.Second

// unlogged reports whether the issue was changed since it was made and the
// changelog does not tell of it yet: what a place shows may be a person's word
// and not what the create made of it. A row that was changed explains it as
// well, once an entry of the same time would have come.
func (s *side) unlogged(t Times) bool {
	updated := s.view.Updated.Add(-settling)
	if !updated.After(s.view.Created) {
		return false
	}
	for _, e := range s.view.Log {
		if !e.At.Before(updated) {
			return false
		}
	}
	for _, r := range s.rows {
		if !r.Updated.Before(updated) {
			return !s.view.Looked.After(s.ours(s.view.Updated).Add(t.TurnMax))
		}
	}
	return true
}

// unexplained reports whether the entries after Heard do not lead to v.
func (s *side) unexplained(x issue.Place, v issue.Value, sent issue.Sent, t Times) bool {
	reply := sent.Reply[x].State
	cur := s.Shown[x]
	if sent.Create && (reply == issue.Refused || reply == issue.NotDone) {
		return false
	}
	if sent.Create {
		cur = sent.Wrote[x]
	}
	ours := sent.Create || reply != issue.Done || s.alike(x, cur, sent.Wrote[x]) || s.view.Looked.After(sent.At.Add(t.Late))
	for _, e := range s.entries(x) {
		if !e.Known {
			return false // it tells that something was done, not what
		}
		ours = ours || e.Ours || s.alike(x, e.To, sent.Wrote[x])
		cur = apply(cur, e)
	}
	return !ours || !s.alike(x, cur, v)
}
