package engine

import (
	"context"
	"fmt"

	"example.com/accord/connector"
	"example.com/accord/durable"
)

// Hear queues the issues that a webhook delivery is about and says how many
// they are. It returns nil only once they are durable. Errors: those of
// [connector.Events]; [durable.ErrFull].
func Hear(ctx context.Context, q durable.Queue, site connector.Events, d connector.Delivery) (int, error) {
	events, err := site.Events(d)
	if err != nil {
		return 0, fmt.Errorf("hear: %w", err)
	}
	ms := make([]durable.Message, len(events))
	for i, ev := range events {
		ms[i] = durable.Message{Event: ev, Lane: durable.Live}
	}
	if len(ms) == 0 {
		return 0, nil
	}
	if err := q.Send(ctx, ms...); err != nil {
		return 0, fmt.Errorf("hear %s: %w", events[0].Ref, err)
	}
	return len(ms), nil
}
