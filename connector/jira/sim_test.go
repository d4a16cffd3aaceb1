package jira_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/connector/jira/wiki"
	"example.com/accord/contract"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
)

// A direct transport lets a handler answer in this process, so that time may
// be virtual. A caller who gives up is answered at once; the handler goes on.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	body := []byte{}
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	q := r.Clone(context.WithoutCancel(r.Context()))
	q.Body = io.NopCloser(bytes.NewReader(body))
	done := make(chan *http.Response, 1)
	go func() {
		defer func() {
			if recover() != nil { // as a server does with http.ErrAbortHandler
				done <- nil
			}
		}()
		w := httptest.NewRecorder()
		d.ServeHTTP(w, q)
		done <- w.Result()
	}()
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case resp := <-done:
		if resp == nil {
			return nil, io.ErrUnexpectedEOF
		}
		resp.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
		resp.Request = r
		return resp, nil
	}
}

// A jiraRig is a simulated Jira, our client at it, and the people who use it.
type jiraRig struct {
	t       testing.TB
	flavour jira.Flavour
	key     string // of its project
	sim     *jirasim.Sim
	client  *jira.Client
	*jira.Participant
	hub connector.Events

	mu    sync.Mutex
	sent  []connector.Delivery
	calls []string // of our account: "PUT /rest/api/2/issue/1?notifyUsers=false"
}

// ServeHTTP passes our calls on to the site, and notes them.
func (r *jiraRig) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	r.calls = append(r.calls, q.Method+" "+q.URL.RequestURI())
	r.mu.Unlock()
	r.sim.ServeHTTP(w, q)
}

// called counts our calls since the last forget that contain all of parts.
func (r *jiraRig) called(parts ...string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.calls {
		if !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(c, p) }) {
			n++
		}
	}
	return n
}

func (r *jiraRig) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = nil
}

// statuses are those of each flavour of the simulator, in the order of its
// workflow, which has no shortcut.
var statuses = map[jira.Flavour][]string{
	jira.Cloud: {"To Do", "In Progress", "In Review", "Done"}, jira.DataCenter: {"Open", "In Progress", "Review", "Closed"},
}

func newRig(t testing.TB, f jira.Flavour, o jirasim.Options, change ...func(*jiraRig, *jira.Site)) *jiraRig {
	r := &jiraRig{t: t, flavour: f, key: map[jira.Flavour]string{jira.Cloud: "SUP", jira.DataCenter: "DEV"}[f]}
	o.Flavour, o.PublicURL = jirasim.Flavour(f), "https://acme.example"
	o.Accounts = append(o.Accounts, jirasim.Account{Email: "accord@example.com", Name: "Accord", Token: "ours", Zone: "America/St_Johns", Admin: true})
	o.Client = &http.Client{Transport: direct{http.HandlerFunc(r.receive)}}
	r.sim = jirasim.New(o)
	t.Cleanup(r.sim.Close)
	cfg := jira.Site{Name: "acme", Flavour: f, URL: "https://acme.example", Token: connector.NewSecret("ours"), Secret: connector.NewSecret("s3cret")}
	if f == jira.Cloud {
		cfg.User = "accord@example.com"
	}
	for _, c := range change {
		c(r, &cfg)
	}
	var err error
	if r.client, err = jira.Open(cfg, jira.Options{HTTP: &http.Client{Transport: direct{r}}}); err != nil {
		t.Fatal(err)
	}
	p := project()
	p.Participant, p.Key = "here", r.key
	p.Via = map[string][][]string{"status": {statuses[f], {statuses[f][3], statuses[f][0]}}}
	for i, field := range p.Fields {
		if field.Name == "points" {
			p.Fields[i].ID = "Effort"
		}
	}
	r.Participant = r.client.Participant(p)
	r.hub = jira.NewEvents(cfg, nil, p)
	return r
}

// receive keeps a delivery.
func (r *jiraRig) receive(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, connector.Delivery{Header: q.Header, Query: q.URL.Query(), Body: body, At: time.Now()})
}

// settle lets the index and the webhooks catch up.
func (r *jiraRig) settle() {
	time.Sleep(10 * time.Second)
	synctest.Wait()
}

// control tells the simulator something.
func (r *jiraRig) control(path string, body any) { r.t.Helper(); r.ask("POST", "/_sim/"+path, body) }

// faults makes the next calls of a route go wrong: Effect is "before" or "after"
// the call has its effect.
func (r *jiraRig) faults(rules ...jirasim.Fault) {
	r.t.Helper()
	r.control("faults", map[string]any{"rules": append([]jirasim.Fault{}, rules...)})
}

// accounts are the simulator's.
func (r *jiraRig) accounts() (out []map[string]any) {
	w := httptest.NewRecorder()
	r.sim.ServeHTTP(w, httptest.NewRequest("GET", "https://acme.example/_sim/accounts", nil))
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		r.t.Fatalf("%v: %s", err, w.Body)
	}
	return out
}

