package script

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// resting returns a run that knows nothing but how a sync comes to rest: by
// the seconds since it began, how many writes it made and what it says.
func resting(writes func(second int) int, says func(second int) Standing) *run {
	began := time.Now()
	second := func() int { return int(time.Since(began) / time.Second) }
	f := transport(func(*http.Request) (int, string) {
		return 200, fmt.Sprintf(`{"writes":{"byAccount":{"s@example.com":%d,"a@example.com":99}}}`, writes(second()))
	})
	return &run{jiras: [2]*jira{f.jira(cloud), f.jira(server)}, Options: Options{Within: time.Minute,
		Standing: func(context.Context) ([]byte, error) { return json.Marshal(says(second())) }}}
}

func TestRest(t *testing.T) {
	still := func(int) Standing { return Standing{Waiting: 3} }
	for _, c := range []struct {
		reason string
		writes func(int) int
		says   func(int) Standing
		took   int // seconds, rounded down; -1: never
	}{
		{"nothing happens at all", func(int) int { return 5 }, still, 3},
		{"it writes for ten seconds", func(s int) int { return min(s, 10) }, still, 13},
		{"it is busy for eight", func(int) int { return 5 }, func(s int) Standing { return Standing{Busy: max(0, 8-s)} }, 11},
		{"what waits becomes less for six", func(int) int { return 5 }, func(s int) Standing { return Standing{Waiting: max(0, 6-s)} }, 9},
		{"it writes for ever", func(s int) int { return s }, still, -1},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := resting(c.writes, c.says)
			began := time.Now()
			writes, _, err := r.rest(t.Context(), time.Now().Add(r.Within))
			if c.took < 0 {
				if !errors.Is(err, errUnrest) {
					t.Errorf("%s: %v", c.reason, err)
				}
				return
			}
			if took := int(time.Since(began) / time.Second); err != nil || took != c.took || writes != 2*c.writes(took) {
				t.Errorf("%s: at rest after %d s, not %d, with %d writes: %v", c.reason, took, c.took, writes, err)
			}
		})
	}
}

func TestNothingIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := resting(func(int) int { return 0 }, func(s int) Standing { return Standing{Dead: s} })
		if _, _, err := r.rest(t.Context(), time.Now().Add(r.Within)); err == nil || err.Error() != "the sync has given up 1 events" {
			t.Errorf("%v", err)
		}
	})
}

func TestStirWaitsForALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := resting(nil, func(s int) Standing { return Standing{Waiting: 4 - s/20} })
		began := time.Now()
		if err := r.stir(t.Context(), 4, time.Now().Add(time.Minute)); err != nil || time.Since(began) != 20*time.Second {
			t.Errorf("stirred after %v, %v", time.Since(began), err)
		}
	})
}
