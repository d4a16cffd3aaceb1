package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/accord/jirasim"
)

const killable = `
version: 1
listen: $ADDR
public_url: http://$ADDR
sites:
  cloud: {kind: cloud, url: $CLOUD, user: admin@example.com, token: {file: token}, secret: {file: token}}
  center: {kind: datacenter, url: $DC, token: {file: token}}
syncs:
  support:
    participants:
      - {name: support, site: cloud, project: SUP}
      - {name: dev, site: center, project: DEV}
    fields: {summary: hold, labels: , comments: }
    sweep: {every: 10s}
    times: {turn_max: 2s, late: 4s}
`

// A victim is accord serve as a process of its own, and the two sites that it
// keeps in step.
type victim struct {
	t      *testing.T
	folder string
	flags  []string // of serve
	urls   [2]string
	cmd    *exec.Cmd
	log    bytes.Buffer
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{t: t, folder: t.TempDir()}
	addr, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		sim := jirasim.New(jirasim.Options{Flavour: f, Lag: 200 * time.Millisecond, Unlimited: true, Retry: 100 * time.Millisecond})
		srv := httptest.NewServer(sim)
		t.Cleanup(func() { srv.Close(); sim.Close() })
		v.urls[i] = srv.URL
	}
	src := strings.NewReplacer("$ADDR", addr, "$CLOUD", v.urls[0], "$DC", v.urls[1]).Replace(killable)
	for name, text := range map[string]string{"accord.yaml": src, "token": "example\n"} {
		if err := os.WriteFile(filepath.Join(v.folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func (v *victim) start() {
	v.t.Helper()
	v.cmd = exec.Command("accord", append([]string{"serve", "--config", filepath.Join(v.folder, "accord.yaml")}, v.flags...)...)
	v.cmd.Stderr = &v.log
	if err := v.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
}

func (v *victim) end(how syscall.Signal) error {
	if err := v.cmd.Process.Signal(how); err != nil {
		return err
	}
	return v.cmd.Wait()
}

// call is a person's call to site 0 or 1; the answer goes into out.
func (v *victim) call(site int, method, path string, in, out any) {
	v.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		v.t.Fatal(err)
	}
	r, err := http.NewRequest(method, v.urls[site]+"/rest/api/2/"+path, bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth("ada@example.com", "ada")
	if site == 1 {
		r.Header.Set("Authorization", "Bearer ada")
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode >= 300 {
		v.t.Fatalf("%s %s: %s: %s", method, path, got.Status, b)
	}
	if out != nil {
		if err := json.Unmarshal(b, out); err != nil {
			v.t.Fatal(err)
		}
	}
}

// A subject is one issue that people edit on the site where it was born.
type subject struct {
	site     int
	id       string
	summary  string
	comments []string
}

// edit makes edit n on an issue old or new.
func (v *victim) edit(r *rand.Rand, all []*subject, n int) []*subject {
	v.t.Helper()
	token := fmt.Sprintf("token%dx", n)
	if len(all) == 0 || r.IntN(5) == 0 {
		s := &subject{site: r.IntN(2), summary: token}
		project := []string{"SUP", "DEV"}[s.site]
		var made struct{ ID string }
		v.call(s.site, "POST", "issue", map[string]any{"fields": map[string]any{
			"project": map[string]string{"key": project}, "issuetype": map[string]string{"name": "Bug"}, "summary": token}}, &made)
		s.id = made.ID
		return append(all, s)
	}
	s := all[r.IntN(len(all))]
	if r.IntN(2) == 0 {
		s.summary = token
		v.call(s.site, "PUT", "issue/"+s.id, map[string]any{"fields": map[string]string{"summary": token}}, nil)
	} else {
		s.comments = append(s.comments, token)
		v.call(s.site, "POST", "issue/"+s.id+"/comment", map[string]string{"body": token}, nil)
	}
	return all
}

// read returns what a site shows: for each issue its summary and then its
// comments, as one text.
func (v *victim) read(site int) []string {
	v.t.Helper()
	var found struct{ Issues []struct{ ID string } }
	if site == 0 {
		v.call(0, "POST", "search/jql", map[string]any{"jql": "project = SUP", "maxResults": 1000}, &found)
	} else {
		v.call(1, "POST", "search", map[string]any{"jql": "project = DEV", "maxResults": 1000}, &found)
	}
	var out []string
	for _, i := range found.Issues {
		var o struct {
			Fields struct {
				Summary string
				Comment struct{ Comments []struct{ Body string } }
			}
		}
		v.call(site, "GET", "issue/"+i.ID+"?fields=summary,comment", nil, &o)
		words := []string{o.Fields.Summary}
		for _, c := range o.Fields.Comment.Comments {
			words = append(words, c.Body)
		}
		out = append(out, strings.Join(words, "\n"))
	}
	return out
}

// wrong says what is missing or there twice.
func (v *victim) wrong(all []*subject) string {
	v.t.Helper()
	for site := range v.urls {
		shown := v.read(site)
		if len(shown) != len(all) {
			return fmt.Sprintf("site %d has %d issues, not %d", site, len(shown), len(all))
		}
		whole := strings.Join(shown, "\n")
		for _, s := range all {
			for _, token := range append([]string{s.summary}, s.comments...) {
				if n := strings.Count(whole, token); n != 1 {
					return fmt.Sprintf("site %d has %s %d times", site, token, n)
				}
			}
		}
	}
	return ""
}

// TestKilled kills accord serve with -9 at random moments while people make 200
// edits, and starts it again each time. In the end nothing is lost, and no
// issue and no comment is there twice.
func TestKilled(t *testing.T) {
	t.Parallel()
	newVictim(t).survives(200, time.Minute)
}

// survives makes so many edits, and waits so long for the end.
func (v *victim) survives(edits int, patience time.Duration) {
	t := v.t
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	v.start()
	var all []*subject
	kills, next := 0, 10
	for n := range edits {
		all = v.edit(r, all, n)
		time.Sleep(time.Duration(r.IntN(30)) * time.Millisecond) // people are not that fast; the kill falls anywhere in a turn
		if n == next {
			_ = v.end(syscall.SIGKILL) // its error says that it was killed
			kills++
			next += 5 + r.IntN(20)
			v.start()
		}
	}
	end := time.Now().Add(patience)
	wrong := v.wrong(all)
	for ; wrong != "" && time.Now().Before(end); wrong = v.wrong(all) {
		time.Sleep(500 * time.Millisecond)
	}
	if err := v.end(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	if wrong != "" {
		t.Errorf("after %d kills: %s\n%s", kills, wrong, v.log.String())
	}
	t.Logf("%d issues, %d kills", len(all), kills)
}
