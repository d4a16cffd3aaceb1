package oauth_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/connector/jira/oauth"
	"example.com/accord/durable"
	"example.com/accord/memory"
)

// A rough store fails before or after its effect, while times are bad.
type rough struct {
	oauth.States
	weather *weather
}

func (r rough) SetState(ctx context.Context, s durable.State) error {
	if r.weather.strikes(0.3) {
		return errors.New("the store does not answer")
	}
	err := r.States.SetState(ctx, s)
	if r.weather.strikes(0.3) {
		return errors.New("the store's answer was lost")
	}
	return err
}

// A weather decides what goes wrong. Bad times last for five minutes at most,
// and it is good for longer in between: that is as much as the site forgives.
type weather struct {
	mu    sync.Mutex
	dice  *rand.Rand
	until time.Time // bad before, good for fifteen minutes after
}

func (w *weather) strikes(chance float64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if now.After(w.until.Add(15*time.Minute)) && w.dice.Float64() < 0.2 {
		w.until = now.Add(time.Duration(w.dice.Int64N(int64(5 * time.Minute))))
	}
	return now.Before(w.until) && w.dice.Float64() < chance
}

// TestAConsentSurvives: three processes share a consent for two days. Stores
// and answers fail before and after their effect, and processes die at any
// moment. Nobody ever has to log in again, and in the end all is well.
func TestAConsentSurvives(t *testing.T) {
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			s, store := newSite(t), memory.NewStore()
			s.consent(store)
			w := &weather{dice: rand.New(rand.NewPCG(seed, 7))}
			s.lag = 300 * time.Millisecond
			s.answer = func(*http.Request) error {
				if w.strikes(0.4) {
					return errors.New("the answer was lost")
				}
				return nil
			}
			dice := rand.New(rand.NewPCG(seed, 8))
			ctx, die := context.WithCancel(t.Context())
			keepers := make([]*oauth.Keeper, 3)
			for n := range keepers {
				keepers[n] = s.keeper(rough{store, w})
			}
			for end := time.Now().Add(48 * time.Hour); time.Now().Before(end); time.Sleep(time.Duration(dice.Int64N(int64(2 * time.Minute)))) {
				n := dice.IntN(len(keepers))
				if dice.IntN(50) == 0 { // it dies, and another is begun in its place
					die()
					ctx, die = context.WithCancel(t.Context())
					keepers[n] = s.keeper(rough{store, w})
				}
				go func(ctx context.Context, k *oauth.Keeper) { _, _, _ = k.Bearer(ctx) }(ctx, keepers[n])
				if dice.IntN(3) == 0 {
					m := dice.IntN(len(keepers))
					go func(ctx context.Context, k *oauth.Keeper) { _, _, _ = k.Bearer(ctx) }(ctx, keepers[m])
				}
			}
			w.mu.Lock()
			w.dice = rand.New(still{})
			w.mu.Unlock()
			for range 30 {
				time.Sleep(2 * time.Minute)
				_, _, _ = keepers[0].Bearer(t.Context())
			}
			die()
			for n, k := range keepers {
				if err := s.works(k); err != nil {
					t.Error(fmt.Errorf("seed %d, process %d: %w", seed, n, err))
				}
			}
		})
	}
}

// still is a source of the largest number alone: nothing that has a chance
// happens.
type still struct{}

func (still) Uint64() uint64 { return 1<<64 - 1 }
