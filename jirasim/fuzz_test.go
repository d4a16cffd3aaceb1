package jirasim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"example.com/accord/jirasim"
)

// soon fails if what is done takes longer than anybody waits for an answer.
func soon(t *testing.T, what string, do func()) {
	t.Helper()
	began := time.Now()
	do()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("%s took %v", what, took)
	}
}

// lived is a site with issues that things were done to.
func lived(t testing.TB, f jirasim.Flavour) *play {
	p := open(t, f, func(o *jirasim.Options) { o.Unlimited, o.Samples = true, 12 })
	step := map[jirasim.Flavour]string{jirasim.Cloud: "11", jirasim.DataCenter: "4"}[f]
	for n := 1; n < 4; n++ {
		key := fmt.Sprintf("%s-%d", p.project(), n)
		p.must(204, "POST", "/issue/"+key+"/transitions", `{"transition":{"id":"`+step+`"}}`)
		p.must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("said again")})
		p.must(201, "POST", "/issue/"+key+"/worklog", map[string]any{"timeSpent": "2h", "comment": p.text("worked")})
		p.must(201, "PUT", "/issue/"+key+"/properties/k", `{"a":{"b":[1,"x"]}}`)
		p.at = p.at.Add(time.Hour)
	}
	p.must(201, "POST", "/issueLink", `{"type":{"name":"Blocks"},"inwardIssue":{"key":"`+p.project()+`-1"},"outwardIssue":{"key":"`+p.project()+`-2"}}`)
	p.attach(200, p.project()+"-1", file{"a.txt", "", "x"})
	p.must(map[jirasim.Flavour]int{jirasim.Cloud: 200, jirasim.DataCenter: 200}[f], "POST", "/filter", `{"name":"mine","jql":"assignee = currentUser()"}`)
	return p
}

// queries are texts to begin with: each field and function that the site names,
// with each operator.
func queries(p *play) []string {
	out := []string{"", "order by", "project = SUP order by rank, created desc, status", `text ~ "\"two words\" wro* ti?e -not +must"`, "(((not (a = b or c = d))))", "cf[10040] in (Critical, empty)",
		"cf[99999] is empty", "issue.property[k].a.b = x", "issue.property[k].a.b[0] > 1", "filter = mine", "filter = 10000 and filter != nobody", "status was in (Open, 'To Do') before -1d by ada",
		"status changed from 'To Do' to 'In Progress' during (startOfDay(), now()) after '2026-11-01' before endOfYear(+1y) on today()", "created > -99999999999d", "created > startOfMonth('-99999999M')", "duedate <= '9999-12-31' or duedate >= '0000-00-00'",
		"created = 99999999999999", "updated >= '2026/11/24 12:00'", "key > SUP-1 and key < SUP-99999999999999999999", "id in (1,2,-1,9999999999999999999999)", "timespent > 1h and originalEstimate < '1w 2d'", "votes > 1e99 and watchers < NaN",
		"parent = SUP-1 or 'epic link' = SUP-2", "issue in linkedIssues(SUP-1, blocks) and issue not in issueHistory()", `summary ~ "` + strings.Repeat("a*", 200) + `"`, "a = " + strings.Repeat(`\u0041`, 300), strings.Repeat("not ", 300) + "a = b",
		"project = SUP" + strings.Repeat(" or project = SUP", 500), "key in (" + strings.Repeat("SUP-1,", 2000) + "SUP-2)", strings.Repeat("order by a ", 5), "project = SUP;drop", "\ufeffproject = SUP", "project\u00a0=\u00a0SUP", "ſtatus = Open", "labels = ''"}
	words := p.must(200, "GET", "/jql/autocompletedata", nil)
	for _, fn := range words.list("visibleFunctionNames") {
		name, _ := dig(fn, "value").(string)
		name, _, _ = strings.Cut(name, "(")
		out = append(out, "assignee in "+name+"()", "issue in "+name+"(SUP-1, 'x', -1)", "created >= "+name+"('-1w')", "fixVersion = "+name+"(SUP)", "sprint not in "+name+"('', )")
	}
	for n, field := range words.list("visibleFieldNames") {
		name, _ := dig(field, "value").(string)
		for m, op := range []string{"= x", "!= 10000", "in (1, EMPTY)", "is not empty", "~ 'x y'", "> -1d", "was x", "changed", "<= SUP-1"} {
			if (n+m)%3 == 0 {
				out = append(out, name+" "+op+" order by "+name)
			}
		}
	}
	return out
}

