package jirasim_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"example.com/accord/jirasim"
)

var update = flag.Bool("update", false, "record the answers in testdata anew")

// TestExchanges makes the requests of a script and compares every answer with
// the one that was recorded below it. A line of a script is
//
//	[ACCOUNT] METHOD PATH [BODY]     made by admin unless an account is named; "-" is nobody
//	wait DURATION                    the clock moves
//
// where the ACCOUNT "app" is the app that was consented to; $code, $access_token
// and $refresh_token stand for what was last given, $cloud for the id of the site,
// $media for the last address of a file, $ADF(text) in a body is a document of one
// paragraph, and a body $FILE(name,content) is an upload of that file, its content after "base64:" in base64. Every route that the
// flavour has must be answered with success by one of the scripts, but what no path
// here can name, /status, and what no site has, a quick filter.
func TestExchanges(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		done := map[string]bool{}
		files, err := filepath.Glob(filepath.Join("testdata", string(f), "*.txtar"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no scripts for %s: %v", f, err)
		}
		for _, file := range files {
			t.Run(string(f)+"/"+filepath.Base(file), func(t *testing.T) { exchange(t, f, file, done) })
		}
		for _, r := range jirasim.Routes(f) {
			if unheard := r.Path == "/status" || strings.HasSuffix(r.Path, "/{quickfilter}"); !done[r.Method+" "+r.Path] && !unheard {
				t.Errorf("%s: no script has success with %s %s", f, r.Method, r.Path)
			}
		}
	}
}

func exchange(t *testing.T, f jirasim.Flavour, file string, done map[string]bool) {
	old, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := scripted(t, f)
	out := &txtar.Archive{Comment: old.Comment}
	n := 0
	for line := range strings.SplitSeq(string(old.Comment), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || p.waits(line) {
			continue
		}
		n++
		out.Files = append(out.Files, txtar.File{Name: fmt.Sprintf("%d %s", n, line), Data: p.line(line, done)})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(old.Files) != len(out.Files) {
		t.Fatalf("%d answers are recorded for %d requests; record them with -update", len(old.Files), len(out.Files))
	}
	for i, want := range old.Files {
		if d := cmp.Diff(string(want.Data), string(out.Files[i].Data)); d != "" || want.Name != out.Files[i].Name {
			t.Errorf("%s: -recorded +answered\n%s", out.Files[i].Name, d)
		}
	}
}

// scripted is a site as the scripts have it.
func scripted(t *testing.T, f jirasim.Flavour) *play {
	return open(t, f, func(o *jirasim.Options) {
		o.Projects = []jirasim.Project{{Key: "SUP", Name: "Support"}, {Key: "OPS", Name: "Operations"}}
		if f == jirasim.DataCenter {
			o.Projects[0] = jirasim.Project{Key: "DEV", Name: "Development"}
		}
		o.Unlimited = true
		o.Apps = []jirasim.App{{ID: "accord", Secret: "hush", Callback: "http://127.0.0.1:1/cb"}}
	})
}

// waits moves the clock if a line says so.
func (p *play) waits(line string) bool {
	p.t.Helper()
	d, is := strings.CutPrefix(line, "wait ")
	if !is {
		return false
	}
	wait, err := time.ParseDuration(d)
	if err != nil {
		p.t.Fatal(err)
	}
	p.at = p.at.Add(wait)
	return true
}

// line makes one request of a script, and writes down the answer.
func (p *play) line(line string, done map[string]bool) []byte {
	p.t.Helper()
	q := *p
	first, rest, _ := strings.Cut(line, " ")
	if first != strings.ToUpper(first) || first == "-" {
		q.who, line = strings.TrimPrefix(first, "-"), rest
	}
	if q.who == "app" {
		q.who = "bearer:" + p.given["$access_token"]
	}
	for word, value := range p.given {
		line = strings.ReplaceAll(line, word, value)
	}
	parts := strings.SplitN(line, " ", 3)
	var body any
	if len(parts) == 3 {
		body = adfWord.ReplaceAllString(parts[2], `{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"$1"}]}]}`)
	}
	if parts[0] == "DELETE" {
		q.with = http.Header{"Content-Type": {"application/json"}}
	}
	if s, is := body.(string); is && strings.HasPrefix(s, "$FILE(") {
		name, content, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(s, "$FILE("), ")"), ",")
		if b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(content, "base64:")); err == nil && strings.HasPrefix(content, "base64:") {
			content = string(b)
		}
		body, q.with = upload(p.t, file{name: name, content: content})
	}
	a := q.do(parts[0], parts[1], body)
	p.keep(a)
	if a.status < 400 || strings.HasSuffix(parts[1], "/search") && a.status == 410 {
		for _, r := range jirasim.Routes(p.opt.Flavour) {
			if r.Method == parts[0] && fits(r.Path, strings.Split(parts[1], "?")[0]) {
				done[r.Method+" "+r.Path] = true
			}
		}
	}
	return written(p.t, a)
}

