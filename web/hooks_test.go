package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/memory"
	"example.com/accord/web"
)

const key = "kfbq7"

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// serve runs the hooks of one site, "acme", on a real socket.
func serve(t *testing.T, store durable.Store, hear func(context.Context, connector.Delivery) error) string {
	t.Helper()
	h := web.Hooks{
		Sites: map[string]web.Site{"acme": {Key: connector.NewSecret(key), Hear: hear}, "keyless": {Hear: hear}},
		Store: store, Now: time.Now, Log: quiet(),
	}
	s := web.Server(h.Handler(), quiet())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return "http://" + l.Addr().String()
}

func refused(t *testing.T, store durable.Store, site string) web.Refused {
	t.Helper()
	s, err := store.State(t.Context(), "refused/"+site)
	if err != nil {
		t.Fatal(err)
	}
	var r web.Refused
	if len(s.Value) > 0 {
		if err := json.Unmarshal(s.Value, &r); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func post(t *testing.T, url string, body io.Reader) (int, string) {
	t.Helper()
	r, err := http.Post(url, "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, strings.TrimSpace(string(b))
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		reason, path string
		err          error
		status       int
		says         string
		refused      int
		heard        bool
	}{
		{"durable", "/hooks/acme/" + key + "?v=1", nil, 200, "heard", 0, true},
		{"a signature that does not fit", "/hooks/acme/" + key, fmt.Errorf("hear acme: %w", connector.ErrForged), 401, "not authentic: the signature does not fit the body", 1, true},
		{"a wrong key is not even read", "/hooks/acme/" + key + "x", nil, 401, "not authentic: the address is not the one that was registered", 1, false},
		{"a site without a key takes none", "/hooks/keyless/x", nil, 401, "not authentic: the address is not the one that was registered", 0, false},
		{"no such site", "/hooks/other/" + key, nil, 404, "no site of this name sends webhooks here", 0, false},
		{"a body that is not JSON", "/hooks/acme/" + key, fmt.Errorf("%w: not JSON", connector.ErrUnreadable), 400, "delivery cannot be read: not JSON", 0, true},
		{"a full queue", "/hooks/acme/" + key, durable.ErrFull, 503, "the queue is full", 0, true},
		{"a store that fails", "/hooks/acme/" + key, errors.New("disk I/O error at /secret/path"), 503, "not stored", 0, true},
		{"no address of ours", "/hooks/acme", nil, 404, "404 page not found", 0, false},
	} {
		t.Run(c.reason, func(t *testing.T) {
			store, heard := memory.NewStore(), false
			url := serve(t, store, func(_ context.Context, d connector.Delivery) error {
				heard = true
				if string(d.Body) != `{"a":1}` || d.At.IsZero() || d.Header.Get("Content-Type") == "" {
					t.Errorf("delivery %+v", d)
				}
				return c.err
			})
			status, says := post(t, url+c.path, strings.NewReader(`{"a":1}`))
			if status != c.status || says != c.says || heard != c.heard {
				t.Errorf("%d %q, heard %v", status, says, heard)
			}
			if r := refused(t, store, "acme"); r.Count != c.refused || r.Last.IsZero() != (c.refused == 0) {
				t.Errorf("refused %+v", r)
			}
		})
	}
}

func TestOnlyPost(t *testing.T) {
	url := serve(t, memory.NewStore(), func(context.Context, connector.Delivery) error { return nil })
	r, err := http.Get(url + "/hooks/acme/" + key)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("%d", r.StatusCode)
	}
}

func TestLargeBodies(t *testing.T) {
	var length atomic.Int64
	url := serve(t, memory.NewStore(), func(_ context.Context, d connector.Delivery) error {
		length.Store(int64(len(d.Body)))
		return nil
	}) + "/hooks/acme/" + key
	for _, c := range []struct {
		reason string
		size   int
		status int
	}{
		{"as large as a delivery can be", web.MaxBody, 200},
		{"just more than is read at once", 64<<10 + 1, 200},
		{"as much as is read at once", 64 << 10, 200},
		{"larger than any delivery", web.MaxBody + 1, 413},
	} {
		for _, told := range []bool{true, false} { // with Content-Length, and in chunks
			length.Store(-1)
			var body io.Reader = bytes.NewReader(make([]byte, c.size))
			if !told {
				body = io.MultiReader(body)
			}
			r, err := http.NewRequest("POST", url, body)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Expect", "100-continue") // as curl does: the refusal comes before the body
			got, err := http.DefaultTransport.(*http.Transport).RoundTrip(r)
			if err != nil {
				if c.status == 413 && !told { // the server hangs up on a sender who goes on sending
					continue
				}
				t.Fatalf("%s: %v", c.reason, err)
			}
			says, _ := io.ReadAll(got.Body)
			got.Body.Close()
			if got.StatusCode != c.status || c.status == 200 && length.Load() != int64(c.size) {
				t.Errorf("%s: %d %q, heard %d bytes", c.reason, got.StatusCode, says, length.Load())
			}
			if c.status == 413 && (string(says) != "the body is over 26 MB\n" || length.Load() >= 0) {
				t.Errorf("%s: %q, heard %d bytes", c.reason, says, length.Load())
			}
		}
	}
}

// TestThousandAtOnce opens a thousand connections, sends on all of them at the
// same time, and holds every answer back until all have been sent.
func TestThousandAtOnce(t *testing.T) {
	const n = 1000
	var durably sync.Map
	var arrived atomic.Int64
	all := make(chan struct{})
	url := serve(t, memory.NewStore(), func(ctx context.Context, d connector.Delivery) error {
		if arrived.Add(1) == n {
			close(all)
		}
		select {
		case <-all:
		case <-ctx.Done():
			return ctx.Err()
		}
		durably.Store(string(d.Body), true)
		return nil
	}) + "/hooks/acme/" + key
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	var sent sync.WaitGroup
	var fine atomic.Int64
	for i := range n {
		sent.Go(func() {
			body := fmt.Sprintf(`{"n":%d}`, i)
			r, err := client.Post(url, "application/json", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			r.Body.Close()
			if _, ok := durably.Load(body); r.StatusCode != 200 || !ok {
				t.Errorf("%s: %d, durable %v", body, r.StatusCode, ok)
				return
			}
			fine.Add(1)
		})
	}
	sent.Wait()
	if fine.Load() != n {
		t.Errorf("%d of %d answered", fine.Load(), n)
	}
}

// TestFloodOfForged holds that forged deliveries are all counted, and that the
// store is not written to for each.
func TestFloodOfForged(t *testing.T) {
	const n = 200
	store := &slowStore{Store: memory.NewStore()}
	h := web.Hooks{Sites: map[string]web.Site{"acme": {Key: connector.NewSecret(key)}}, Store: store, Now: time.Now, Log: quiet()}.Handler()
	var sent sync.WaitGroup
	for range n {
		sent.Go(func() {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("POST", "/hooks/acme/guess", strings.NewReader("{}")))
			if w.Code != 401 {
				t.Errorf("%d", w.Code)
			}
		})
	}
	sent.Wait()
	if r := refused(t, store, "acme"); r.Count != n {
		t.Errorf("%d counted of %d", r.Count, n)
	}
	if w := store.writes.Load(); w > n/2 {
		t.Errorf("%d writes for %d forged deliveries", w, n)
	}
}

type slowStore struct {
	durable.Store
	writes atomic.Int64
}

func (s *slowStore) SetState(ctx context.Context, st durable.State) error {
	s.writes.Add(1)
	time.Sleep(5 * time.Millisecond) // a disk
	return s.Store.SetState(ctx, st)
}

// TestUncounted holds that a refusal whose count could not be stored is counted
// with the next.
func TestUncounted(t *testing.T) {
	store := &failingStore{Store: memory.NewStore(), left: 1}
	h := web.Hooks{Sites: map[string]web.Site{"acme": {Key: connector.NewSecret(key)}}, Store: store, Now: time.Now, Log: quiet()}.Handler()
	for range 2 {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/hooks/acme/guess", strings.NewReader("{}")))
		if w.Code != 401 {
			t.Errorf("%d", w.Code)
		}
	}
	if r := refused(t, store, "acme"); r.Count != 2 {
		t.Errorf("%d counted of 2", r.Count)
	}
}

type failingStore struct {
	durable.Store
	left int
}

func (s *failingStore) SetState(ctx context.Context, st durable.State) error {
	if s.left > 0 {
		s.left--
		return errors.New("disk full")
	}
	return s.Store.SetState(ctx, st)
}