// FuzzQueries asks sites that were lived in with any text: the answer is a page,
// or a refusal that says why, and comes soon.
func FuzzQueries(f *testing.F) {
	sites := map[bool]*play{true: lived(f, jirasim.Cloud), false: lived(f, jirasim.DataCenter)}
	for cloud, p := range sites {
		for _, q := range queries(p) {
			f.Add(cloud, q)
		}
	}
	f.Fuzz(func(t *testing.T, cloud bool, q string) {
		p := *sites[cloud]
		p.t = t
		body, err := json.Marshal(map[string]any{"jql": q, "maxResults": 3, "fields": []string{"*all"}})
		if err != nil {
			t.Skip("no text")
		}
		all := map[string]string{p.api + "/search": string(body)}
		if cloud {
			all = map[string]string{p.api + "/search/jql": string(body), p.api + "/search/approximate-count": string(body), p.api + "/jql/parse": `{"queries":` + string(sure(json.Marshal([]string{q}))) + `}`}
		}
		for path, body := range all {
			soon(t, path, func() {
				a := p.do("POST", path, body)
				if a.status != 200 && (a.status != 400 || len(a.list("errorMessages")) == 0) {
					t.Errorf("%s %q: %d %s", path, q, a.status, a.raw)
				}
			})
		}
		soon(t, "GET", func() {
			if a := p.do("GET", "/search?maxResults=1&jql="+url.QueryEscape(q), nil); a.status >= 500 {
				t.Errorf("%q: %d %s", q, a.status, a.raw)
			}
		})
	})
}

// sure is for what cannot fail where it is asked for.
func sure[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// places are where rich text goes.
var places = []struct {
	method, path, before, after string
}{
	{"POST", "/issue", `{"fields":{"project":{"key":"SUP"},"issuetype":{"name":"Bug"},"summary":"s","description":`, `}}`},
	{"PUT", "/issue/SUP-1", `{"fields":{"description":`, `,"customfield_10043":null}}`},
	{"PUT", "/issue/SUP-1", `{"update":{"environment":[{"set":`, `}]}}`},
	{"POST", "/issue/SUP-1/comment", `{"body":`, `}`},
	{"POST", "/issue/SUP-1/worklog", `{"timeSpent":"1h","comment":`, `}`},
	{"POST", "/issue/SUP-1/transitions", `{"transition":{"id":"11"},"update":{"comment":[{"add":{"body":`, `}}]}}`},
}

// FuzzDocuments writes any bytes as rich text. What is taken is shown, in every
// form, and is taken again as it was shown.
func FuzzDocuments(f *testing.F) {
	nodes := []string{`{"type":"paragraph"}`, `{"type":"paragraph","content":[{"type":"text","text":"a","marks":[{"type":"strong"},{"type":"link","attrs":{"href":"https://x.y"}}]}]}`, `{"type":"heading","attrs":{"level":1}}`, `{"type":"rule"}`,
		`{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph"}]}]}`, `{"type":"codeBlock","attrs":{"language":"go"},"content":[{"type":"text","text":"x"}]}`, `{"type":"mediaSingle","content":[{"type":"media","attrs":{"type":"file","id":"x","collection":""}}]}`,
		`{"type":"table","content":[{"type":"tableRow","content":[{"type":"tableCell","content":[{"type":"paragraph"}]}]}]}`, `{"type":"taskList","attrs":{"localId":"x"},"content":[{"type":"taskItem","attrs":{"localId":"y","state":"TODO"}}]}`, `{"type":"extension","attrs":{"extensionType":"x","extensionKey":"y"}}`,
		`{"type":"panel","attrs":{"panelType":"info"},"content":[{"type":"paragraph","content":[{"type":"mention","attrs":{"id":"x"}},{"type":"emoji","attrs":{"shortName":":x:"}},{"type":"hardBreak"},{"type":"date","attrs":{"timestamp":"-1"}},{"type":"status","attrs":{"text":"x","color":"red"}}]}]}`,
		`{"type":"expand","attrs":{"title":"{\"}|*"},"content":[{"type":"paragraph"}]}`, `null`, `5`, `[]`}
	for n, node := range nodes {
		f.Add(uint8(n), fmt.Sprintf(`{"type":"doc","version":1,"content":[%s,%s]}`, node, nodes[(n+3)%len(nodes)]))
	}
	deep := strings.Repeat(`{"type":"blockquote","content":[`, 3000) + strings.Repeat("]}", 3000)
	for n, s := range []string{"null", `""`, `"x"`, "{}", `{"type":"doc"}`, `{"type":"doc","version":2,"content":[]}`, `{"type":"doc","version":1,"content":[` + deep + `]}`, `{"type":"doc","version":1,"content":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`} {
		f.Add(uint8(n), s)
	}
	f.Fuzz(func(t *testing.T, where uint8, doc string) {
		at := places[int(where)%len(places)]
		p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Unlimited, o.Samples = true, 1 })
		soon(t, at.path, func() { rewrite(t, p, at.method, at.path, at.before+doc+at.after) })
	})
}

