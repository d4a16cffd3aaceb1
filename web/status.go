package web

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/issue"
)

// A Status is all that can be said at a glance.
type Status struct {
	Version string    `json:"version"`
	At      time.Time `json:"at"`
	Syncs   []Sync    `json:"syncs"`
	Sites   []Place   `json:"sites"`
	Queue   Depth     `json:"queue"`
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
	Swept    time.Time `json:"swept,omitzero"`   // when the last sweep got further
	Through  time.Time `json:"through,omitzero"` // all changes up to then were found
	Health   Note      `json:"health,omitzero"`
}

// A Place is one site at a glance.
type Place struct {
	Name    string  `json:"name"`
	Kind    string  `json:"kind"`
	URL     string  `json:"url"`
	Hooks   bool    `json:"webhooks"` // false: sweeps alone find what changed
	Refused Refused `json:"refused"`  // deliveries that were not authentic
}

// A Note is what is remembered about a participant's last call.
type Note = json.RawMessage

// Depth is how much waits in the queue.
type Depth struct {
	Live   int       `json:"live"`
	Bulk   int       `json:"bulk"`
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
	out.Queue = Depth{depth.Live, depth.Bulk, depth.Busy, depth.Dead, depth.Oldest}
	for _, sync := range s.Syncs {
		if sync, err = s.sync(ctx, sync); err != nil {
			return Status{}, fmt.Errorf("read status of %s: %w", sync.Name, err)
		}
		out.Syncs = append(out.Syncs, sync)
	}
	if err := s.count(ctx, out.Syncs); err != nil {
		return Status{}, fmt.Errorf("read status: %w", err)
	}
	for _, site := range s.Sites {
		if _, err := s.state(ctx, "refused/"+site.Name, &site.Refused); err != nil {
			return Status{}, fmt.Errorf("read status of %s: %w", site.Name, err)
		}
		out.Sites = append(out.Sites, site)
	}
	return out, nil
}

// state reads a named record into v, if there is one, and says when it changed.
func (s Source) state(ctx context.Context, name string, v any) (time.Time, error) {
	st, err := s.Store.State(ctx, name)
	if err != nil || len(st.Value) == 0 {
		return time.Time{}, err
	}
	return st.Changed, json.Unmarshal(st.Value, v)
}

func (s Source) sync(ctx context.Context, sync Sync) (Sync, error) {
	var pause json.RawMessage
	if _, err := s.state(ctx, "pause/"+sync.Name, &pause); err != nil {
		return sync, err
	}
	sync.Paused = len(pause) > 0
	known := sync.Participants
	sync.Participants = nil
	for _, p := range known {
		var at connector.Cursor
		var err error
		if p.Swept, err = s.state(ctx, "sweep/"+p.Name, &at); err != nil {
			return sync, err
		}
		p.Through = at.Since
		if _, err = s.state(ctx, "health/"+p.Name, &p.Health); err != nil {
			return sync, err
		}
		sync.Participants = append(sync.Participants, p)
	}
	return sync, nil
}

// count walks over all links.
func (s Source) count(ctx context.Context, syncs []Sync) error {
	of := map[issue.Participant]*Sync{}
	for i := range syncs {
		for _, p := range syncs[i].Participants {
			of[issue.Participant(p.Name)] = &syncs[i]
		}
	}
	for l, err := range s.Store.Links(ctx, durable.Filter{}) {
		if err != nil {
			return err
		}
		sync, ok := of[l.ID.Participant]
		if !ok { // its sync is no longer in the file
			continue
		}
		sync.Links++
		*standing(sync, l)++
	}
	return nil
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
