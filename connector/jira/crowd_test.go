package jira_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/text"
)

// A shelf is a store of one record, as far away as one on a network.
type shelf struct {
	mu       sync.Mutex
	value    []byte
	revision int
	writes   int
}

func (s *shelf) change(ctx context.Context, do func([]byte) ([]byte, error)) error {
	for {
		away()
		s.mu.Lock()
		was, revision := s.value, s.revision
		s.mu.Unlock()
		now, err := do(bytes.Clone(was))
		if err != nil || bytes.Equal(now, was) {
			return err
		}
		away()
		s.mu.Lock()
		if s.revision == revision {
			s.value, s.revision, s.writes = now, revision+1, s.writes+1
			s.mu.Unlock()
			return nil
		}
		s.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func away() { time.Sleep(time.Duration(2+rand.IntN(8)) * time.Millisecond) }

// A crowd is many processes that call one site, which knows nothing of one
// another but the shelf.
type crowd struct {
	*jiraRig
	shelf   shelf
	members []*jira.Participant

	mu      sync.Mutex
	counts  map[string]int
	at      []time.Time
	refused int
	stop    bool // the next call is told to leave the site alone
	stopped time.Time
}

const leaveAlone = 6 * time.Second

func newCrowd(t *testing.T, f jira.Flavour, n int, share bool) *crowd {
	c := &crowd{jiraRig: newRig(t, f, jirasim.Options{Samples: 40}), counts: map[string]int{}}
	c.ask("POST", "/_sim/faults", map[string]any{"limits": true})
	for range n {
		cfg := jira.Site{Name: "acme", Flavour: f, URL: "https://acme.example", Token: connector.NewSecret("ours"), Shared: c.shelf.change}
		if f == jira.Cloud {
			cfg.User = "accord@example.com"
		}
		if !share {
			cfg.Shared = nil
		}
		client, err := jira.Open(cfg, jira.Options{HTTP: &http.Client{Transport: direct{http.HandlerFunc(c.serve)}}})
		if err != nil {
			t.Fatal(err)
		}
		c.members = append(c.members, client.Participant(jira.Project{Participant: "here", Key: c.key, Fields: []jira.Field{
			{Name: "summary", ID: "summary", Type: jira.Line}, {Name: "comments", ID: "comment", Type: jira.Comments},
		}}))
	}
	return c
}

func (c *crowd) serve(w http.ResponseWriter, r *http.Request) {
	time.Sleep(time.Duration(10+rand.IntN(40)) * time.Millisecond)
	c.mu.Lock()
	c.at = append(c.at, time.Now())
	c.counts[r.Method]++
	if c.stop {
		c.stop, c.stopped = false, time.Now()
		c.mu.Unlock()
		w.Header().Set("Retry-After", fmt.Sprint(leaveAlone.Seconds()))
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	c.mu.Unlock()
	out := httptest.NewRecorder()
	c.sim.ServeHTTP(out, r)
	if out.Code == http.StatusTooManyRequests {
		c.mu.Lock()
		c.refused++
		c.mu.Unlock()
	}
	maps.Copy(w.Header(), out.Header())
	w.WriteHeader(out.Code)
	_, _ = w.Write(out.Body.Bytes())
}

// work lets every process read, edit and comment, all of them on one issue too,
// with several hands, for so long.
func (c *crowd) work(t *testing.T, ids []string, d time.Duration) {
	for _, p := range c.members { // what is asked once is asked under a lock, in which virtual time stands still
		for _, err := look(t, p, ids[0]); err != nil; _, err = look(t, p, ids[0]) {
			time.Sleep(time.Second)
		}
	}
	end := time.Now().Add(d)
	var all sync.WaitGroup
	for n, p := range c.members {
		for hand := range 4 {
			all.Go(func() {
				for i := 0; time.Now().Before(end); i++ {
					v, err := look(t, p, ids[(n*7+hand+i)%len(ids)])
					if err != nil {
						time.Sleep(100 * time.Millisecond)
						continue
					}
					ch := issue.Change{On: v.Ref, Turn: fmt.Sprint(n, hand, i), Patch: issue.Document{}, From: issue.Document{}, Rows: map[issue.Place]issue.RowAt{}}
					if hand == 0 {
						ch.On.ID = ids[0]
						ch.Patch[issue.Place{Field: "comments", Row: issue.Ref{Participant: "b", ID: fmt.Sprint(n, "-", i)}}] = issue.Row{"body": issue.Text{Doc: text.Of("hi")}}
					} else {
						ch.Patch[place("summary")] = issue.Scalar(fmt.Sprint(n, hand, i))
					}
					_, _ = p.Write(t.Context(), ch)
				}
			})
		}
	}
	all.Wait()
}

// ids are the issues of the site. It is another process that asks for them.
func (c *crowd) ids(t *testing.T) (ids []string) {
	for page, err := range c.Participant.Changed(t.Context(), connector.Cursor{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page.Views {
			ids = append(ids, v.Ref.ID)
		}
	}
	time.Sleep(10 * time.Second)
	return ids
}

// TestTwentyProcessesApart: those who share nothing are refused, so the test
// below sees what it is for.
func TestTwentyProcessesApart(t *testing.T) {
	for _, f := range []jira.Flavour{jira.Cloud, jira.DataCenter} {
		synctest.Test(t, func(t *testing.T) {
			c := newCrowd(t, f, 20, false)
			c.work(t, c.ids(t), 5*time.Second)
			if c.refused == 0 {
				t.Errorf("%s: none of %v calls was refused", f, c.counts)
			}
		})
	}
}

// TestTwentyProcessesStayWithinLimits: together they exceed nothing that the
// site enforces, and use most of what they may.
func TestTwentyProcessesStayWithinLimits(t *testing.T) {
	const seconds = 20
	for f, least := range map[jira.Flavour]map[string]int{
		jira.Cloud:      {"GET": 50 * seconds / 2, "PUT": 25 * seconds / 2, "POST": 28 * seconds / 10 / 2},
		jira.DataCenter: {"GET": 4 * seconds / 4}, // 4 a second in all
	} {
		t.Run(string(f), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(t, f, 20, true)
				c.work(t, c.ids(t), seconds*time.Second)
				if c.refused > 0 {
					t.Errorf("%d of %v calls were refused", c.refused, c.counts)
				}
				for method, n := range least {
					if c.counts[method] < n {
						t.Errorf("%d calls %s within %d s, want %d at least", c.counts[method], method, seconds, n)
					}
				}
				t.Logf("%v calls within %d s, %d writes to the shelf", c.counts, seconds, c.shelf.writes)
			})
		})
	}
}

// TestOneRetryAfterStopsAll: what one of twenty is told, none calls any more
// once its block has run out; and then they go on.
func TestOneRetryAfterStopsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, jira.Cloud, 20, true)
		id := c.Create(t, issue.Document{place("summary"): issue.Scalar("one")})
		other := c.Create(t, issue.Document{place("summary"): issue.Scalar("two")})
		go func() {
			time.Sleep(5 * time.Second)
			c.mu.Lock()
			defer c.mu.Unlock()
			c.stop = true
		}()
		c.work(t, []string{id, other}, 20*time.Second)
		late, after := 0, 0
		for _, at := range c.at {
			switch d := at.Sub(c.stopped); {
			case d > 1200*time.Millisecond && d < leaveAlone:
				late++
			case d >= leaveAlone:
				after++
			}
		}
		if c.stopped.IsZero() || late > 0 || after < 100 {
			t.Errorf("stopped at %v; %d calls while it was to be left alone, %d afterwards", c.stopped, late, after)
		}
	})
}
