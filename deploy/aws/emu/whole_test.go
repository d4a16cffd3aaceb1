//go:build emu

package emu_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"text/template"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/accord/config"
	"example.com/accord/config/published"
	"example.com/accord/demo"
	"example.com/accord/demo/script"
	"example.com/accord/durable/aws"
	"example.com/accord/jirasim"
)

// A site is one simulated Jira of the demo, and who has an account there.
type site struct {
	*httptest.Server
	people []accountOf
}

type accountOf struct {
	ID, Name, Email, DisplayName, Token string
	Active                              bool
}

func syncAccount() jirasim.Account {
	return jirasim.Account{Email: "accord@example.com", Name: "Accord", Token: "accord-demo", Admin: true}
}

// startJira starts a site; written is called with each request that would write.
func startJira(t *testing.T, o jirasim.Options, written func(*http.Request)) *site {
	t.Helper()
	o.Accounts = []jirasim.Account{syncAccount()}
	o.Samples, o.Lag, o.Retry = 6, 200*time.Millisecond, 100*time.Millisecond
	sim := jirasim.New(o)
	j := &site{Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" || r.Method == "PUT" || r.Method == "DELETE" {
			written(r)
		}
		sim.ServeHTTP(w, r)
	}))}
	t.Cleanup(func() { j.Close(); sim.Close() })
	resp, err := http.Get(j.URL + "/_sim/accounts")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&j.people); err != nil {
		t.Fatal(err)
	}
	return j
}

// theDemo is the demo's own configuration between two sites, as a stack has it:
// its credentials are secrets.
func theDemo(t *testing.T, public string, cloud, center *site) (config.Config, []script.Account) {
	t.Helper()
	text, err := os.ReadFile("../../../demo/accord.yaml.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	type person struct{ Name, Cloud, DataCenter string }
	var people []person
	var accounts []script.Account
	for _, a := range cloud.people {
		for _, b := range center.people {
			if a.Email == b.Email && a.Active && a.Token != "" && a.Email != syncAccount().Email {
				people = append(people, person{a.DisplayName, a.ID, b.Name})
				accounts = append(accounts, script.Account{Email: a.Email, Token: a.Token})
			}
		}
	}
	var src bytes.Buffer
	err = template.Must(template.New("accord.yaml").Parse(string(text))).Execute(&src, map[string]any{
		"Listen": "127.0.0.1:1", "Cloud": cloud.URL, "DataCenter": center.URL, "People": people, "Every": "10m", "Times": "{turn_max: 2s, late: 4s}",
	})
	if err != nil {
		t.Fatal(err)
	}
	own := strings.NewReplacer("http://127.0.0.1:1", public, "{file: token}", "{env: TOKEN}", "{file: secret}", "{env: SECRET}").Replace(src.String())
	c, faults := config.Parse("accord.yaml", []byte(own))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return c, accounts
}

// TestWholePathOnMinistack deploys the template to ministack 1.5.33, and lets
// the demo's script edit on both sides and judge. Webhooks come through a front
// that renders the template's own mapping; all else is ministack's: it polls the
// stream and the queues into the functions, and runs the state machines. The
// functions are killed while they work.
//
// A tenth of the time limits is left, so that what a killed one held is free
// again within the test.
func TestWholePathOnMinistack(t *testing.T) {
	begun := time.Now()
	m := startMinistack(t)
	var killing atomic.Bool
	var killed, calls atomic.Int32
	strike := func(function string, every int32, within time.Duration) {
		if killing.Load() && calls.Add(1)%every == 0 {
			time.AfterFunc(rand.N(within), func() { killed.Add(int32(m.kill(function))) })
		}
	}
	written := func(r *http.Request) {
		name, token, _ := r.BasicAuth()
		if name == syncAccount().Email || token == syncAccount().Token || strings.HasSuffix(r.Header.Get("Authorization"), " "+syncAccount().Token) {
			strike("accord-turn", 8, 6*time.Millisecond)
		}
	}
	cloud := startJira(t, jirasim.Options{Flavour: jirasim.Cloud, Seed: 1, Unlimited: true}, written)
	center := startJira(t, jirasim.Options{Flavour: jirasim.DataCenter, Seed: 2}, written)
	c, accounts := theDemo(t, m.front("accord", pathKey, m.kinesis(func() { strike("accord-hear", 12, 20*time.Millisecond) }))+"/"+pathKey, cloud, center)
	store, queue := m.stand(c)

	t.Logf("deployed after %.1f s", time.Since(begun).Seconds())
	m.execute("accord-upkeep")
	m.execute("accord-backfill")
	t.Logf("first sync queued after %.1f s", time.Since(begun).Seconds())
	killing.Store(true)
	at := func(j *site, project, participant string) script.Site {
		return script.Site{URL: j.URL, Project: project, Participant: participant, Accounts: accounts, Sync: script.Account{Email: syncAccount().Email, Token: syncAccount().Token}}
	}
	res, err := script.Run(t.Context(), script.Options{
		Edits: 200, Seed: rand.Uint64N(1_000_000), Words: script.Sample(), Standing: demo.Standing(store, queue), Pace: 250 * time.Millisecond, Settle: 6 * time.Second, Within: 5 * time.Minute, Log: t.Output(),
		Sites: [2]script.Site{at(cloud, "SUP", "support"), at(center, "DEV", "development")},
	})
	killing.Store(false)
	cut := map[string]int{}
	for _, name := range []string{"turn", "hear"} {
		if cut[name] = m.log.count("Lambda accord-" + name + ": Runtime exited before"); cut[name] < 5 {
			t.Errorf("only %d calls of %s were cut off", cut[name], name)
		}
	}
	t.Logf("%d processes killed; calls cut off: %v; %+v", killed.Load(), cut, res)
	if err != nil {
		t.Fatal(err)
	}
	if res.Differing > 0 {
		t.Error(strings.Join(res.Findings, "\n"))
	}
	if dead, err := queue.Dead(t.Context(), 1); err != nil || len(dead) > 0 {
		t.Errorf("dead: %+v, %v", dead, err)
	}
}

// kinesis is ministack's, told of each record that is put.
func (m *ministack) kinesis(put func()) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		put()
		m.forward(w, r)
	}))
	m.t.Cleanup(srv.Close)
	return srv.URL
}

