package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/jirasim"
)

// start runs a site as the command does, and returns its address and what ends it.
func start(t *testing.T, args ...string) (url string, stop func() error) {
	t.Helper()
	s, err := read(append(args, "--listen", "127.0.0.1:0"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, s, w); w.Close() }()
	line := make([]byte, 200)
	n, err := r.Read(line)
	if err != nil {
		cancel()
		t.Fatalf("it says nothing: %v", <-ended)
	}
	_, url, ok := strings.Cut(strings.TrimSpace(string(line[:n])), " at ")
	if !ok {
		t.Fatalf("it says %q", line[:n])
	}
	return url, func() error { cancel(); return <-ended }
}

func call(t *testing.T, method, url, body string) string {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.SetBasicAuth("admin@example.com", "example")
	rep, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer rep.Body.Close()
	b, err := io.ReadAll(rep.Body)
	if err != nil || rep.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s %v", method, url, rep.StatusCode, b, err)
	}
	return string(b)
}

func TestASiteOutlivesItsProcess(t *testing.T) {
	for _, flavour := range []string{"cloud", "datacenter"} {
		file := filepath.Join(t.TempDir(), "state.json")
		args := []string{"--flavour", flavour, "--data", file, "--project", "OPS=Operations", "--public-url", "https://jira.example.com"}
		url, stop := start(t, args...)
		made := call(t, "POST", url+"/rest/api/2/issue", `{"fields":{"project":{"key":"OPS"},"issuetype":{"name":"Bug"},"summary":"kept"}}`)
		var issue struct{ Key, Self string }
		if err := json.Unmarshal([]byte(made), &issue); err != nil || !strings.HasPrefix(issue.Self, "https://jira.example.com/rest/api/2/issue/") {
			t.Fatalf("made %s: %v", made, err)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		url, stop = start(t, args...)
		if got := call(t, "GET", url+"/rest/api/2/issue/"+issue.Key, ""); !strings.Contains(got, `"summary":"kept"`) {
			t.Errorf("%s: after a new start %s is %s", flavour, issue.Key, got)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".jirasim-*"))
		if err != nil || len(left) > 0 {
			t.Errorf("files are left: %v %v", left, err)
		}
	}
}

func TestAStateThatCannotBeReadIsRefused(t *testing.T) {
	for name, content := range map[string]string{"half": "{", "other flavour": `{"Flavour":"datacenter"}`} {
		file := filepath.Join(t.TempDir(), "state.json")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := read([]string{"--data", file, "--listen", "127.0.0.1:0"}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if err := run(t.Context(), s, io.Discard); err == nil || !strings.Contains(err.Error(), "load state") {
			t.Errorf("%s: %v", name, err)
		}
		if b, err := os.ReadFile(file); err != nil || string(b) != content {
			t.Errorf("%s: the file was touched", name)
		}
	}
}

func TestTheCommandLine(t *testing.T) {
	s, err := read([]string{"--flavour", "datacenter", "--project", "AB", "--project", "CD=See Dee", "--account", "bot@x.org:t:admin", "--account", "x@x.org:u", "--search-lag", "0", "--seed", "5", "--samples", "3", "--no-limits"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	o := s.options
	if o.Flavour != jirasim.DataCenter || len(o.Projects) != 2 || o.Projects[0] != (jirasim.Project{Key: "AB", Name: "AB"}) || o.Projects[1].Name != "See Dee" ||
		!cmp.Equal(s.accounts, []jirasim.Account{{Email: "bot@x.org", Token: "t", Admin: true}, {Email: "x@x.org", Token: "u"}}) || o.Lag >= 0 || o.Seed != 5 || o.Samples != 3 || !o.Unlimited {
		t.Errorf("read as %+v", o)
	}
	s, err = read([]string{"--app", "a,b,http://127.0.0.1:1/cb", "--app", "c,d,http://127.0.0.1:1/cb,ada@example.com"}, io.Discard)
	if a := s.options.Apps; err != nil || len(a) != 2 || a[0] != (jirasim.App{ID: "a", Secret: "b", Callback: "http://127.0.0.1:1/cb"}) || a[1].Account != "ada@example.com" {
		t.Errorf("apps are read as %+v, %v", a, err)
	}
	if s, err := read(nil, io.Discard); err != nil || s.options.Lag != 0 || s.options.Flavour != jirasim.Cloud {
		t.Errorf("by itself: %+v %v", s, err)
	}
	for _, bad := range [][]string{{"--flavour", "server"}, {"--project", "a=b"}, {"--project", "=b"}, {"--account", "x"}, {"--account", "x@y:"}, {"--account", "a@b:c:root"}, {"--app", "a,b"}, {"--app", "a,b,c"}, {"--app", "a,,http://x"}, {"extra"}, {"--search-lag", "soon"}, {"--nonsense"}} {
		if _, err := read(bad, io.Discard); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}
