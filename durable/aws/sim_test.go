package aws_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/accord/awssim"
	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/issue"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// An account is a simulated one, as the SDK reaches it.
type account struct {
	*awssim.Sim
	sdk sdk.Config
}

// newAccount has nothing in it. The SDK tries as often as it does by itself, but
// waits for less long; it has no budget for that, which would make a test that
// fails often unlike the few calls of a function.
func newAccount(t *testing.T, attempts int) account {
	sim, end := awssim.Start()
	t.Cleanup(end)
	return account{sim, sdk.Config{
		Region: awssim.Region, BaseEndpoint: &sim.URL, Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""),
		HTTPClient: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 20}},
		Retryer: func() sdk.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts, o.MaxBackoff, o.RateLimiter = attempts, 2*time.Millisecond, ratelimit.None
			})
		},
	}}
}

// stack returns the parts of a stack with that name.
func (a account) stack(t *testing.T, name string) (*aws.Store, *aws.Queue, *aws.Blobs) {
	t.Helper()
	if err := a.Stack(name); err != nil {
		t.Fatal(err)
	}
	return aws.Open(a.sdk, aws.Names{Table: name, Bucket: awssim.Bucket(name), Live: a.Queue(name + "-live"), Bulk: a.Queue(name + "-bulk")})
}

// A way makes one call in so many fail, and counts how.
type way struct {
	random *rand.Rand
	every  int
	faults map[awssim.Fault]int
}

func newWay(seed uint64, every int) *way {
	return &way{rand.New(rand.NewPCG(seed, 0)), every, map[awssim.Fault]int{}}
}

func (w *way) draw(op string) awssim.Fault {
	if w.random.IntN(w.every) > 0 {
		return ""
	}
	kinds := []awssim.Fault{awssim.Throttled, awssim.Broken, awssim.Lost}
	switch op {
	case "DynamoDB.TransactWriteItems":
		kinds = append(kinds, awssim.Conflict)
	case "DynamoDB.BatchWriteItem", "SQS.SendMessageBatch":
		kinds = append(kinds, awssim.Half, awssim.Half)
	}
	f := kinds[w.random.IntN(len(kinds))]
	w.faults[f]++
	return f
}

func (w *way) met(t *testing.T, kinds ...awssim.Fault) {
	t.Helper()
	for _, k := range kinds {
		if w.faults[k] == 0 {
			t.Errorf("no call was %s", k)
		}
	}
}

// On a bad way the store keeps all its promises; the SDK may try again.
func TestStoreOverAFlakyWay(t *testing.T) {
	a, w, n := newAccount(t, 15), newWay(1, 8), 0
	contract.Store(t, func(t *testing.T) durable.Store {
		n++
		store, _, _ := a.stack(t, fmt.Sprintf("s%d", n))
		a.SetFault(w.draw)
		return store
	})
	w.met(t, awssim.Throttled, awssim.Broken, awssim.Lost, awssim.Conflict, awssim.Half)
}

func TestBlobsOverAFlakyWay(t *testing.T) {
	a, w, n := newAccount(t, 15), newWay(2, 8), 0
	contract.Blobs(t, func(t *testing.T) durable.Blobs {
		n++
		_, _, blobs := a.stack(t, fmt.Sprintf("s%d", n))
		a.SetFault(w.draw)
		return blobs
	})
	w.met(t, awssim.Throttled, awssim.Broken, awssim.Lost)
}

// What the SDK gives up on is the caller's to do again: then nothing is lost,
// whether the calls had their effect or not.
func TestNoEventIsLostOverAFlakyWay(t *testing.T) {
	const events = 60
	a, w := newAccount(t, 2), newWay(3, 12)
	_, q, _ := a.stack(t, "accord")
	a.SetFault(w.draw)
	handled := map[string]int{}
	for i := range events {
		m := durable.Message{Lane: durable.Live, Event: issue.Event{Ref: issue.Ref{Participant: "acme", ID: fmt.Sprint(i)}}}
		for q.Send(t.Context(), m) != nil {
			w.faults["sent again"]++
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	for len(handled) < events && ctx.Err() == nil {
		ms, err := q.Receive(ctx, 10, 2*time.Second)
		if err != nil {
			continue
		}
		for _, m := range ms {
			handled[m.Event.Ref.ID]++
			if q.Done(ctx, m) != nil { // it comes again, unless only the answer was lost
				w.faults["not done"]++
			}
		}
	}
	if len(handled) != events {
		t.Errorf("%d events were handled, want %d", len(handled), events)
	}
	w.met(t, awssim.Throttled, awssim.Broken, awssim.Lost, awssim.Half, "not done")
}

// A blob that is created again, because the answer was lost, is there already:
// who named it by its content takes that for success.
func TestACreateWhoseAnswerWasLost(t *testing.T) {
	a := newAccount(t, 3)
	_, _, b := a.stack(t, "accord")
	once := awssim.Lost
	a.SetFault(func(string) awssim.Fault { f := once; once = ""; return f })
	if created, err := b.Create(t.Context(), "config/one", strings.NewReader("content")); created || err != nil {
		t.Errorf("created %v, %v: want neither", created, err)
	}
	r, err := b.Open(t.Context(), "config/one")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || string(got) != "content" {
		t.Errorf("it holds %q, %v", got, err)
	}
}

// A blob in parts of which one never arrives is not there.
func TestABlobWhosePartsFailIsNotThere(t *testing.T) {
	a := newAccount(t, 1)
	_, _, b := a.stack(t, "accord")
	puts := 0
	a.SetFault(func(op string) awssim.Fault {
		if op == "S3.PUT" {
			if puts++; puts == 2 {
				return awssim.Broken
			}
		}
		return ""
	})
	if err := b.Put(t.Context(), "long", bytes.NewReader(make([]byte, 17<<20))); err == nil {
		t.Error("its second part failed, and no error")
	}
	if _, err := b.Open(t.Context(), "long"); !errors.Is(err, durable.ErrNotFound) {
		t.Errorf("half a blob is there: %v", err)
	}
}