func (m *ministack) forward(w http.ResponseWriter, r *http.Request) {
	out := r.Clone(r.Context())
	out.RequestURI, out.URL.Scheme, out.URL.Host, out.Host = "", "http", strings.TrimPrefix(m.url, "http://"), ""
	resp, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	w.WriteHeader(resp.StatusCode)
	io.Copy(w, resp.Body) // a front that does not read it has gone
}

// stand deploys, with the secrets and the published configuration that the
// functions ask for, and returns the state that they share. Each edit may change
// the properties of the resources.
func (m *ministack) stand(c config.Config, edits ...func(kind, id string, props object)) (*aws.Store, *aws.Queue) {
	m.t.Helper()
	siteKeys := map[string]string{}
	for _, s := range c.Sites {
		siteKeys[s.Name] = "key-of-" + s.Name
	}
	keysText, err := json.Marshal(siteKeys)
	if err != nil {
		m.t.Fatal(err)
	}
	for name, text := range map[string]string{"TOKEN": syncAccount().Token, "SECRET": "the demo's own secret", "site-keys": string(keysText)} {
		m.call("secretsmanager", "secretsmanager.CreateSecret", map[string]string{"Name": "accord/" + name, "SecretString": text, "ClientRequestToken": "00000000-0000-4000-8000-000000000000"}, nil)
	}
	m.deploy(map[string]string{
		"Stage": "dev", "AlarmAddress": "ops@acme.example", "HookRanges": "127.0.0.1/32", "PathKey": pathKey, "StreamMode": "PROVISIONED", "BodyKiB": "2",
	}, func(kind, id string, props object) {
		for _, edit := range edits {
			edit(kind, id, props)
		}
		switch {
		case kind == "AWS::Lambda::Function" && id == "Turn":
			props["Timeout"] = 12
		case kind == "AWS::Lambda::EventSourceMapping" && props["ScalingConfig"] != nil:
			props["ScalingConfig"] = object{"MaximumConcurrency": 4} // a parameter is text, and ministack compares it with numbers
		case kind == "AWS::SQS::Queue" && props["VisibilityTimeout"] != nil:
			props["VisibilityTimeout"] = 14
		}
	})
	bucket := "accord-" + account + "-" + region
	blobs := aws.NewBlobs(m.files(), bucket)
	store := aws.NewStore(dynamodb.New(dynamodb.Options{Region: region, BaseEndpoint: &m.url, Credentials: keys()}), "accord", blobs)
	digest, _, err := published.Store(m.t.Context(), blobs, c)
	if err == nil {
		err = published.Use(m.t.Context(), store, published.Current{Digest: digest})
	}
	if err != nil {
		m.t.Fatal(err)
	}
	queue := func(lane string) string {
		return "https://sqs." + region + ".amazonaws.com/" + account + "/accord-" + lane
	}
	return store, aws.NewQueue(sqs.New(sqs.Options{Region: region, BaseEndpoint: &m.url, Credentials: keys()}), store, queue("live"), queue("bulk"))
}

var errExecution = errors.New("the execution did not succeed")

// execute runs a state machine to its end.
func (m *ministack) execute(name string) {
	m.t.Helper()
	var began struct{ ExecutionArn string }
	m.call("states", "AWSStepFunctions.StartExecution", map[string]string{"stateMachineArn": "arn:aws:states:" + region + ":" + account + ":stateMachine:" + name, "input": `{"from":"nobody"}`}, &began)
	ctx, cancel := context.WithTimeout(m.t.Context(), 2*time.Minute)
	defer cancel()
	for {
		var now struct{ Status, Error, Cause string }
		m.call("states", "AWSStepFunctions.DescribeExecution", map[string]string{"executionArn": began.ExecutionArn}, &now)
		switch {
		case now.Status == "SUCCEEDED":
			return
		case now.Status != "RUNNING" || ctx.Err() != nil:
			m.t.Fatalf("%s: %v: %+v", name, errExecution, now)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
