package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/durable"
	"example.com/accord/durable/sqlite"
	"example.com/accord/issue"
)

// Run works on the file in a bubble as it does in the world: a day of failing,
// waiting and stopping in between takes no time, and loses nothing.
func TestRunInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const events = 60
		path := file(t)
		db := open(t, path, sqlite.Options{})
		for i := range events {
			if err := db.Send(t.Context(), event(fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
		var mu sync.Mutex
		tries, handled := map[string]int{}, map[string]int{}
		handler := func(_ context.Context, e issue.Event) error {
			time.Sleep(3 * time.Minute) // longer than it is hidden
			mu.Lock()
			defer mu.Unlock()
			switch tries[e.Ref.ID]++; {
			case tries[e.Ref.ID]%3 == 1:
				return errors.New("down")
			case tries[e.Ref.ID]%3 == 2:
				return durable.Later{At: time.Now().Add(time.Minute), Why: "wait"}
			}
			handled[e.Ref.ID]++
			return nil
		}
		for range 6 { // stopped and opened again five times
			ctx, cancel := context.WithTimeout(t.Context(), 40*time.Minute)
			if err := durable.Run(ctx, db, durable.RunOptions{Workers: 4}, handler); err != nil {
				t.Fatal(err)
			}
			cancel()
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			db = open(t, path, sqlite.Options{})
		}
		if len(handled) != events {
			t.Errorf("%d events were handled, want %d", len(handled), events)
		}
		for id, n := range handled {
			if n != 1 {
				t.Errorf("event %s was handled %d times", id, n)
			}
		}
		if d, err := db.Depth(t.Context()); err != nil || d != (durable.Depth{}) {
			t.Errorf("left in the queue: %+v (%v)", d, err)
		}
	})
}
