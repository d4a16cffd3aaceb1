package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/jirasim"
)

func TestAUserHasATokenAndRoles(t *testing.T) {
	s, err := read([]string{"--user", "a@x.org", "--token", "t", "--role", "admin", "--user", "b@x.org", "--role", "SUP=Administrators", "--role", "Users", "--token", "u"}, io.Discard)
	want := []jirasim.Account{{Email: "a@x.org", Token: "t", Admin: true}, {Email: "b@x.org", Token: "u", Roles: []string{"SUP=Administrators", "Users"}}}
	if d := cmp.Diff(want, s.accounts); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
	for want, bad := range map[string][]string{
		"--token comes after the --user": {"--token", "t"},
		"--role comes after the --user":  {"--role", "admin", "--user", "a@x.org"},
		"a user is an e-mail address":    {"--user", "ada"},
		"user a@x.org needs a --token":   {"--user", "a@x.org", "--user", "b@x.org", "--token", "t"},
		"a user has one token":           {"--user", "a@x.org", "--token", "t", "--token", "u"},
	} {
		if _, err := read(bad, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", bad, err, want)
		}
	}
}

// TestTrapsAreSetFromTheStart: by a profile, by a file and by JSON, each over
// what was before it, and over what was saved.
func TestTrapsAreSetFromTheStart(t *testing.T) {
	folder := t.TempDir()
	file, state := filepath.Join(folder, "faults.json"), filepath.Join(folder, "state.json")
	if err := os.WriteFile(file, []byte(`{"lag":"7s","shortPages":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	look := func(url string) (got struct {
		Lag        string
		ShortPages float64
		Limits     bool
		Latency    struct{ Reads, Writes string }
	}) {
		if err := json.Unmarshal([]byte(call(t, "GET", url+"/_sim/faults", "")), &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	url, stop := start(t, "--data", state, "--user", "bot@example.com", "--token", "t0ken", "--role", "SUP=Administrators",
		"--faults", "slow", "--faults", file, "--faults", `{"shortPages":0.5,"latency":{"reads":"0s"},"do":[{"forward":"48h"}]}`)
	if got := look(url); got.Lag != "7s" || got.ShortPages != 0.5 || !got.Limits || got.Latency.Reads != "0s" || got.Latency.Writes != "350ms" {
		t.Errorf("it is %+v", got)
	}
	if got := call(t, "GET", url+"/rest/api/3/project/SUP/role/10002", ""); !strings.Contains(got, `"displayName":"bot@example.com"`) {
		t.Errorf("the administrators of SUP are %s", got)
	}
	made := call(t, "POST", url+"/rest/api/3/issue", `{"fields":{"project":{"key":"SUP"},"issuetype":{"name":"Bug"},"summary":"s"}}`)
	var issue struct{ Key string }
	if err := json.Unmarshal([]byte(made), &issue); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	url, stop = start(t, "--data", state, "--no-limits", "--faults", `{"latency":{"writes":"0s"}}`)
	if got := look(url); got.Lag != "7s" || got.Limits || got.Latency.Writes != "0s" {
		t.Errorf("after a new start it is %+v", got)
	}
	call(t, "PUT", url+"/rest/api/3/issue/"+issue.Key, `{"fields":{"summary":"later"}}`)
	var later struct{ Fields struct{ Updated string } }
	if err := json.Unmarshal([]byte(call(t, "GET", url+"/rest/api/3/issue/"+issue.Key, "")), &later); err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse("2006-01-02T15:04:05.000-0700", later.Fields.Updated)
	if ahead := time.Until(at); err != nil || ahead < 47*time.Hour || ahead > 49*time.Hour {
		t.Errorf("the clock is ahead by %v (%v)", ahead, err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCannotBeSetIsSaidAtTheStart(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "faults.json")
	if err := os.WriteFile(broken, []byte(`{"lag":"soon"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, bad := range map[string][]string{
		`"awful" is no profile (none, rough, slow, usual), no JSON and no file`: {"--faults", "awful"},
		`"lagg" is not known here`:              {"--faults", `{"lagg":"2s"}`},
		`a time is written as "350ms"`:          {"--faults", broken},
		`no role is called "Kings"`:             {"--user", "a@x.org", "--token", "t", "--role", "Kings"},
		`no project could be found with key "X`: {"--user", "a@x.org", "--token", "t", "--role", "XX=Users"},
	} {
		s, err := read(append(bad, "--listen", "127.0.0.1:0"), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if err := run(t.Context(), s, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