// FuzzMarkup writes any text as wiki markup, to both kinds of site.
func FuzzMarkup(f *testing.F) {
	for n, s := range []string{"", "*b* _i_ {{c}} -d- +u+ ^s^ ~s~ ??c??", "h1. a\n* b\n** c\n# d\n----\nbq. e", "||a||b||\n|c|{code}|d|{code}|", "{panel:title=x|bgColor=#zzz}{quote}{color:red}x", "[a|b|c] [~ada] [^f.txt] !x.png|width=-1! mailto:a@b", strings.Repeat("{quote}", 3001),
		strings.Repeat("*_", 5000), strings.Repeat("* a\n** b\n*** c\n", 500), strings.Repeat("|", 9000), "{adf:display=block}{\"type\":\"panel\"}{adf}", "\u2028\ufeff\x00\\\\ \\{x} &#92;", "{noformat}" + strings.Repeat("{", 5000), strings.Repeat("[", 9000) + strings.Repeat("]", 9000)} {
		f.Add(n%2 == 0, uint8(n), s)
	}
	f.Fuzz(func(t *testing.T, cloud bool, where uint8, markup string) {
		at := places[int(where)%len(places)]
		p := open(t, map[bool]jirasim.Flavour{true: jirasim.Cloud, false: jirasim.DataCenter}[cloud], func(o *jirasim.Options) {
			o.Unlimited, o.Samples, o.Projects = true, 1, []jirasim.Project{{Key: "SUP", Name: "Support"}}
		})
		p.api = "/rest/api/2"
		body := at.before + string(sure(json.Marshal(markup))) + at.after
		if !cloud {
			body = strings.NewReplacer(`"id":"11"`, `"id":"4"`, "customfield_10043", "customfield_10204").Replace(body)
		}
		soon(t, at.path, func() { rewrite(t, p, at.method, at.path, body) })
	})
}