// keep remembers what a line gave for those after it.
func (p *play) keep(a answer) {
	if p.given == nil {
		p.given = map[string]string{}
	}
	if to, err := url.Parse(a.header.Get("Location")); err == nil && to.Query().Has("code") {
		p.given["$code"] = to.Query().Get("code")
	}
	if to, err := url.Parse(a.header.Get("Location")); err == nil && strings.HasPrefix(to.Path, "/file/") {
		p.given["$media"] = to.RequestURI()
	}
	o, _ := a.body.(map[string]any)
	for word, key := range map[string]string{"$access_token": "access_token", "$refresh_token": "refresh_token", "$cloud": "cloudId"} {
		if v, is := o[key].(string); is {
			p.given[word] = v
		}
	}
}

var adfWord = regexp.MustCompile(`\$ADF\(([^)]*)\)`)

// fits reports whether a path is one of a route.
func fits(route, path string) bool {
	if _, rest, is := strings.Cut(strings.TrimPrefix(path, "/ex/jira/"), "/"); is && strings.HasPrefix(path, "/ex/") {
		path = "/" + rest
	}
	if !apart(path) {
		path = "/rest/api/3" + path
	}
	a, b := strings.Split(route, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for n, s := range a {
		if !strings.HasPrefix(s, "{") && s != b[n] {
			return false
		}
	}
	return true
}

// written is an answer as the scripts keep it: its status, the headers that a
// client acts on, its body; pictures are left out.
func written(t testing.TB, a answer) []byte {
	t.Helper()
	var out bytes.Buffer
	fmt.Fprintln(&out, a.status)
	for _, h := range []string{"Location", "Allow", "Warning", "Retry-After"} {
		if v := a.header.Get(h); v != "" {
			fmt.Fprintf(&out, "%s: %s\n", h, v)
		}
	}
	if a.body == nil && !utf8.ValidString(a.raw) {
		fmt.Fprintf(&out, "(%s)\n", a.header.Get("Content-Type"))
		return out.Bytes()
	}
	if a.body == nil {
		out.WriteString(strings.TrimSuffix(a.raw, "\n"))
		if a.raw != "" {
			out.WriteByte('\n')
		}
		return out.Bytes()
	}
	b, err := json.MarshalIndent(plain(a.body), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	out.Write(compact(b))
	out.WriteByte('\n')
	return out.Bytes()
}

// plain takes the addresses of pictures out of a body.
func plain(v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k, e := range x {
			if k == "avatarUrls" || k == "iconUrl" {
				delete(x, k)
				continue
			}
			x[k] = plain(e)
		}
	case []any:
		for n, e := range x {
			x[n] = plain(e)
		}
	}
	return v
}

// compact puts objects without objects inside on one line.
func compact(b []byte) []byte {
	return regexp.MustCompile(`[{\[]\n[^{}\[\]]*\n *[}\]]`).ReplaceAllFunc(b, func(m []byte) []byte {
		one := regexp.MustCompile(`\n *`).ReplaceAll(m, []byte(" "))
		if len(one) > 180 {
			return m
		}
		return one
	})
}
