package aslambda_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/app/aslambda"
	"example.com/accord/runtimeapi"
)

// TestLoop tells at which second a function is called, for what it answers.
func TestLoop(t *testing.T) {
	for reason, c := range map[string]struct {
		answers []string // of each call; the last one stays. "" is a failure
		took    time.Duration
		want    []int
	}{
		"done at once: again when it is due":                           {[]string{`{"done":true,"wait":1}`}, 0, []int{0, 300, 600}},
		"called until it is done, after as long as it says":            {[]string{`{"wait":1}`, `{"wait":20}`, `{"done":true}`}, 0, []int{0, 1, 21, 300, 600}},
		"a failure is tried again, later and later, and then given up": {[]string{""}, 0, []int{0, 5, 20, 65, 200, 500, 600}},
		"tries are counted anew for each call":                         {[]string{"", `{"wait":1}`, "", `{"done":true}`}, 0, []int{0, 5, 6, 11, 300, 600}},
		"what is due meanwhile is left out":                            {[]string{`{"done":true}`}, 400 * time.Second, []int{0, 600}},
	} {
		t.Run(reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var got []int
				l := &aslambda.Loop{Name: "sweep", Every: 5 * time.Minute, Log: slog.New(slog.DiscardHandler)}
				l.Call = func(_ context.Context, in []byte) ([]byte, error) {
					if string(in) != `{"work":"sweep"}` {
						t.Errorf("called with %s", in)
					}
					answer := c.answers[min(len(got), len(c.answers)-1)]
					got = append(got, int(time.Since(began).Seconds()))
					time.Sleep(c.took)
					if answer == "" {
						return nil, &runtimeapi.Failure{Type: "errorString"}
					}
					return []byte(answer), nil
				}
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute+time.Second)
				defer cancel()
				l.Run(ctx)
				if d := cmp.Diff(c.want, got); d != "" {
					t.Errorf("seconds of the calls (-want +got):\n%s", d)
				}
			})
		})
	}
}
