package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/accord/config"
	"example.com/accord/jirasim"
)

const example = "../../examples/two-jiras"

// TestExampleIsFine holds that the file of the example has no fault, and that
// its people are those of the two sites.
func TestExampleIsFine(t *testing.T) {
	c, faults := config.Read(filepath.Join(example, "accord.yaml"))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:18080" || c.Sites[0].URL != "http://127.0.0.1:18081" || c.Sites[1].URL != "http://127.0.0.1:18082" {
		t.Errorf("addresses: %s, %s, %s", c.Listen, c.Sites[0].URL, c.Sites[1].URL)
	}
	for i, p := range c.Syncs[0].Participants {
		data, err := os.ReadFile(filepath.Join(example, []string{"cloud.json", "datacenter.json"}[i]))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range c.Syncs[0].Rules.Eyes[p.Name].People {
			if !strings.Contains(string(data), `"`+w.Own+`"`) {
				t.Errorf("%s has no account %s", p.Name, w.Own)
			}
		}
	}
	for _, s := range c.Sites {
		if token, err := s.Token.Read(); err != nil || token != "example" {
			t.Errorf("token of %s: %v", s.Name, err)
		}
	}
}

// copyExample copies the example to a folder and lets it run at other
// addresses. It returns those of the two sites.
func copyExample(t *testing.T) (folder string, urls [2]string) {
	t.Helper()
	folder = t.TempDir()
	var sims [2]string
	for i, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		data, err := os.Open(filepath.Join(example, []string{"cloud.json", "datacenter.json"}[i]))
		if err != nil {
			t.Fatal(err)
		}
		sim := jirasim.New(jirasim.Options{Flavour: f})
		err = sim.Load(data)
		data.Close()
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(sim)
		t.Cleanup(func() { srv.Close(); sim.Close() })
		sims[i] = srv.URL
	}
	addr, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	to := strings.NewReplacer("127.0.0.1:18080", addr, "http://127.0.0.1:18081", sims[0], "http://127.0.0.1:18082", sims[1])
	for _, name := range []string{"accord.yaml", "token", "secret"} {
		b, err := os.ReadFile(filepath.Join(example, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(to.Replace(string(b))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder, sims
}

// writes counts what accord's account wrote at both sites.
func writes(t *testing.T, urls [2]string) (n int) {
	t.Helper()
	for _, url := range urls {
		r, err := http.Get(url + "/_sim/requests")
		if err != nil {
			t.Fatal(err)
		}
		var o struct{ Writes struct{ Total int } }
		err = json.NewDecoder(r.Body).Decode(&o)
		r.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		n += o.Writes.Total
	}
	return n
}

// TestTwoJiras runs the example: an edit in one Jira is in the other within two
// seconds, in both directions, and then no further write follows.
func TestTwoJiras(t *testing.T) {
	folder, urls := copyExample(t)
	accord := func(args ...string) *exec.Cmd {
		c := exec.Command("accord", append(args, "--config", filepath.Join(folder, "accord.yaml"))...)
		c.Stderr = t.Output()
		return c
	}
	for _, args := range [][]string{{"hooks", "register"}, {"sweep", "--all"}} {
		if err := accord(args...).Run(); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
	}
	serve := accord("serve")
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		serve.Process.Signal(syscall.SIGTERM)
		if err := serve.Wait(); err != nil {
			t.Errorf("serve: %v", err)
		}
	}()
	v := &victim{t: t, urls: urls}
	twins := func() map[string][2]string { // ids by summary
		out := map[string][2]string{}
		for site, project := range []string{"SUP", "DEV"} {
			for id, summary := range v.summaries(site, project) {
				pair := out[summary]
				pair[site] = id
				out[summary] = pair
			}
		}
		return out
	}
	v.call(0, "PUT", "issue/SUP-1", map[string]any{"fields": map[string]string{"summary": "The example's own"}}, nil)
	var pair [2]string
	wait(t, time.Minute, "the issue is on both sides", func() bool {
		pair = twins()["The example's own"]
		return pair[0] != "" && pair[1] != ""
	})
	slow := 0
	for i, words := range []string{"once", "twice", "three times", "four times"} {
		from, to := i%2, 1-i%2
		v.call(from, "PUT", "issue/"+pair[from], map[string]any{"fields": map[string]string{"summary": words}}, nil)
		began := time.Now()
		wait(t, time.Minute, words+" is on the other side", func() bool {
			var o struct{ Fields struct{ Summary string } }
			v.call(to, "GET", "issue/"+pair[to]+"?fields=summary", nil, &o)
			return o.Fields.Summary == words
		})
		if took := time.Since(began); took > 2*time.Second {
			slow++
			t.Logf("%q took %v to cross", words, took)
		}
	}
	if slow > 1 { // one may be the machine's
		t.Errorf("%d of 4 edits took longer than 2 s to cross", slow)
	}
	last := -1
	wait(t, time.Minute, "nothing is written any more", func() bool {
		was := last
		time.Sleep(2 * time.Second) // longer than any turn and the webhooks of its writes take
		last = writes(t, urls)
		return last == was
	})
}

func wait(t *testing.T, most time.Duration, what string, fact func() bool) {
	t.Helper()
	for end := time.Now().Add(most); !fact(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never came true that %s", what)
		}
	}
}

// summaries returns those of a project by id.
func (v *victim) summaries(site int, project string) map[string]string {
	v.t.Helper()
	type found struct {
		Issues []struct {
			ID     string
			Fields struct{ Summary string }
		}
	}
	var f found
	path := []string{"search/jql", "search"}[site]
	v.call(site, "POST", path, map[string]any{"jql": "project = " + project, "fields": []string{"summary"}, "maxResults": 100}, &f)
	out := map[string]string{}
	for _, i := range f.Issues {
		out[i.ID] = i.Fields.Summary
	}
	return out
}
