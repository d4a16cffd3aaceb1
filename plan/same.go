package plan

import (
	"maps"
	"slices"

	"example.com/accord/issue"
)

// sameLink reports whether a and b would act alike in every later turn. How
// far the changelog was heard is left out: what was heard twice says nothing new.
func sameLink(a, b issue.Link) bool {
	return a.Rules == b.Rules && a.Agreed.Equal(b.Agreed) && maps.EqualFunc(a.Said, b.Said, sameStamp) &&
		maps.EqualFunc(a.Held, b.Held, func(v, w issue.Held) bool { return slices.EqualFunc(v.Claims, w.Claims, sameClaim) }) &&
		maps.EqualFunc(a.Sides, b.Sides, sameSide)
}

func sameSide(a, b issue.Side) bool {
	return a.Ref == b.Ref && a.Key == b.Key && a.State == b.State && a.Shown.Equal(b.Shown) && a.Base.Equal(b.Base) &&
		maps.EqualFunc(a.Rows, b.Rows, func(v, w issue.RowAt) bool { return v.ID == w.ID }) &&
		slices.EqualFunc(a.Sent, b.Sent, sameSent) && maps.EqualFunc(refusals(a), refusals(b), sameTry)
}

// refusals are the tries that say something. Those that are only counted go
// with the Sent that landed, and when they are old nobody asks for them.
func refusals(s issue.Side) map[issue.Place]issue.Try {
	out := map[issue.Place]issue.Try{}
	for x, t := range s.Tried {
		if t.Refused() {
			out[x] = t
		}
	}
	return out
}

func sameSent(a, b issue.Sent) bool {
	return a.Turn == b.Turn && a.At.Equal(b.At) && a.Want.Equal(b.Want) && maps.Equal(a.Reply, b.Reply)
}

func sameTry(a, b issue.Try) bool {
	return issue.Same(a.Value, b.Value) && a.Count == b.Count && a.Why == b.Why && a.Next.Equal(b.Next)
}

func sameClaim(a, b issue.Claim) bool {
	return a.By == b.By && a.At.Equal(b.At) && a.Lost == b.Lost && issue.Same(a.Base, b.Base) && issue.Same(a.Value, b.Value)
}

func sameStamp(a, b issue.Stamp) bool {
	return a.By == b.By && a.At.Equal(b.At) && issue.Same(a.Raw, b.Raw)
}

// ruled brings a link under the rules: a field that is no longer mapped leaves
// what is known; one newly mapped starts as first contact, since nothing is
// known of it. Nothing is heard that nobody said.
func ruled(l *issue.Link, rules Rules) {
	if l.Rules == rules.Digest {
		return
	}
	l.Rules = rules.Digest
	out := func(x issue.Place) bool { _, mapped := rules.Fields[x.Field]; return !mapped }
	deletePlaces(l.Agreed, out)
	deletePlaces(l.Said, out)
	deletePlaces(l.Held, out)
	for p, s := range l.Sides {
		unseen := func(x issue.Place) bool { return out(x) || !(eye{rules.Eyes[p], p}).sees(x.Field) }
		deletePlaces(s.Shown, unseen)
		deletePlaces(s.Base, unseen)
		deletePlaces(s.Rows, unseen)
		s.Tried = map[issue.Place]issue.Try{}
		l.Sides[p] = s
	}
}

func deletePlaces[V any](m map[issue.Place]V, gone func(issue.Place) bool) {
	maps.DeleteFunc(m, func(x issue.Place, _ V) bool { return gone(x) })
}
