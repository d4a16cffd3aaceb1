package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/issue"
)

const (
	lookMax   = 2 * time.Minute // a look at one side that takes longer has failed
	findSlack = 5 * time.Minute // a search begins so long before the create, for clocks and the index
)

// errNothing says that there is nothing to keep in step: the issue cannot be
// seen, or is out of scope, or is a second copy that we made.
var errNothing = errors.New("no issue to keep in step")

// A sight is a link and a look at each of its sides.
type sight struct {
	link  issue.Link
	views map[issue.Participant]issue.View
	errs  map[issue.Participant]error // of the sides that could not be looked at
	again time.Time                   // look again then, because of those; zero: no need
}

// Unseen is the error of a plan for which some sides could not be looked at.
type Unseen struct {
	Sides map[issue.Participant]error
}

// Error names each side and why it could not be looked at.
func (u *Unseen) Error() string {
	var out []string
	for _, who := range slices.Sorted(maps.Keys(u.Sides)) {
		out = append(out, fmt.Sprintf("look at %s: %v", who, u.Sides[who]))
	}
	return strings.Join(out, "; ")
}

func (s *sight) unseen() error {
	if len(s.errs) == 0 {
		return nil
	}
	return &Unseen{s.errs}
}

// look reads the link that ref belongs to, and then looks at every side at the
// same time. In the other order a look older than the link would take our own
// last write for a person's edit.
func (e *Engine) look(ctx context.Context, ref issue.Ref) (*sight, error) {
	link, found, err := e.find(ctx, ref)
	if err != nil {
		return nil, err
	}
	s := e.lookAt(ctx, link, found)
	if blank(link) && len(s.errs) > 0 {
		return nil, durable.Later{At: s.again, Why: fmt.Sprintf("the issues of link %s meet for the first time, and not all can be seen: %v", link.ID, s.unseen())}
	}
	if blank(link) {
		if err := e.complete(ctx, s); err != nil {
			return nil, err
		}
	}
	if link.Revision == 0 { // a link is born only with a look at its first issue
		if err := s.errs[found.Participant]; err != nil {
			return nil, err
		}
		if v := s.views[found.Participant]; v.State != issue.Present {
			return nil, unborn(found, v.State)
		}
	}
	return s, nil
}

// unborn says why an issue in no link starts none. One that may not be read is
// an error: no event tells that a permission is back, so this one must come again.
func unborn(ref issue.Ref, state issue.Presence) error {
	if state == issue.Denied {
		return fmt.Errorf("look at %s: it may not be read; give our account the permission to browse its project: %w", ref, connector.ErrDenied)
	}
	return fmt.Errorf("%w: %s is %s", errNothing, ref, state)
}

// find returns the link that ref belongs to. A link that is not stored yet has
// revision 0; found is the issue of a side whose Ref the link does not know yet.
func (e *Engine) find(ctx context.Context, ref issue.Ref) (link issue.Link, found issue.Ref, err error) {
	link, err = e.known(ctx, ref)
	if !errors.Is(err, durable.ErrNotFound) {
		return link, found, err
	}
	v, err := e.read(ctx, ref)
	if err != nil {
		e.feel(ctx, ref.Participant, err)
		return link, found, err
	}
	if v.State != issue.Present {
		return link, found, unborn(ref, v.State)
	}
	if link, err = e.Store.Link(ctx, v.Ref); !errors.Is(err, durable.ErrNotFound) {
		return link, found, err // ref was a key, or the link was born meanwhile
	}
	if v.Mark != (issue.Ref{}) {
		link, err = e.marked(ctx, v)
		if !errors.Is(err, durable.ErrNotFound) {
			return link, v.Ref, err
		}
	}
	link, err = e.moved(ctx, v)
	if !errors.Is(err, durable.ErrNotFound) {
		return link, v.Ref, err
	}
	if err := e.orphan(v); err != nil {
		return link, found, err
	}
	return issue.Link{ID: v.Ref}, v.Ref, nil
}

// known returns the link of ref from the store, which then lacks none that our
// account made an issue of.
func (e *Engine) known(ctx context.Context, ref issue.Ref) (issue.Link, error) {
	link, err := e.Store.Link(ctx, ref)
	if errors.Is(err, durable.ErrNotFound) || blank(link) {
		if err := e.recall(ctx); err != nil {
			return link, err
		}
		return e.Store.Link(ctx, ref)
	}
	return link, err
}

// marked returns the link that an issue is named after, which we made or a person
// joined; it is found again if the store does not know it. [durable.ErrNotFound]:
// the name is of no participant of this sync, or the others are not named so.
func (e *Engine) marked(ctx context.Context, v issue.View) (issue.Link, error) {
	link, err := e.Store.Link(ctx, v.Mark)
	if !v.Ours {
		if link, err = e.rejoin(ctx, v, link, err); err != nil {
			return link, err
		}
	}
	if _, ours := e.Connectors[v.Mark.Participant]; ours && errors.Is(err, durable.ErrNotFound) {
		if err := e.reuniteAll(ctx, v); err != nil {
			return link, err
		}
		link, err = e.Store.Link(ctx, v.Mark)
	}
	if side := link.Sides[v.Ref.Participant]; err == nil && side.Ref.ID != "" && side.Ref != v.Ref {
		return link, fmt.Errorf("%w: we made %s for %s, which has %s already", errNothing, v.Ref, v.Mark, side.Ref)
	}
	return link, err // our create, found before its reply was
}

