//go:build emu

package aws_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/durable/aws/emulator"
	"example.com/accord/memory"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// flaky is a way to a service on which one call in so many goes wrong, as no
// emulator lets it: throttled, answered with 500, carried out and the answer lost,
// cancelled for meeting another transaction, or half of a batch left undone.
type flaky struct {
	every int

	mu     sync.Mutex
	random *rand.Rand
	faults map[string]int // how often each has happened
}

func newFlaky(seed uint64, every int) *flaky {
	return &flaky{every: every, random: rand.New(rand.NewPCG(seed, 7)), faults: map[string]int{}}
}

// draw returns the fault of this call; empty: none.
func (f *flaky) draw(op string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.random.IntN(f.every) > 0 {
		return ""
	}
	kinds := []string{"throttled", "broken", "lost"}
	switch op {
	case "TransactWriteItems":
		kinds = append(kinds, "conflict", "conflict")
	case "BatchWriteItem":
		kinds = append(kinds, "half", "half")
	}
	kind := kinds[f.random.IntN(len(kinds))]
	f.faults[kind]++
	return kind
}

const namespace = "com.amazonaws.dynamodb.v20120810#"

func (f *flaky) Do(r *http.Request) (*http.Response, error) {
	_, op, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch f.draw(op) {
	case "throttled":
		return answer(r, 400, `{"__type":"`+namespace+`ProvisionedThroughputExceededException","message":"too fast"}`), nil
	case "broken":
		return answer(r, 500, `{"__type":"`+namespace+`InternalServerError","message":"broken"}`), nil
	case "conflict":
		return answer(r, 400, `{"__type":"`+namespace+`TransactionCanceledException","message":"met another","CancellationReasons":[{"Code":"TransactionConflict"}]}`), nil
	case "half":
		return half(r)
	case "lost":
		response, err := emulator.Loopback{}.Do(r)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		return nil, fmt.Errorf("%s: %w", op, io.ErrUnexpectedEOF)
	}
	return emulator.Loopback{}.Do(r)
}

func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, ContentLength: int64(len(body)),
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(strings.NewReader(body)),
	}
}

// half carries out the first half of a batch, and leaves the rest undone.
func half(r *http.Request) (*http.Response, error) {
	var in struct{ RequestItems map[string][]json.RawMessage }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	left := map[string][]json.RawMessage{}
	for table, requests := range in.RequestItems {
		if n := len(requests) / 2; n > 0 {
			in.RequestItems[table], left[table] = requests[:n], requests[n:]
		}
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	response, err := emulator.Loopback{}.Do(r)
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}
	undone, err := json.Marshal(map[string]any{"UnprocessedItems": left})
	if err != nil {
		return nil, err
	}
	return answer(r, http.StatusOK, string(undone)), response.Body.Close()
}

// On a bad way the store keeps all its promises; the SDK may try again.
func TestStoreOnDynamoDBLocalOverAFlakyWay(t *testing.T) {
	t.Parallel()
	endpoint := emulator.DynamoDBLocal(t)
	sound, n, way := emulator.Tables(endpoint), &names{}, newFlaky(1, 8)
	flaky := dynamodb.New(dynamodb.Options{
		Region: emulator.Region, BaseEndpoint: &endpoint, Credentials: emulator.Keys(), HTTPClient: way,
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff, o.RateLimiter = 15, 5*time.Millisecond, ratelimit.None
		}),
	})
	contract.Store(t, func(t *testing.T) durable.Store {
		return aws.NewStore(flaky, emulator.Table(t, sound, n.next()), memory.NewBlobs())
	})
	for _, kind := range []string{"throttled", "broken", "lost", "conflict", "half"} {
		if way.faults[kind] == 0 {
			t.Errorf("no call was %s", kind)
		}
	}
}
