package demo

import (
	"context"
	"encoding/json"

	"example.com/accord/demo/script"
	"example.com/accord/durable"
	"example.com/accord/issue"
)

// Standing returns a function that says in the script's shape what a sync knows
// of itself.
func Standing(store durable.Store, gauge durable.Gauge) func(context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		depth, err := gauge.Depth(ctx)
		if err != nil {
			return nil, err
		}
		s := script.Standing{Busy: depth.Busy, Waiting: depth.Live + depth.Bulk, Dead: depth.Dead}
		for l, err := range store.Links(ctx, durable.Filter{}) {
			if err != nil {
				return nil, err
			}
			if err := add(&s, l); err != nil {
				return nil, err
			}
		}
		return json.Marshal(s)
	}
}

// add adds what is held and refused of a link.
func add(s *script.Standing, l issue.Link) error {
	for x, h := range l.Held {
		agreed, err := json.Marshal(l.Agreed[x])
		if err != nil {
			return err
		}
		claims, err := json.Marshal(h.Claims)
		if err != nil {
			return err
		}
		s.Held = append(s.Held, script.Held{Link: l.ID.String(), Field: name(x), Agreed: agreed, Claims: claims})
	}
	for who, side := range l.Sides {
		for x, t := range side.Tried {
			if t.Refused() {
				s.Refused = append(s.Refused, script.Refused{Link: l.ID.String(), Participant: string(who), Field: name(x), Why: t.Why})
			}
		}
	}
	return nil
}

// name is what the script calls a field of accord.yaml.
func name(x issue.Place) string {
	switch x.Field {
	case "customer":
		return "reference"
	case "effort":
		return "points"
	}
	return x.Field
}
