package web

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
)

// A Status is all that can be said at a glance.
type Status struct {
	Version string    `json:"version"`
	At      time.Time `json:"at"`
	Syncs   []Sync    `json:"syncs"`
	Sites   []Place   `json:"sites"`
	Queue   Depth     `json:"queue"`
	Open    []Item    `json:"open"` // held and refused fields, at most MaxItems
}

// MaxItems is how many open items a Status lists.
const MaxItems = 100

// An Item is a field that is held, or refused somewhere.
type Item struct {
	Sync  string    `json:"sync"`
	Link  string    `json:"link"`
	Keys  []string  `json:"keys"` // of its issues, in order of rank
	Field string    `json:"field"`
	Held  []string  `json:"held,omitempty"` // who claims something else
	At    string    `json:"at,omitempty"`   // the participant that refuses it
	Why   string    `json:"why,omitempty"`
	Since time.Time `json:"since,omitzero"`
}

// A Sync is one sync at a glance. Each link is counted once: Held before
// Refused before Waiting before Equal.
type Sync struct {
	Name         string        `json:"name"`
	Paused       bool          `json:"paused"`
	Links        int           `json:"links"`
	Equal        int           `json:"equal"`   // as far as is known: nothing held, refused or on its way
	Held         int           `json:"held"`    // with a field that waits for a person
	Refused      int           `json:"refused"` // with a value that a site does not take
	Waiting      int           `json:"waiting"` // with a write whose end is not known, or an issue not yet created
	Participants []Participant `json:"participants"`
}

// A Participant is one participant at a glance.
type Participant struct {
	Name     string    `json:"name"`
	Site     string    `json:"site"`
	Project  string    `json:"project"`
	ReadOnly bool      `json:"read_only,omitempty"`
	Every    string    `json:"every"`            // between two sweeps
	Swept    time.Time `json:"swept,omitzero"`   // when a sweep last got further
	Through  time.Time `json:"through,omitzero"` // all changes up to then were found
	Walking  bool      `json:"walking"`          // a sweep of everything is not done yet
	Ill      *Ill      `json:"ill,omitempty"`    // nil: it can be looked at
	Silence  *Silence  `json:"edits,omitempty"`  // nil: no edit has shown yet whether people are notified
}

// A Silence is the State "silence/<participant>": whether our edits notify
// nobody. Creates and comments always notify (docs/JIRA.md "Create and edit").
type Silence struct {
	Silent bool `json:"silent"`
}

// Ill says why a participant cannot be looked at, and since when.
type Ill = engine.Health

// A Place is one site at a glance.
type Place struct {
	Name    string  `json:"name"`
	Kind    string  `json:"kind"`
	URL     string  `json:"url"`
	Hooks   bool    `json:"webhooks"` // false: sweeps alone find what changed
	Hook    Hook    `json:"hook"`
	Refused Refused `json:"refused"` // deliveries that were not authentic
}

// A Hook is what became of the last try to register a webhook: the part of the
// State "hook/<site>" that is no secret.
type Hook struct {
	At  time.Time `json:"at,omitzero"`   // zero: it was never tried
	Why string    `json:"why,omitempty"` // why it failed; empty: it did not
}

// Depth is how much waits in the queue.
type Depth struct {
	Live   int       `json:"live"`
	Bulk   int       `json:"bulk"`
	Later  int       `json:"later"` // of live and bulk: not due yet
	Busy   int       `json:"busy"`
	Dead   int       `json:"dead"`
	Oldest time.Time `json:"oldest,omitzero"`
}

// A Source is where a Status is read from. Syncs and Sites carry what does not
// change: names, kinds, addresses.
type Source struct {
	Version string
	Store   durable.Store
	Queue   durable.Gauge
	Syncs   []Sync
	Sites   []Place
	Now     func() time.Time
}

// Status reads everything anew.
func (s Source) Status(ctx context.Context) (Status, error) {
	out := Status{Version: s.Version, At: s.Now()}
	depth, err := s.Queue.Depth(ctx)
	if err != nil {
		return Status{}, fmt.Errorf("read status: %w", err)
	}
	out.Queue = Depth{depth.Live, depth.Bulk, depth.Later, depth.Busy, depth.Dead, depth.Oldest}
	for _, sync := range s.Syncs {
		if sync, err = s.sync(ctx, sync); err != nil {
			return Status{}, fmt.Errorf("read status of %s: %w", sync.Name, err)
		}
		out.Syncs = append(out.Syncs, sync)
	}
	if out.Open, err = s.count(ctx, out.Syncs); err != nil {
		return Status{}, fmt.Errorf("read status: %w", err)
	}
	for _, site := range s.Sites {
		err := s.state(ctx, "refused/"+site.Name, &site.Refused)
		if err == nil {
			err = s.state(ctx, "hook/"+site.Name, &site.Hook)
		}
		if err != nil {
			return Status{}, fmt.Errorf("read status of %s: %w", site.Name, err)
		}
		out.Sites = append(out.Sites, site)
	}
	return out, nil
}

// state reads a named record into v, if there is one.
func (s Source) state(ctx context.Context, name string, v any) error {
	st, err := s.Store.State(ctx, name)
	if err != nil || len(st.Value) == 0 {
		return err
	}
	return json.Unmarshal(st.Value, v)
}