// TestDeepAndHugeBodies at every route that takes one: each is answered, soon.
func TestDeepAndHugeBodies(t *testing.T) {
	long := strings.Repeat("x", 1<<18)
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		p := open(t, f, func(o *jirasim.Options) { o.Unlimited, o.Samples = true, 2 })
		for _, r := range jirasim.Routes(f) {
			if r.Method != "POST" && r.Method != "PUT" || strings.Contains(r.Path, "_sim") {
				continue
			}
			path := rest(strings.NewReplacer("{v}", "2", "{issue}", p.project()+"-1", "{project}", p.project(), "{key}", "k").Replace(r.Path), "10000")
			for n, body := range []string{strings.Repeat("[", 20000), strings.Repeat(`{"fields":`, 20000), strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000), `{"fields":{"summary":"` + long + `","description":"` + long + `"},"name":"` + long + `","body":"` + long + `","jql":"` + long + `"}`,
				`{"ids":[` + strings.Repeat("1,", 20000) + `1],"issueIdsOrKeys":[` + strings.Repeat(`"x",`, 20000) + `"x"],"update":{"labels":[` + strings.Repeat(`{"add":"x"},`, 5000) + `{"add":"y"}]}}`} {
				q := httptest.NewRequest(r.Method, path, strings.NewReader(body))
				q.SetBasicAuth("admin@example.com", "example")
				w := httptest.NewRecorder()
				soon(t, path, func() { p.sim.ServeHTTP(w, q) })
				answers(t, fmt.Sprintf("%s %s %s, body %d", f, r.Method, path, n), w)
			}
		}
		w := httptest.NewRecorder()
		q := httptest.NewRequest("POST", p.api+"/issue", strings.NewReader(strings.Repeat(long, 144)))
		if p.sim.ServeHTTP(w, q); w.Code != 413 {
			t.Errorf("36 MiB are answered with %d", w.Code)
		}
	}
}

func rewrite(t *testing.T, p *play, method, path, body string) {
	a := p.do(method, path, body)
	if a.status >= 500 || a.status >= 400 && len(a.raw) < 10 {
		t.Fatalf("%s %s: %d %s", method, path, a.status, a.raw)
	}
	if a.status >= 400 {
		return
	}
	key := "SUP-1"
	if path == "/issue" {
		key = a.at("key").(string)
	}
	for _, path := range []string{"/rest/api/2/issue/" + key, "/rest/api/2/issue/" + key + "/worklog", "/issue/" + key + "?expand=renderedFields,changelog", "/issue/" + key + "/comment?expand=renderedBody"} {
		p.must(200, "GET", path, nil)
	}
	w := httptest.NewRecorder()
	if p.sim.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/_sim/ui/issues/"+key, nil)); w.Code != 200 {
		t.Errorf("the page: %d %s", w.Code, w.Body)
	}
	fields := p.must(200, "GET", "/issue/"+key+"?fields=description,environment", nil).at("fields")
	p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": fields})
	if again := p.must(200, "GET", "/issue/"+key+"?fields=description,environment", nil).at("fields"); said(again) != said(fields) {
		t.Errorf("it was shown as %v, and written so is %v", fields, again)
	}
	old := p.must(200, "GET", "/rest/api/2/issue/"+key+"?fields=description,environment", nil).at("fields")
	p.must(204, "PUT", "/rest/api/2/issue/"+key, map[string]any{"fields": old})
}

// said is a value in short; no text and an empty one are the same.
func said(v any) string { return strings.ReplaceAll(fmt.Sprint(v), "<nil>", "") }

// odd are values that stand where others should.
var odd = []string{"null", "{}", "[]", `""`, "0", "-1", "1e999", "9223372036854775808", "true", `"\u0000"`, `"\ud800"`, `[null]`, `[[]]`, `[{}]`, `{"id":null}`, `{"id":{}}`, `{"name":[]}`, `{"key":5}`, `{"value":{"id":1}}`, `{"id":"99999"}`, `{"name":"nobody"}`,
	`{"accountId":"x","accountId":"y"}`, `{"type":"doc","version":1,"content":[{}]}`, `"SUP-1"`, `"2026-13-45"`, `"99999999999-01-01T00:00:00.000+9999"`, `[1,1,1]`, `{"add":[],"set":{},"remove":5}`, `"` + "\u202e" + `*{code}"`, `{"":""}`}

