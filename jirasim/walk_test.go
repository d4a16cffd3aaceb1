package jirasim_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"example.com/accord/jirasim"
)

// TestExchangesInVersion2 makes the requests of Cloud's scripts in version 2,
// rich text in wiki markup: every one has the status that it has in version 3.
func TestExchangesInVersion2(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "cloud", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			old, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			p := scripted(t, jirasim.Cloud)
			p.api = "/rest/api/2"
			n := 0
			for line := range strings.SplitSeq(string(old.Comment), "\n") {
				if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") || p.waits(line) {
					continue
				}
				n++
				have := strings.SplitN(string(p.line(adfWord.ReplaceAllString(line, `"$1"`), map[string]bool{})), "\n", 2)[0]
				if n > len(old.Files) {
					t.Fatalf("%s: no answer is recorded", line)
				}
				want := strings.SplitN(string(old.Files[n-1].Data), "\n", 2)[0]
				if have != want {
					t.Errorf("%d %s: %s, in version 3 %s", n, line, have, want)
				}
			}
		})
	}
}

// TestEveryRouteRefuses asks every route of each version in the ways that Jira
// refuses: without a log-in, without a permission, for what is not there, with
// a body that is none.
func TestEveryRouteRefuses(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		p := scripted(t, f)
		key := p.create(nil)
		unknown := strings.NewReplacer("{issue}", "NONE-1", "{project}", "NONE", "{key}", "none")
		known := strings.NewReplacer("{issue}", key, "{project}", p.project(), "{key}", "k", "{type}", "1", "{id}", "1")
		versions := map[jirasim.Flavour][]string{jirasim.Cloud: {"2", "3"}, jirasim.DataCenter: {"2"}}[f]
		seen := map[int]int{}
		for _, r := range jirasim.Routes(f) {
			if !strings.HasPrefix(r.Path, "/rest/") {
				continue
			}
			for _, v := range versions {
				path := strings.Replace(r.Path, "{v}", v, 1)
				for _, ask := range []struct{ who, path, body string }{
					{"", rest(known.Replace(path), "10000"), "{}"}, {"cleo", rest(known.Replace(path), "10000"), "{}"}, {"cleo", rest(known.Replace(path), "99999"), "{}"},
					{"admin", rest(unknown.Replace(path), "99999"), "{}"}, {"admin", rest(unknown.Replace(path), "none"), "{}"},
					{"admin", rest(known.Replace(path), "10000"), "{"}, {"admin", rest(known.Replace(path), "10000"), `{"surprise":1}`},
				} {
					if r.Method == "DELETE" && ask.who == "admin" && ask.path == rest(known.Replace(path), "10000") {
						continue
					}
					q := httptest.NewRequest(r.Method, ask.path, strings.NewReader(ask.body))
					q.Header = http.Header{"Content-Type": {"application/json"}, "X-Atlassian-Token": {"no-check"}}
					if ask.who != "" {
						q.SetBasicAuth(ask.who+"@example.com", map[string]string{"admin": "example"}[ask.who]+map[string]string{"cleo": "cleo"}[ask.who])
					}
					w := serve(t, f, p.sim, q)
					answers(t, r.Method+" "+ask.path+" "+ask.body, w)
					seen[w.Code]++
				}
			}
		}
		for _, status := range []int{400, 401, 403, 404} {
			if seen[status] == 0 {
				t.Errorf("%s: nothing is refused with %d: %v", f, status, seen)
			}
		}
	}
}

// rest fills the variables that are left in a path.
func rest(path, with string) string {
	segs := strings.Split(path, "/")
	for n, s := range segs {
		if strings.HasPrefix(s, "{") {
			segs[n] = with
		}
	}
	return strings.Join(segs, "/")
}

// TestTheDocumentsAreHere says loudly if no answer was checked.
func TestTheDocumentsAreHere(t *testing.T) {
	for name, d := range descriptions {
		if _, err := os.Stat(filepath.Join(docsRoot(), "openapi", d.file)); err != nil {
			t.Skipf("SKIPPED: no answer is checked against Jira's documents; set JIRA_DOCS to their folder: %v", err)
		}
		if _, err := d.load(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
