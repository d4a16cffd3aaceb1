package after

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"example.com/accord/durable"
)

// MaxNotices is how many messages may go out in an hour. A first sync may hold
// thousands of fields, a few at a time: nobody reads thousands of messages.
const MaxNotices = 6

// notices is the State "notices".
type notices struct {
	Hour time.Time `json:"hour"` // in which Sent were sent
	Sent int       `json:"sent"`
	Rest int       `json:"rest"` // fields that the next message is to count
}

// in is n as it is in the hour of now.
func (n notices) in(now time.Time) notices {
	if hour := now.UTC().Truncate(time.Hour); !hour.Equal(n.Hour) {
		return notices{Hour: hour, Rest: n.Rest}
	}
	return n
}

func load(ctx context.Context, store durable.Store) (st durable.State, n notices, err error) {
	if st, err = store.State(ctx, "notices"); err == nil && len(st.Value) > 0 {
		err = json.Unmarshal(st.Value, &n)
	}
	if err != nil {
		err = fmt.Errorf("read how many notices there were: %w", err)
	}
	return st, n, err
}

// change changes the state, whoever else does so.
func change(ctx context.Context, store durable.Store, now time.Time, how func(*notices)) error {
	for range 5 {
		st, n, err := load(ctx, store)
		if err != nil {
			return err
		}
		n = n.in(now)
		how(&n)
		if st.Value, err = json.Marshal(n); err != nil {
			return err
		}
		if err = store.SetState(ctx, st); !errors.Is(err, durable.ErrStale) {
			return err
		}
	}
	return fmt.Errorf("count notices: %w", durable.ErrStale)
}

// Rest tells of the fields that no message has counted, once the hour is over in
// which there were too many.
func Rest(ctx context.Context, store durable.Store, tell func(ctx context.Context, subject, text string) error, now time.Time) error {
	_, n, err := load(ctx, store)
	if err != nil || n.Rest == 0 || n.in(now).Sent >= MaxNotices {
		return err
	}
	if err := tell(ctx, subject(n.Rest), intro+rest(n.Rest)); err != nil {
		return err
	}
	return change(ctx, store, now, n.told)
}

// told takes back what a message has told that was written when the state was n.
func (n notices) told(is *notices) {
	is.Sent++
	is.Rest = max(0, is.Rest-n.Rest)
}