// spoil puts an odd value in the place of one of those in a JSON text, or of
// the whole, or breaks the text.
func spoil(r *rand.Rand, body string) string {
	var v any
	if json.Unmarshal([]byte(body), &v) != nil || r.IntN(12) == 0 {
		if cut := r.IntN(len(body) + 1); r.IntN(2) == 0 {
			return body[:cut]
		}
		return odd[r.IntN(len(odd))]
	}
	n := count(v)
	at := r.IntN(n)
	var out strings.Builder
	put(&out, v, &at, odd[r.IntN(len(odd))], r.IntN(8) == 0)
	return out.String()
}

func count(v any) int {
	n := 1
	switch x := v.(type) {
	case map[string]any:
		for _, e := range x {
			n += count(e)
		}
	case []any:
		for _, e := range x {
			n += count(e)
		}
	}
	return n
}

// put writes a value; in the place of the at-th, another, or its kind many times.
func put(out *strings.Builder, v any, at *int, other string, many bool) {
	*at--
	if *at == -1 {
		if one := string(sure(json.Marshal(v))); many {
			other = "[" + strings.Repeat(one+",", 70) + one + "]"
		}
		out.WriteString(other)
		return
	}
	switch x := v.(type) {
	case map[string]any:
		out.WriteByte('{')
		for n, k := range slices.Sorted(maps.Keys(x)) {
			if n > 0 {
				out.WriteByte(',')
			}
			out.Write(sure(json.Marshal(k)))
			out.WriteByte(':')
			put(out, x[k], at, other, many)
		}
		out.WriteByte('}')
	case []any:
		out.WriteByte('[')
		for n, e := range x {
			if n > 0 {
				out.WriteByte(',')
			}
			put(out, e, at, other, many)
		}
		out.WriteByte(']')
	default:
		out.Write(sure(json.Marshal(x)))
	}
}

// FuzzScriptsGoneWrong plays the scripts of testdata, which go to every route,
// and before each request sends others: its body spoilt, its query spoilt, its
// path to something else.
func FuzzScriptsGoneWrong(f *testing.F) {
	var files []string
	for _, flavour := range []string{"cloud", "datacenter"} {
		more, err := filepath.Glob(filepath.Join("testdata", flavour, "*.txtar"))
		if err != nil || len(more) == 0 {
			f.Fatalf("no scripts: %v", err)
		}
		files = append(files, slices.DeleteFunc(more, func(s string) bool { return strings.HasSuffix(s, "control.txtar") })...) // which lets requests fail
	}
	for n := range files {
		f.Add(uint8(n), uint64(n))
	}
	f.Fuzz(func(t *testing.T, n uint8, seed uint64) {
		name := files[int(n)%len(files)]
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 1))
		p := scripted(t, jirasim.Flavour(filepath.Base(filepath.Dir(name))))
		for line := range strings.SplitSeq(string(a.Comment), "\n") {
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") || p.waits(line) {
				continue
			}
			if !strings.Contains(line, "$FILE(") && !strings.Contains(line, "_sim/") {
				p.wrong(r, line)
				p.wrong(r, line)
			}
			p.line(line, map[string]bool{})
		}
	})
}

