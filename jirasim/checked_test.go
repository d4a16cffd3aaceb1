package jirasim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"example.com/accord/jirasim"
)

// A pair is one status that an operation of a document was answered with.
type pair struct {
	doc, operation string
	status         int
}

// A ledger holds which answers were checked against the documents.
type ledger struct {
	mu      sync.Mutex
	pairs   map[pair]bool  // whether a success had something in it, after a change over REST
	refused map[string]int // what the documents refuse
	beyond  map[string]int // statuses that the document does not name
	unknown map[string]int // routes that no document names
	changed map[*jirasim.Sim]bool
	missing error // why there are no documents
}

// checked is the ledger of this run: every answer to a test is entered.
var checked = &ledger{pairs: map[pair]bool{}, refused: map[string]int{}, beyond: map[string]int{}, unknown: map[string]int{}, changed: map[*jirasim.Sim]bool{}}

// Exceptions are answers that do not fit the documents, each with the reason.
var exceptions = map[string]string{
	"dc setProperty 200":   "of a board: it names the keys as the answer, for sprints and all else nothing",
	"dc setProperty 201":   "as 200",
	"dc getAllScreens 200": "it has 201 for a list that is read",
	"v2 cancelTask 401":    "recorded: cloud_401_unauthenticated is an object, where the document has a list of words",
	"v3 cancelTask 401":    "as v2",
}

// serve lets a site answer a request, and holds the answer against the document.
func serve(t testing.TB, f jirasim.Flavour, sim *jirasim.Sim, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	sim.ServeHTTP(w, r)
	if err := checked.enter(f, sim, r, w); err != nil {
		t.Errorf("%s %s: the document refuses the answer %d: %v\n%.2000s", r.Method, r.URL.Path, w.Code, err, w.Body)
	}
	return w
}

// enter checks one answer and enters it.
func (l *ledger) enter(f jirasim.Flavour, sim *jirasim.Sim, r *http.Request, w *httptest.ResponseRecorder) error {
	d, path := describes(f, r.URL.EscapedPath())
	if d == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	router, err := d.load()
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		l.missing = err
		return nil
	}
	if w.Code < 300 && changes(r) {
		l.changed[sim] = true
	}
	q := r.Clone(context.Background())
	q.URL.Path, q.URL.RawPath, q.Host = path, "", ""
	at, vars, err := router.FindRoute(q)
	if err != nil {
		if w.Code < 300 {
			l.unknown[d.name+" "+r.Method+" "+path]++
		}
		return nil
	}
	name := fmt.Sprintf("%s %s %d", d.name, at.Operation.OperationID, w.Code)
	response := at.Operation.Responses.Status(w.Code)
	if response == nil {
		l.beyond[name]++
		if w.Code < 400 && exceptions[name] == "" {
			return errors.New("it does not name that status")
		}
		return nil
	}
	described := response.Value.Content.Get("application/json")
	empty := w.Body.Len() == 0 && (described == nil || anything(described.Schema)) // recorded of POST issueLink
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: q, PathParams: vars, Route: at},
		Status:                 w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
		Options: &openapi3filter.Options{ExcludeWriteOnlyValidations: true, ExcludeResponseBody: empty || !isJSON(w.Header())},
	}
	if err := openapi3filter.ValidateResponse(context.Background(), in); err != nil {
		if exceptions[name] != "" {
			return nil
		}
		l.refused[name]++
		return err
	}
	if described != nil && w.Code < 300 && !isJSON(w.Header()) && response.Value.Content[w.Header().Get("Content-Type")] == nil {
		l.refused[name]++
		return errors.New("it describes JSON")
	}
	p := pair{d.name, at.Operation.OperationID, w.Code}
	l.pairs[p] = l.pairs[p] || l.changed[sim] && w.Code < 300 && full(w.Body.Bytes())
	return nil
}

// anything reports whether a schema says nothing.
func anything(ref *openapi3.SchemaRef) bool {
	return ref == nil || ref.Value.Type == nil && len(ref.Value.Properties) == 0 && len(ref.Value.AnyOf) == 0 && len(ref.Value.AllOf) == 0
}

func isJSON(h http.Header) bool { return strings.Contains(h.Get("Content-Type"), "json") }

// changes reports whether a request is one that changes the state of a site.
func changes(r *http.Request) bool {
	for _, read := range []string{"/search", "/bulkfetch", "/list", "approximate-count", "/match", "/parse"} {
		if strings.Contains(r.URL.Path, read) {
			return false
		}
	}
	return r.Method != "GET" && r.Method != "HEAD"
}

// full reports whether a body has something in it, and so has each object and
// list right inside it, but for what would have gone wrong.
func full(body []byte) bool {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return false
	}
	o, is := v.(map[string]any)
	if !is {
		return some(v)
	}
	for k, e := range o {
		if k != "errors" && k != "errorMessages" && !some(e) {
			return false
		}
	}
	return len(o) > 0
}

func some(v any) bool {
	switch x := v.(type) {
	case map[string]any:
		return len(x) > 0
	case []any:
		return len(x) > 0
	}
	return true
}

// sum says what was checked.
func (l *ledger) sum() (pairs, successes int, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	by := map[string]int{}
	for p, good := range l.pairs {
		by[p.doc]++
		if good {
			successes++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d distinct operation/response pairs, %d of them successes with something in them after a change; %d refused\n", len(l.pairs), successes, len(l.refused))
	for _, name := range slices.Sorted(maps.Keys(by)) {
		fmt.Fprintf(&b, "  %s: %d\n", name, by[name])
	}
	fmt.Fprintf(&b, "  %d statuses that the documents do not name\n", len(l.beyond))
	return len(l.pairs), successes, b.String()
}

// all reports whether every test runs: there is no choice among them.
func all() bool {
	for _, name := range []string{"test.run", "test.skip", "test.bench", "test.fuzz", "test.list"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	pairs, successes, text := checked.sum()
	switch {
	case checked.missing != nil:
		fmt.Printf("SKIPPED: no answer was checked against Jira's documents; set JIRA_DOCS to their folder: %v\n", checked.missing)
	case pairs > 0:
		fmt.Print(text)
		if code == 0 && all() && (pairs <= wantPairs || successes < wantSuccesses) {
			fmt.Printf("FAIL: want more than %d pairs, %d of them successes\n", wantPairs, wantSuccesses)
			code = 1
		}
	}
	if *shown {
		checked.show(os.Stdout)
	}
	os.Exit(code)
}

// How much the tests have to check at the least.
const (
	wantPairs     = 300
	wantSuccesses = 200
)

var shown = flag.Bool("pairs", false, "list every pair that was checked against Jira's documents")

func (l *ledger) show(out io.Writer) {
	for _, p := range slices.SortedFunc(maps.Keys(l.pairs), func(a, b pair) int {
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	}) {
		mark := ""
		if l.pairs[p] {
			mark = " full"
		}
		fmt.Fprintf(out, "%s %s %d%s\n", p.doc, p.operation, p.status, mark)
	}
	for _, set := range []map[string]int{l.beyond, l.unknown} {
		for _, k := range slices.Sorted(maps.Keys(set)) {
			fmt.Fprintf(out, "beyond: %s\n", k)
		}
	}
}
