package jirasim_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/accord/jirasim"
)

// A play is a site that a test talks to, on a clock that the test moves.
type play struct {
	given map[string]string // by "$word": what an exchange was given
	t     testing.TB
	sim   *jirasim.Sim
	opt   jirasim.Options
	at    time.Time
	api   string // "/rest/api/3"
	who   string // account: "admin", "ada", "" for anonymous
	with  http.Header
	last  any // what create was answered
}

// An answer is what the site said.
type answer struct {
	status int
	header http.Header
	raw    string
	body   any
}

var noon = time.Date(2026, 11, 24, 12, 0, 30, 0, time.UTC)

func open(t testing.TB, f jirasim.Flavour, change ...func(*jirasim.Options)) *play {
	p := &play{t: t, at: noon, api: "/rest/api/3", who: "admin"}
	if f == jirasim.DataCenter {
		p.api = "/rest/api/2"
	}
	p.opt = jirasim.Options{Flavour: f, PublicURL: "https://jira.example.com", Now: func() time.Time { return p.at }, Lag: -1}
	for _, c := range change {
		c(&p.opt)
	}
	p.sim = jirasim.New(p.opt)
	t.Cleanup(p.sim.Close)
	return p
}

// as lets somebody else speak.
func (p play) as(who string) *play {
	p.who = who
	return &p
}

// apart reports whether a path is not under the API's root.
func apart(path string) bool {
	for _, root := range []string{"/rest/", "/_", "/authorize", "/oauth/", "/ex/", "/secure/", "/file/"} {
		if strings.HasPrefix(path, root) {
			return true
		}
	}
	return false
}

// do sends one request; body is JSON text or a value to be written as JSON.
func (p *play) do(method, path string, body any) answer {
	p.t.Helper()
	var b []byte
	switch x := body.(type) {
	case nil:
	case string:
		b = []byte(x)
	default:
		var err error
		if b, err = json.Marshal(x); err != nil {
			p.t.Fatal(err)
		}
	}
	if !apart(path) {
		path = p.api + path
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(b))
	token := p.who
	if token == "admin" {
		token = "example"
	}
	if bearer, is := strings.CutPrefix(p.who, "bearer:"); is {
		r.Header.Set("Authorization", "Bearer "+bearer)
	} else if p.who != "" {
		r.SetBasicAuth(p.who+"@example.com", token)
	}
	maps.Copy(r.Header, p.with)
	w := serve(p.t, p.opt.Flavour, p.sim, r)
	a := answer{status: w.Code, header: w.Header(), raw: w.Body.String()}
	if isJSON(a.header) && a.raw != "" {
		if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
			p.t.Fatalf("%s %s: the answer is no JSON: %v\n%s", method, path, err, a.raw)
		}
	}
	return a
}

// must is do, and the status has to be right.
func (p *play) must(status int, method, path string, body any) answer {
	p.t.Helper()
	a := p.do(method, path, body)
	if a.status != status {
		p.t.Fatalf("%s %s as %q: %d, want %d\n%s", method, path, p.who, a.status, status, a.raw)
	}
	return a
}

// create makes an issue and returns its key.
func (p *play) create(fields map[string]any) string {
	p.t.Helper()
	all := map[string]any{"project": map[string]any{"key": p.project()}, "issuetype": map[string]any{"name": "Bug"}, "summary": "an issue"}
	maps.Copy(all, fields)
	p.last = p.must(201, "POST", "/issue", map[string]any{"fields": all}).body
	return dig(p.last, "key").(string)
}

func (p *play) project() string {
	if p.opt.Flavour == jirasim.DataCenter {
		return "DEV"
	}
	return "SUP"
}

// text is rich text in the form that the site takes.
func (p *play) text(s string) any {
	if p.api != "/rest/api/3" {
		return s
	}
	return map[string]any{"type": "doc", "version": 1, "content": []any{map[string]any{"type": "paragraph", "content": []any{map[string]any{"type": "text", "text": s}}}}}
}

// at walks into a body: names of members and numbers of elements.
func (a answer) at(path ...any) any { return dig(a.body, path...) }

func dig(v any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[s]
		case int:
			l, _ := v.([]any)
			if s >= len(l) {
				return nil
			}
			v = l[s]
		}
	}
	return v
}

func (a answer) list(path ...any) []any {
	l, _ := a.at(path...).([]any)
	return l
}

// both runs a test on each flavour.
func both(t *testing.T, f func(*testing.T, *play)) {
	for _, flavour := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		t.Run(string(flavour), func(t *testing.T) { f(t, open(t, flavour)) })
	}
}

// documents finds a file of Jira's documents, or skips the test.
func documents(t testing.TB, path ...string) []byte {
	t.Helper()
	root := os.Getenv("JIRA_DOCS")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "jira")
	}
	b, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	if err != nil {
		t.Skipf("SKIPPED: Jira's documents are not here; set JIRA_DOCS to their folder: %v", err)
	}
	return b
}

// recorded reads a recorded body; of one with its request, the body of the answer.
func recordedBody(t testing.TB, path ...string) (status int, body any) {
	t.Helper()
	var v any
	if err := json.Unmarshal(documents(t, append([]string{"fixtures"}, path...)...), &v); err != nil {
		t.Fatal(err)
	}
	if r := dig(v, "response"); r != nil {
		n, _ := dig(r, "status").(float64)
		return int(n), dig(r, "body")
	}
	return 0, v
}

// jsonOf is a value as it looks after a way through JSON.
func jsonOf(t testing.TB, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
