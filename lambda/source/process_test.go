package source_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/google/go-cmp/cmp"

	"example.com/accord/runtimeapi"
)

// TestMain makes this binary a bootstrap too: what it does with a record is what
// the record says.
func TestMain(m *testing.M) {
	if os.Getenv("BOOTSTRAP") == "" {
		os.Exit(m.Run())
	}
	lambda.Start(func(_ context.Context, e events.KinesisEvent) (out events.KinesisEventResponse, err error) {
		for _, r := range e.Records {
			switch word, _, _ := strings.Cut(string(r.Kinesis.Data), " "); word {
			case "report":
				out.BatchItemFailures = append(out.BatchItemFailures, events.KinesisBatchItemFailure{ItemIdentifier: r.Kinesis.SequenceNumber})
			case "fail":
				err = errors.New("no luck")
			case "panic":
				panic("oops")
			case "exit":
				os.Exit(4)
			case "hang":
				time.Sleep(time.Hour)
			}
		}
		return out, err
	})
}

// TestMappingOfAProcess: a function that fails, panics, dies or hangs over one
// record is called with all the others, and that record ends at the
// destination. Nothing is simulated but the stream's disk.
func TestMappingOfAProcess(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"fail", "panic", "exit", "hang", "report"} {
		t.Run(word, func(t *testing.T) {
			f := &runtimeapi.Function{Bootstrap: self, Env: []string{"BOOTSTRAP=1"}, Timeout: 2 * time.Second}
			defer f.Close()
			w := newWorld(t)
			var good []string // of the calls that went well
			w.mapping.Tries, w.mapping.Log = 0, slog.New(slog.NewTextHandler(t.Output(), nil))
			w.mapping.Call = func(ctx context.Context, in []byte) ([]byte, error) {
				r, err := f.Invoke(ctx, in)
				if err == nil && !strings.Contains(string(r.Payload), "itemIdentifier") {
					good = append(good, string(r.Payload))
				}
				return r.Payload, err
			}
			put(t, w.stream, "good 1", "good 2", word+" 3", "good 4", "good 5")
			w.ends(30 * time.Second)
			want := []string{fmt.Sprintf("RetryAttemptsExhausted 1: %s 3", word)}
			if word == "report" { // bisecting is for those that fail as a whole
				want[0] += " good 4 good 5"
			} else if len(good) == 0 {
				t.Error("no call went well")
			}
			if d := cmp.Diff(want, w.lost()); d != "" {
				t.Errorf("discarded (-want +got):\n%s", d)
			}
		})
	}
}

// ends lets the mapping run until the stream is empty.
func (w *world) ends(patience time.Duration) {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.t.Context(), patience)
	defer stop()
	var all sync.WaitGroup
	all.Go(func() { w.mapping.Run(ctx) })
	for len(w.left()) > 0 && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	all.Wait()
	if left := w.left(); len(left) > 0 {
		w.t.Errorf("left %q", left)
	}
}