// read looks at one issue; its id may be a key.
func (e *Engine) read(ctx context.Context, ref issue.Ref) (issue.View, error) {
	c, ok := e.Connectors[ref.Participant]
	if !ok {
		return issue.View{}, fmt.Errorf("read %s: sync %s has no such participant", ref, e.Sync)
	}
	for v, err := range c.Read(ctx, ref.ID) {
		return v, err
	}
	return issue.View{}, fmt.Errorf("read %s: the tracker yields nothing", ref)
}

// lookAt looks at every side of a link at the same time.
func (e *Engine) lookAt(ctx context.Context, link issue.Link, found issue.Ref) *sight {
	ctx, cancel := context.WithTimeout(ctx, lookMax)
	defer cancel()
	order := e.Rules.Order
	views, errs := make([]*issue.View, len(order)), make([]error, len(order))
	var all sync.WaitGroup
	for i, who := range order {
		side := link.Sides[who]
		if found.Participant == who {
			side.Ref = found
		}
		all.Go(func() { views[i], errs[i] = e.lookSide(ctx, link, who, side) })
	}
	all.Wait()
	s := &sight{link: link, views: map[issue.Participant]issue.View{}, errs: map[issue.Participant]error{}}
	for i, who := range order {
		if views[i] != nil || errs[i] != nil {
			e.feel(ctx, who, errs[i])
		}
		if errs[i] != nil {
			s.errs[who] = errs[i]
			s.again = soonest(s.again, e.now().Add(e.wait(who, errs[i])))
		} else if views[i] != nil {
			s.views[who] = *views[i]
		}
	}
	return s
}

// wait is until a participant that failed with err is asked again.
func (e *Engine) wait(who issue.Participant, err error) time.Duration {
	if busy, ok := errors.AsType[*connector.Busy](err); ok {
		return busy.For
	}
	return e.unseenWait(who)
}

// lookSide looks at one side: by its id; or by the mark, if its create was
// begun; else there is nothing to look at.
func (e *Engine) lookSide(ctx context.Context, link issue.Link, who issue.Participant, side issue.Side) (*issue.View, error) {
	c := e.Connectors[who]
	if side.Ref.ID == "" {
		i := slices.IndexFunc(side.Sent, func(s issue.Sent) bool { return s.Create })
		if i < 0 {
			return nil, nil
		}
		v, err := c.Find(ctx, link.ID, side.Sent[i].First.Add(-findSlack))
		if err != nil || v.State != issue.Present {
			return &v, err
		}
		side.Ref = v.Ref // a search may show an older state: read it
	}
	v, err := e.read(ctx, issue.Ref{Participant: who, ID: side.Ref.ID})
	if err != nil {
		return nil, err
	}
	if v.State == issue.Present {
		err = e.proveGone(ctx, c, &v, side)
	}
	if err == nil && blank(link) {
		err = e.listAgain(ctx, &v)
	}
	return &v, err
}

// blank reports whether nothing is known of a stored link but which issues are one.
func blank(link issue.Link) bool { return link.Revision > 0 && len(link.Agreed) == 0 }

// listAgain adds the rows that two more looks list: of a link that was found
// again no row is known, and one that a shifted page left out would be made twice.
func (e *Engine) listAgain(ctx context.Context, v *issue.View) error {
	for range 2 {
		more, err := e.read(ctx, v.Ref)
		if err != nil {
			return err
		}
		for x, row := range more.Rows {
			if _, listed := v.Rows[x]; listed {
				continue
			}
			v.Rows[x] = row
			if value, shown := more.Doc[x]; shown {
				v.Doc[x] = value
			}
		}
	}
	return nil
}

// proveGone asks for the rows that are known and were not listed: a short or
// shifted page is no deletion.
func (e *Engine) proveGone(ctx context.Context, c connector.Connector, v *issue.View, side issue.Side) error {
	var lacking []issue.Place
	for x, at := range side.Rows {
		local := issue.Place{Field: x.Field, Row: issue.Ref{Participant: v.Ref.Participant, ID: at.ID}}
		if _, listed := v.Rows[local]; !listed && at.ID != "" {
			lacking = append(lacking, local)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	slices.SortFunc(lacking, issue.Place.Compare)
	gone, err := c.Gone(ctx, v.Ref.ID, lacking...)
	if err != nil {
		return err
	}
	v.Doc = v.Doc.Clone()
	for _, x := range gone {
		v.Doc[x] = nil
	}
	return nil
}
