package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/accord/durable"
)

// deadPrefix begins the names of the states that are dead events.
const deadPrefix = "dead/"

func deadName(m durable.Message) string { return deadPrefix + stamp(m.Event.At) + "/" + m.ID }

// bury puts m among the dead. If it is there already, somebody has died on the way.
func (q *Queue) bury(ctx context.Context, m durable.Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	err = q.dead.SetState(ctx, durable.State{Name: deadName(m), Value: body})
	if errors.Is(err, durable.ErrStale) {
		return nil
	}
	return err
}

// Dead implements [durable.Queue].
func (q *Queue) Dead(ctx context.Context, n int) (ms []durable.Message, err error) {
	for st, err := range q.dead.States(ctx, deadPrefix) {
		var m durable.Message
		if err == nil {
			err = json.Unmarshal(st.Value, &m)
		}
		if err != nil {
			return nil, fmt.Errorf("read dead events: %w", err)
		}
		if len(ms) == n {
			break
		}
		ms = append(ms, m)
	}
	return ms, nil
}

// Resend implements [durable.Queue].
func (q *Queue) Resend(ctx context.Context, ids ...string) (sent int, err error) {
	for st, err := range q.dead.States(ctx, deadPrefix) {
		var m durable.Message
		if err == nil {
			err = json.Unmarshal(st.Value, &m)
		}
		if err == nil && len(ids) > 0 && !slices.Contains(ids, m.ID) {
			continue
		}
		if err == nil {
			m.At, m.Floor, m.Tries = time.Now(), time.Time{}, 0
			err = q.wait(ctx, []durable.Message{m})
		}
		if err == nil {
			st.Value = nil
			err = q.dead.SetState(ctx, st)
		}
		if err != nil {
			return sent, fmt.Errorf("send dead events again: %w", err)
		}
		sent++
	}
	return sent, nil
}
