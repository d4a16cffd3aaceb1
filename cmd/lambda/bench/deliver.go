package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"example.com/accord/runtimeapi"
)

// A Delivery is how long one webhook of 8 KiB takes through a function whose
// stream answers at once: what the function itself adds to an answer.
type Delivery struct {
	Function string `json:"function"`
	Cold     Spread `json:"cold_ms"` // from the start of its process to its answer
	Warm     Spread `json:"warm_ms"` // from when the function is given it to its answer
}

const warm = 20 // deliveries to each process after its first

// deliver delivers webhooks to n processes of a function, one after the other.
func deliver(ctx context.Context, b bootstrap, env []string, n int) (Delivery, error) {
	in, err := webhook()
	if err != nil {
		return Delivery{}, err
	}
	var cold, took []float64
	for range n {
		f := &runtimeapi.Function{Bootstrap: b.path, Env: env, Timeout: 10 * time.Second}
		for i := range 1 + warm {
			r, err := f.Invoke(ctx, in)
			if err != nil {
				f.Close()
				return Delivery{}, fmt.Errorf("deliver to %s: %w", b.name, err)
			}
			if i == 0 {
				cold = append(cold, float64(r.Init+r.Took)/float64(time.Millisecond))
				continue
			}
			took = append(took, float64(r.Took)/float64(time.Millisecond))
		}
		f.Close()
	}
	return Delivery{b.name, spread(cold), spread(took)}, nil
}

// webhook is what the gateway calls answer with.
func webhook() ([]byte, error) {
	body := []byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"10001","key":"SUP-1"},"text":"` + strings.Repeat("x", 8<<10) + `"}`)
	mac := hmac.New(sha256.New, []byte("hush"))
	mac.Write(body)
	return json.Marshal(map[string]any{
		"pathParameters": map[string]string{"site": "acme", "key": "k3y"}, "queryStringParameters": map[string]string{"v": "1"},
		"headers":        map[string]string{"X-Hub-Signature": fmt.Sprintf("sha256=%x", mac.Sum(nil))},
		"requestContext": map[string]any{"requestId": "r", "requestTimeEpoch": 1_800_000_000_000},
		"body":           base64.StdEncoding.EncodeToString(body), "isBase64Encoded": true,
	})
}
