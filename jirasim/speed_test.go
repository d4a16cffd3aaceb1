package jirasim_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// Several clauses over 2,000 issues, one page of 50.
const several = `{"jql":"project = SUP AND (text ~ \"wrong time\" OR labels = sample) AND status != Done AND updated >= -900d AND NOT priority was Lowest ORDER BY priority DESC, updated","fields":["*navigable"],"maxResults":50}`

// large is a site of 2,000 issues.
func large(t testing.TB) *play {
	return open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Unlimited, o.Samples = true, 2000 })
}

// alone is one request and nothing else: no document is asked about the answer.
func (p *play) alone(method, path, body string) {
	r := httptest.NewRequest(method, p.api+path, strings.NewReader(body))
	r.SetBasicAuth("admin@example.com", "example")
	w := httptest.NewRecorder()
	if p.sim.ServeHTTP(w, r); w.Code != 200 {
		p.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
}

// BenchmarkSearchOfSeveralClauses is a page of 50 over 2,000 issues.
func BenchmarkSearchOfSeveralClauses(b *testing.B) {
	p := large(b)
	for b.Loop() {
		p.alone("POST", "/search/jql", several)
	}
}

// Everything: a page of all that there is to a hundred issues.
const everything = `{"jql":"project = SUP AND labels = sample ORDER BY updated DESC","fields":["*all"],"expand":"names,renderedFields,changelog","maxResults":100}`

// BenchmarkSearchOfAll is the heaviest page.
func BenchmarkSearchOfAll(b *testing.B) {
	p := large(b)
	for b.Loop() {
		p.alone("POST", "/search/jql", everything)
	}
}

// BenchmarkRead is one issue by its key.
func BenchmarkRead(b *testing.B) {
	p := large(b)
	n := 0
	for b.Loop() {
		n++
		p.alone("GET", fmt.Sprintf("/issue/SUP-%d", 1+n%2000), "")
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// TestWhatAnswersCost is a gate that no slow machine moves: how often a page of
// a search and a read allocate, with room for half as much again.
func TestWhatAnswersCost(t *testing.T) {
	p := large(t)
	for name, c := range map[string]struct {
		most               float64
		method, path, body string
	}{
		"a page of 50":  {90_000, "POST", "/search/jql", several},
		"a page of ids": {4_500, "POST", "/search/jql", `{"jql":"project = SUP","maxResults":50}`},
		"one issue":     {2_000, "GET", "/issue/SUP-7", ""},
	} {
		p.alone(c.method, c.path, c.body) // the first reads every text
		n := testing.AllocsPerRun(3, func() { p.alone(c.method, c.path, c.body) })
		if n > c.most {
			t.Errorf("%s allocates %.0f times, which is more than %.0f", name, n, c.most)
		}
		t.Logf("%s allocates %.0f times", name, n)
	}
}