// see looks at one issue.
func (r *jiraRig) see(id string) issue.View {
	r.t.Helper()
	v, err := look(r.t, r.Participant, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

// both runs a test on a simulated site of each flavour, in virtual time.
func both(t *testing.T, o jirasim.Options, test func(t *testing.T, r *jiraRig)) {
	for _, f := range []jira.Flavour{jira.Cloud, jira.DataCenter} {
		t.Run(string(f), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, newRig(t, f, o)) })
		})
	}
}

// ask makes a request as a person, in version 2 of the API, which has wiki
// markup on both flavours.
func (r *jiraRig) ask(method, path string, body any) map[string]any {
	r.t.Helper()
	time.Sleep(time.Second) // people take their time
	b, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	q := httptest.NewRequest(method, "https://acme.example"+path, bytes.NewReader(b))
	q.Header.Set("Content-Type", "application/json")
	if r.flavour == jira.Cloud {
		q.SetBasicAuth("admin@example.com", "example")
	} else {
		q.Header.Set("Authorization", "Bearer example")
	}
	w := httptest.NewRecorder()
	r.sim.ServeHTTP(w, q)
	if w.Code/100 != 2 {
		r.t.Fatalf("%s %s: %d: %s", method, path, w.Code, w.Body)
	}
	var out map[string]any
	_ = json.Unmarshal(w.Body.Bytes(), &out) // an empty answer has none
	return out
}

func wire(v issue.Value) any {
	switch v := v.(type) {
	case issue.Text:
		return wiki.Encode(v.Doc)
	case issue.Set:
		return []string(v)
	case issue.Scalar:
		return string(v)
	}
	return nil
}

// Create and the methods below implement [contract.People].
func (r *jiraRig) Create(_ testing.TB, doc issue.Document) string {
	fields := map[string]any{"project": map[string]string{"key": r.key}, "issuetype": map[string]string{"name": "Task"}}
	for p, v := range doc {
		fields[p.Field] = wire(v)
		if p.Field == "priority" {
			fields[p.Field] = map[string]any{"name": wire(v)}
		}
	}
	return r.ask("POST", "/rest/api/2/issue", map[string]any{"fields": fields})["id"].(string)
}

func (r *jiraRig) Edit(_ testing.TB, id string, p issue.Place, v issue.Value) {
	r.ask("PUT", "/rest/api/2/issue/"+id, map[string]any{"fields": map[string]any{p.Field: wire(v)}})
}

func (r *jiraRig) Comment(_ testing.TB, id, words string) string {
	return r.ask("POST", "/rest/api/2/issue/"+id+"/comment", map[string]any{"body": words})["id"].(string)
}

func (r *jiraRig) EditComment(_ testing.TB, id, row, words string) {
	r.ask("PUT", "/rest/api/2/issue/"+id+"/comment/"+row, map[string]any{"body": words})
}

func (r *jiraRig) DeleteComment(_ testing.TB, id, row string) {
	r.ask("DELETE", "/rest/api/2/issue/"+id+"/comment/"+row, nil)
}

func (r *jiraRig) Delete(_ testing.TB, id string) {
	r.ask("DELETE", "/rest/api/2/issue/"+id, nil)
}

func (r *jiraRig) deliveries() []connector.Delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.sent
	r.sent = nil
	return out
}

// forge changes a delivery on its way.
func forge(d connector.Delivery) connector.Delivery {
	d.Body = append(slices.Clone(d.Body), ' ')
	return d
}

// TestContract holds the connector to the promises of the seam, on simulated
// sites of both flavours that lag, page short and limit.
func TestContract(t *testing.T) {
	for _, f := range []jira.Flavour{jira.Cloud, jira.DataCenter} {
		for name, size := range map[string]int{"large pages": 250, "pages of two": 2} {
			t.Run(string(f)+", "+name, func(t *testing.T) {
				contract.Connector(t, func(t *testing.T, check func(*testing.T, contract.Rig)) {
					synctest.Test(t, func(t *testing.T) {
						r := newRig(t, f, jirasim.Options{Seed: 7})
						r.client.PageSize(size)
						if _, err := r.client.AddHook(t.Context(), connector.Hook{Name: "accord", URL: "https://accord.example/hooks/acme/k?v=1", Secret: "s3cret"}); err != nil {
							t.Fatal(err)
						}
						check(t, contract.Rig{
							Connector: r.Participant, Participant: "here", People: r, Settle: r.settle,
							Status: [3]string(statuses[f][:3]), Refused: "Huge", Fine: "High",
							Events: r.hub, Deliveries: r.deliveries, Forge: forge,
						})
					})
				})
			})
		}
	}
}