// wrong makes a request of a script wrongly: it is answered all the same.
func (p *play) wrong(r *rand.Rand, line string) {
	p.t.Helper()
	if first, rest, _ := strings.Cut(line, " "); first != strings.ToUpper(first) || first == "-" {
		line = rest
	}
	for word, value := range p.given {
		line = strings.ReplaceAll(line, word, value)
	}
	line = adfWord.ReplaceAllString(line, `{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"$1"}]}]}`)
	parts := append(strings.SplitN(line, " ", 3), "")
	method, target, body := parts[0], parts[1], parts[2]
	path, query, _ := strings.Cut(target, "?")
	switch r.IntN(6) {
	case 0:
		segs := strings.Split(path, "/")
		segs[r.IntN(len(segs))] = []string{"%20", "0", "-1", "99999", "x", "%00", "%ff", "%2f", "..", "10000", "SUP-1", "*", strings.Repeat("9", 400)}[r.IntN(13)]
		path = strings.Join(segs, "/")
	case 1:
		query += "&" + []string{"startAt=-1", "startAt=9223372036854775807", "maxResults=0", "maxResults=9223372036854775807", "maxResults=x", "expand=%00,*", "fields=-*all,x,*", "orderBy=-x", "id=x&id=", "jql=%ff", "accountId=", "=", "&&&;%zz", "query=" + strings.Repeat("q", 3000)}[r.IntN(14)]
	case 2:
		old, _ := url.ParseQuery(query)
		for k, vs := range old {
			query = strings.ReplaceAll(query, k+"="+url.QueryEscape(vs[0]), k+"="+[]string{"", "-1", "x", "9223372036854775808", "%ff%00", "null", "true,true"}[r.IntN(7)])
		}
	default:
		body = spoil(r, body)
	}
	if _, err := url.ParseRequestURI(path + "?" + query); err != nil || path == "" || path[0] != '/' {
		return
	}
	if !apart(path) {
		path = p.api + path
	}
	q := httptest.NewRequest(method, "/", strings.NewReader(body))
	q.URL = sure(url.ParseRequestURI(path + "?" + query))
	q.Header.Set("Content-Type", "application/json")
	q.SetBasicAuth([]string{"admin", "admin", "ada"}[r.IntN(3)]+"@example.com", "example")
	w := httptest.NewRecorder()
	if p.sim.ServeHTTP(w, q); w.Code < 200 || w.Code >= 500 || w.Code >= 400 && w.Body.Len() == 0 {
		p.t.Errorf("%s %s?%s %s: %d %s", method, path, query, body, w.Code, w.Body)
	}
	if w.Code < 300 {
		if err := checked.enter(p.opt.Flavour, p.sim, q, w); err != nil {
			p.t.Errorf("%s %s?%s %s: the document refuses the answer %d: %v\n%.2000s", method, path, query, body, w.Code, err, w.Body)
		}
	}
}

// FuzzHeaders sends any headers with a request to any route.
func FuzzHeaders(f *testing.F) {
	for n, x := range []string{"Basic", "Basic !!!", "Basic YWRtaW5AZXhhbXBsZS5jb206ZXhhbXBsZQ==", "Basic Og==", "Bearer ", "Bearer example", "Bearer a.b.c", "JWT x", "basic \x00", "OAuth realm=", ""} {
		f.Add(n%2 == 0, uint16(n*7), x, []string{"application/json", "text/plain", "application/json; charset=\xff", "multipart/form-data", ";;", "*/*", ""}[n%7], []string{"bytes=0-0", "bytes=5-1", "bytes=-99999999999999999999", "bytes=0-0,5-6", "lines=1"}[n%5], "Cookie", "JSESSIONID="+x)
	}
	sites := map[bool]*play{true: lived(f, jirasim.Cloud), false: lived(f, jirasim.DataCenter)}
	f.Fuzz(func(t *testing.T, cloud bool, n uint16, auth, kind, part, name, value string) {
		p := *sites[cloud]
		all := jirasim.Routes(p.opt.Flavour)
		at := all[int(n)%len(all)]
		if at.Method != "GET" || strings.Contains(at.Path, "_sim") {
			at = all[0]
		}
		path := rest(strings.NewReplacer("{v}", "2", "{issue}", p.project()+"-1", "{project}", p.project()).Replace(at.Path), "10000")
		q := httptest.NewRequest(at.Method, path, nil)
		q.Header = map[string][]string{"Authorization": {auth}, "Content-Type": {kind}, "Range": {part}, name: {value}, "X-Force-Accept-Language": {value}, "X-Atlassian-Token": {part}}
		w := serve(t, p.opt.Flavour, p.sim, q)
		answers(t, at.Method+" "+path, w)
	})
}
