package app_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/accord/app"
	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/durable/sqlite"
	"example.com/accord/jirasim"
)

// TestTwentyShareOneSite: twenty apps over one file, as the functions on AWS are
// over one table, call one site which enforces its limits. None is refused, and
// what one is told to wait all wait.
func TestTwentyShareOneSite(t *testing.T) {
	t.Setenv("ACCORD_TEST_TOKEN", "hunter2")
	sim := jirasim.New(jirasim.Options{Samples: 20, Lag: -1, Accounts: []jirasim.Account{{Email: "accord@example.com", Token: "hunter2", Admin: true}}})
	defer sim.Close()
	var refused, late, calls atomic.Int64
	var quiet atomic.Pointer[time.Time]
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if at := quiet.Load(); at != nil && time.Since(*at) > 1300*time.Millisecond && time.Since(*at) < 3*time.Second {
			late.Add(1)
		}
		if at := time.Now(); calls.Load() >= 300 && quiet.CompareAndSwap(nil, &at) {
			w.Header().Set("Retry-After", "3")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		out := httptest.NewRecorder()
		sim.ServeHTTP(out, r)
		if out.Code == http.StatusTooManyRequests {
			refused.Add(1)
		}
		maps.Copy(w.Header(), out.Header())
		w.WriteHeader(out.Code)
		_, _ = w.Write(out.Body.Bytes())
	}))
	defer site.Close()
	src := strings.ReplaceAll(file, "ADDR", "127.0.0.1:1")
	src = strings.ReplaceAll(src, "{kind: datacenter, url: http://localhost, token: {env: ACCORD_TEST_TOKEN}", "{kind: cloud, user: accord@example.com, url: "+site.URL+", token: {env: ACCORD_TEST_TOKEN}")
	t.Setenv("ACCORD_TEST_SECRET", "hunter3")
	folder := t.TempDir()
	c, faults := config.Parse(filepath.Join(folder, "accord.yaml"), []byte(src))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
	defer cancel()
	var all sync.WaitGroup
	var reads atomic.Int64
	for range 20 {
		db, err := sqlite.Open(t.Context(), filepath.Join(folder, "accord.db"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		a := app.New(c, app.State{Store: db, Queue: db, Gauge: db}, app.Options{})
		if err := a.Connect(); err != nil {
			t.Fatal(err)
		}
		at := a.Syncs[0].Engine.Connectors["a"]
		for range 4 {
			all.Go(func() { reads.Add(keepReading(ctx, at)) })
		}
	}
	all.Wait()
	if refused.Load() > 0 || quiet.Load() == nil || late.Load() > 0 || reads.Load() < 200 {
		t.Errorf("of %d calls %d were refused; %d reads; told to wait: %v, %d calls meanwhile", calls.Load(), refused.Load(), reads.Load(), quiet.Load(), late.Load())
	}
	t.Logf("%d calls, %d reads", calls.Load(), reads.Load())
}

// keepReading reads samples until ctx ends, and says how many.
func keepReading(ctx context.Context, at connector.Connector) (n int64) {
	for i := 0; ctx.Err() == nil; i++ {
		for _, err := range at.Read(ctx, fmt.Sprint(10000+i%20)) {
			if err == nil {
				n++
			} else {
				time.Sleep(50 * time.Millisecond)
			}
		}
	}
	return n
}
