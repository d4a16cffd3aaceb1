package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// hookURL waits until the Cloud has been told where to deliver.
func (v *victim) hookURL() (url string) {
	v.t.Helper()
	wait(v.t, time.Minute, "a webhook is registered at the Cloud", func() bool {
		r, err := http.NewRequest("GET", v.urls[0]+"/rest/webhooks/1.0/webhook", nil)
		if err != nil {
			v.t.Fatal(err)
		}
		r.SetBasicAuth("admin@example.com", "example")
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			v.t.Fatal(err)
		}
		defer got.Body.Close()
		var hooks []struct{ URL string }
		if err := json.NewDecoder(got.Body).Decode(&hooks); err != nil {
			v.t.Fatal(err)
		}
		if len(hooks) > 0 {
			url = hooks[0].URL
		}
		return url != ""
	})
	return url
}

// queued counts the issues that events in the state are about. An event whose
// turn was cut off may be there twice.
func (v *victim) queued() (n int) {
	v.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(v.folder, "state", "accord.db"))
	if err != nil {
		v.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT count(DISTINCT issue) FROM queue WHERE participant = 'support'").Scan(&n); err != nil {
		v.t.Fatal(err)
	}
	return n
}

func (v *victim) accord(args ...string) *exec.Cmd {
	c := exec.Command("accord", append(args, "--config", filepath.Join(v.folder, "accord.yaml"))...)
	c.Stderr = v.t.Output()
	return c
}

// deliver sends what the Cloud would of one issue, signed, and returns the
// status that was answered.
func deliver(client *http.Client, url string, id int) (int, error) {
	body := fmt.Appendf(nil, `{"webhookEvent":"jira:issue_updated","issue":{"id":"%d","key":"SUP-%d","fields":{"project":{"key":"SUP"}}}}`, id, id)
	r, err := http.NewRequest("POST", url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	m := hmac.New(sha256.New, []byte("example"))
	m.Write(body)
	r.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(m.Sum(nil)))
	got, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	return got.StatusCode, got.Body.Close()
}

// TestBurst delivers a thousand webhooks at the same time and kills accord
// serve with -9 as soon as the last was answered: each one answered 2xx, and
// each is in the state.
func TestBurst(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	v.burst(1000)
	if got := v.queued(); got != 1000 {
		t.Errorf("%d of 1000 are in the state", got)
	}
}

// burst delivers so many webhooks at the same time while the sync is paused, so
// that they stay in the queue, and kills accord once all are answered.
func (v *victim) burst(n int) {
	t := v.t
	t.Helper()
	if err := v.accord("pause", "support").Run(); err != nil {
		t.Fatal(err)
	}
	v.start()
	url := v.hookURL()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	ready := make(chan struct{})
	var fine atomic.Int64
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-ready
			status, err := deliver(client, url, 900_000+i)
			switch {
			case err != nil:
				t.Error(err)
			case status/100 == 2:
				fine.Add(1)
			}
		})
	}
	began := time.Now()
	close(ready)
	all.Wait()
	took := time.Since(began)
	_ = v.end(syscall.SIGKILL) // its error says that it was killed
	if fine.Load() != int64(n) {
		t.Errorf("%d of %d were answered 2xx\n%s", fine.Load(), n, v.log.String())
	}
	t.Logf("%d deliveries in %v", n, took)
}