func (s Source) sync(ctx context.Context, sync Sync) (Sync, error) {
	var pause json.RawMessage
	if err := s.state(ctx, "pause/"+sync.Name, &pause); err != nil {
		return sync, err
	}
	sync.Paused = len(pause) > 0
	known := sync.Participants
	sync.Participants = nil
	for _, p := range known {
		if err := s.participant(ctx, &p); err != nil {
			return sync, err
		}
		sync.Participants = append(sync.Participants, p)
	}
	return sync, nil
}

func (s Source) participant(ctx context.Context, p *Participant) error {
	var at struct { // of the engine's own note how far it has swept
		Next  time.Time       `json:"next"`
		Swept time.Time       `json:"swept"`
		All   json.RawMessage `json:"all"`
	}
	if err := s.state(ctx, "sweep/"+p.Name, &at); err != nil {
		return err
	}
	p.Walking, p.Swept = len(at.All) > 0, at.Swept
	if !at.Swept.IsZero() { // before the first page it is only where the first sweep begins
		p.Through = at.Next
	}
	if err := s.state(ctx, "silence/"+p.Name, &p.Silence); err != nil {
		return err
	}
	return s.state(ctx, "health/"+p.Name, &p.Ill)
}

// count walks over all links, or over lists of them where there are any.
func (s Source) count(ctx context.Context, syncs []Sync) ([]Item, error) {
	of := map[issue.Participant]*Sync{}
	for i := range syncs {
		for _, p := range syncs[i].Participants {
			of[issue.Participant(p.Name)] = &syncs[i]
		}
	}
	if lister, ok := s.Store.(durable.Lister); ok {
		return s.list(ctx, lister, of)
	}
	open := []Item{}
	for l, err := range s.Store.Links(ctx, durable.Filter{}) {
		if err != nil {
			return nil, err
		}
		sync, ok := of[l.ID.Participant]
		if !ok { // its sync is no longer in the file
			continue
		}
		sync.Links++
		*standing(sync, l)++
		if len(open) < MaxItems {
			open = append(open, items(sync, l)...)
		}
	}
	return open[:min(len(open), MaxItems)], nil
}

// list counts by lists: there a walk over all links would take minutes. Read are
// those alone whose fields are shown, the held before the refused. An issue that
// is not created yet counts as equal while no write is on its way.
func (s Source) list(ctx context.Context, lister durable.Lister, of map[issue.Participant]*Sync) ([]Item, error) {
	seen := map[issue.Ref]bool{}
	held, refused := durable.Filter{Held: true}, durable.Filter{Refused: true}
	for _, kind := range []struct {
		filter durable.Filter
		number func(*Sync) *int
	}{
		{held, func(s *Sync) *int { return &s.Held }}, {refused, func(s *Sync) *int { return &s.Refused }},
		{durable.Filter{Open: true}, func(s *Sync) *int { return &s.Waiting }}, {durable.Filter{}, func(s *Sync) *int { return &s.Equal }},
	} {
		for id, err := range lister.IDs(ctx, kind.filter) {
			if err != nil {
				return nil, err
			}
			if sync, ok := of[id.Participant]; ok && !seen[id] {
				seen[id] = true
				sync.Links++
				*kind.number(sync)++
			}
		}
	}
	return s.open(ctx, of, held, refused)
}

// open lists what is held and refused of the links that filters select.
func (s Source) open(ctx context.Context, of map[issue.Participant]*Sync, filters ...durable.Filter) ([]Item, error) {
	open, shown := []Item{}, map[issue.Ref]bool{}
	for _, f := range filters {
		for l, err := range s.Store.Links(ctx, f) {
			if err != nil {
				return nil, err
			}
			if sync, ok := of[l.ID.Participant]; ok && !shown[l.ID] {
				shown[l.ID] = true
				open = append(open, items(sync, l)...)
			}
			if len(open) >= MaxItems {
				return open[:MaxItems], nil
			}
		}
	}
	return open, nil
}

// items lists what is held and refused of a link.
func items(sync *Sync, l issue.Link) (out []Item) {
	item := Item{Sync: sync.Name, Link: l.ID.String()}
	for _, p := range sync.Participants {
		if key := l.Sides[issue.Participant(p.Name)].Key; key != "" {
			item.Keys = append(item.Keys, key)
		}
	}
	for _, x := range slices.SortedFunc(maps.Keys(l.Held), issue.Place.Compare) {
		h := item
		h.Field, h.Since = x.String(), l.Held[x].Since
		for _, c := range l.Held[x].Claims {
			h.Held = append(h.Held, string(c.By))
		}
		out = append(out, h)
	}
	for _, p := range sync.Participants {
		tried := l.Sides[issue.Participant(p.Name)].Tried
		for _, x := range slices.SortedFunc(maps.Keys(tried), issue.Place.Compare) {
			if t := tried[x]; t.Refused() {
				r := item
				r.Field, r.At, r.Why, r.Since = x.String(), p.Name, t.Why, t.First
				out = append(out, r)
			}
		}
	}
	return out
}

// standing says under which of a sync's numbers a link is counted.
func standing(sync *Sync, l issue.Link) *int {
	refused, waiting := false, false
	for _, side := range l.Sides {
		for _, t := range side.Tried {
			refused = refused || t.Refused()
		}
		waiting = waiting || len(side.Sent) > 0 || side.Ref.ID == ""
	}
	switch {
	case len(l.Held) > 0:
		return &sync.Held
	case refused:
		return &sync.Refused
	case waiting:
		return &sync.Waiting
	}
	return &sync.Equal
}
