// Package plan decides: from the rules, a link and a look at every side it says
// what is agreed now and what is to be written where. It is pure.
//
// [Make] hears each side, folds what it heard into what is agreed, and says at
// each side what is missing there; [Answer] takes over what became of the
// writes; [Decide] is a person's word on a held field.
package plan

import (
	"slices"
	"time"

	"example.com/accord/issue"
)

// A Plan is a value: every write that a turn would make, and every conflict.
type Plan struct {
	Before    issue.Link                    `json:"before,omitzero"`
	After     issue.Link                    `json:"after,omitzero"`
	Turn      string                        `json:"turn,omitzero"`
	Changes   []issue.Change                `json:"changes,omitzero"`   // in the order of Rules.Order
	Heard     map[issue.Place][]issue.Claim `json:"heard,omitzero"`     // the edits that this look brought
	Overruled map[issue.Place][]issue.Claim `json:"overruled,omitzero"` // claims that lost under a policy, and what we wrote over and the rules have no word for: there Value is nil and Raw tells it
	Left      map[issue.Participant]int     `json:"left,omitzero"`      // rows that are missing there beside those of Changes: the turns that follow begin them
	Again     time.Time                     `json:"again,omitzero"`     // look again then; zero: no need
}

// Make plans a turn. It is a function: the same input gives the same plan, to
// the byte. Run on its own outcome, all writes landed, it says nothing, but for
// what it has Left.
func Make(rules Rules, link issue.Link, views map[issue.Participant]issue.View, turn string, now time.Time) Plan {
	if rules.Times == (Times{}) {
		rules.Times = DefaultTimes
	}
	if rules.Times.Rows == 0 {
		rules.Times.Rows = DefaultTimes.Rows
	}
	p := Plan{Before: link, After: cloneLink(link, rules.Order...), Turn: turn, Heard: map[issue.Place][]issue.Claim{}, Overruled: map[issue.Place][]issue.Claim{}}
	ruled(&p.After, rules)
	sides := look(rules, &p.After, views, now)
	if !recollect(&p.After, sides, rules.Times, now) {
		return Plan{Before: link, After: link, Turn: turn, Again: now.Add(lagging)}
	}
	for _, s := range sides {
		if s.looked {
			h := hearing{side: s, times: rules.Times, kinds: rules.Fields, agreed: p.After.Agreed, now: now, claims: p.Heard, lost: p.Overruled}
			h.hear()
		}
	}
	f := folding{rules: rules, link: &p.After, now: now, overruled: p.Overruled}
	for _, s := range sides {
		if s.looked {
			f.date(s)
		}
	}
	f.fold(p.Heard)
	for _, s := range sides {
		p.After.Sides[s.who] = s.Side
	}
	for _, s := range sides {
		y := saying{side: s, rules: rules, link: &p.After, turn: turn, now: now, plan: &p}
		y.say()
		if s.behind {
			p.later(now.Add(lagging))
		}
		p.After.Sides[s.who] = s.Side
	}
	p.awaitEntries(rules, now)
	return p
}

// lagging is until a changelog that does not explain what is shown is read again.
const lagging = 5 * time.Second

// look lays out every side of the link, in the order of rank.
func look(rules Rules, link *issue.Link, views map[issue.Participant]issue.View, now time.Time) []*side {
	var sides []*side
	twins, born := issue.Document(link.Agreed.Clone()), map[issue.Place]time.Time{}
	for _, s := range link.Sides {
		for x, at := range s.Rows {
			born[x] = at.Created
		}
	}
	for _, who := range rules.Order {
		s := &side{eye: eye{rules.Eyes[who], who}, Side: link.Sides[who]}
		sides = append(sides, s)
		view, ok := views[who]
		if !ok {
			continue
		}
		s.view = view
		if view.State != issue.Absent {
			s.State = view.State
		}
		if view.State != issue.Present {
			continue
		}
		s.looked, s.Ref, s.Key = true, view.Ref, view.Key
		s.settleReplies(now)
		s.name(twins, born)
		for x, v := range s.raw {
			if x.Row.Participant == who && v != nil {
				twins[x], _ = s.in(x, v, nil)
				born[x] = s.Rows[x].Created
			}
		}
		s.behind = s.lags(rules.Times)
	}
	return sides
}

// awaitEntries looks again for claims that wait for the entry which dates them.
func (p *Plan) awaitEntries(rules Rules, now time.Time) {
	for x, h := range p.After.Held {
		if rules.Fields[x.Field].Policy == Newest && slices.ContainsFunc(h.Claims, func(c issue.Claim) bool { return c.At.IsZero() }) {
			p.later(now.Add(lagging))
		}
	}
}

func (p *Plan) later(t time.Time) {
	if p.Again.IsZero() || t.Before(p.Again) {
		p.Again = t
	}
}

// Quiet reports whether there is nothing to commit: nothing was heard, nothing
// is to be written, nothing that a later turn needs has changed. Heard moving
// alone is no reason for a commit.
func (p Plan) Quiet() bool {
	return len(p.Changes) == 0 && len(p.Heard) == 0 && len(p.Overruled) == 0 && sameLink(p.Before, p.After)
}
