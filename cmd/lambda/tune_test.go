//go:build tune

package lambda_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"example.com/accord/app"
	"example.com/accord/app/aslambda"
	"example.com/accord/awssim"
	"example.com/accord/config/published"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/runtimeapi"
)

var only = flag.String("functions", "hear,turn,sweep,backfill,after,web,alert", "what is tuned")

// How far away everything is. A call waits as long, which costs as much as
// computing does.
const (
	toJira = 100 * time.Millisecond
	toAWS  = 5 * time.Millisecond
)

// Prices of Lambda on arm64, as deploy/aws/cost_test.go has them.
const (
	gbSecond = 13.3334 / 1e6
	perCall  = 0.20 / 1e6
)

const (
	processes = 2 // of each function and size; the first event of each is its cold one
	calls     = 4 // of each process
)

func sizes() []int { return []int{128, 192, 256, 512, 1024, 1769} }

// A usual is what a function is usually called with.
type usual struct {
	name, what string
	event      func(n int) any // the nth; each is another
	after      func()          // what its caller does then; nil: nothing
}

// far is a handler behind a wait.
func far(h http.Handler, d time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(d)
		h.ServeHTTP(w, r)
	})
}

// TestTune calls functions, as they are deployed, with their usual events under
// several MemorySizes, and prints what that would cost. The CPU is this
// machine's, in the share that Lambda gives; waiting for the two sites and for
// AWS is simulated. It fails if a function that is tuned fails, or needs more
// than half of the memory that the template gives it.
//
// Left out are upkeep and logs, which ask services that awssim is not, and run
// once an hour or less, and answer, which is not deployed by default.
func TestTune(t *testing.T) {
	l := newLab(t)
	for _, u := range l.usual() {
		if !slices.Contains(strings.Split(*only, ","), u.name) {
			continue
		}
		var rows []measured
		for _, size := range sizes() {
			rows = append(rows, l.measure(u, size))
		}
		show(u, rows)
		for _, r := range rows {
			if r.failed != nil {
				t.Errorf("%s with %d MB: %v", u.name, r.size, r.failed)
			}
		}
		if has := aslambda.Limits()[u.name].Memory; has > 0 {
			for _, r := range rows {
				if r.size == has && r.peak > has/2 {
					t.Errorf("%s has %d MB and needs %d", u.name, has, r.peak)
				}
			}
		}
	}
}

// measured is what became of a function under one MemorySize.
type measured struct {
	size       int
	cold, warm time.Duration // billed; medians
	peak       int           // MiB
	failed     error
}

// cost is that of 1,000 warm calls in USD.
func (m measured) cost() float64 {
	return 1000 * (m.warm.Seconds()*float64(m.size)/1024*gbSecond + perCall)
}

// choice is the fastest of those that cost at most a tenth more than the
// cheapest, and need at most half of their memory.
func choice(rows []measured) (best measured, ok bool) {
	fits := slices.DeleteFunc(slices.Clone(rows), func(m measured) bool { return m.failed != nil || m.peak > m.size/2 })
	if len(fits) == 0 {
		return measured{}, false
	}
	least := slices.MinFunc(fits, func(a, b measured) int { return int(1e9 * (a.cost() - b.cost())) }).cost()
	fits = slices.DeleteFunc(fits, func(m measured) bool { return m.cost() > 1.1*least })
	return slices.MinFunc(fits, func(a, b measured) int { return int(a.warm - b.warm) }), true
}

func show(u usual, rows []measured) {
	fmt.Printf("\n%s: %s\n", u.name, u.what)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "MemorySize\tcold\twarm\tpeak\tUSD per 1,000 warm calls\t")
	for _, m := range rows {
		if m.failed != nil {
			fmt.Fprintf(w, "%d MB\t%.60v\t\t\t\t\n", m.size, m.failed)
			continue
		}
		fmt.Fprintf(w, "%d MB\t%d ms\t%d ms\t%d MB\t%.5f\t\n", m.size, m.cold.Milliseconds(), m.warm.Milliseconds(), m.peak, m.cost())
	}
	w.Flush()
	if best, ok := choice(rows); ok {
		fmt.Printf("choice: %d MB\n", best.size)
	}
}

// A lab is a stack in a simulated account, with two sites, all of it far away.
type lab struct {
	*stack
	bootstraps map[string]string
	post       post
	issue      string            // one at the Cloud
	message    events.SQSMessage // that turn was last called with
}

func newLab(t *testing.T) *lab {
	s, c := newStack(t)
	for i, site := range c.Sites { // the functions see them from afar
		c.Sites[i].URL = away(t, site.URL, toJira)
	}
	sim, end := awssim.Start()
	t.Cleanup(end)
	if err := sim.Stack("accord"); err != nil {
		t.Fatal(err)
	}
	remote := away(t, sim.URL, toAWS)
	for name, text := range sim.Env() {
		if name == "AWS_ENDPOINT_URL" {
			text = remote
		}
		s.env = append(s.env, name+"="+text)
	}
	who := credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "example", "")
	mail := sqs.New(sqs.Options{Region: awssim.Region, BaseEndpoint: &sim.URL, Credentials: who})
	blobs := aws.NewBlobs(s3.New(s3.Options{Region: awssim.Region, BaseEndpoint: &sim.URL, Credentials: who, UsePathStyle: true}), awssim.Bucket("accord"))
	store := aws.NewStore(dynamodb.New(dynamodb.Options{Region: awssim.Region, BaseEndpoint: &sim.URL, Credentials: who}), "accord", blobs)
	live, bulk := sim.Queue("accord-live"), sim.Queue("accord-bulk")
	s.app = app.New(c, app.State{Store: store, Queue: aws.NewQueue(mail, store, live, bulk)}, app.Options{})
	if err := errors.Join(s.app.Connect(), s.app.LoadHooks(t.Context())); err != nil {
		t.Fatal(err)
	}
	digest, _, err := published.Store(t.Context(), blobs, c)
	if err == nil {
		err = published.Use(t.Context(), store, published.Current{Digest: digest})
	}
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{stack: s, bootstraps: map[string]string{}, post: post{mail, live}}
	slack := httptest.NewServer(far(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), toJira))
	t.Cleanup(slack.Close)
	for name, text := range map[string]string{"TOKEN": "example", "SECRET": "hush", "site-keys": l.siteKeys(), "SLACK": slack.URL} {
		sim.SetSecret("accord/"+name, text)
	}
	s.env = append(s.env, "ACCORD_TABLE=accord", "ACCORD_LIVE_QUEUE="+live, "ACCORD_BULK_QUEUE="+bulk, "ACCORD_BUCKET="+awssim.Bucket("accord"),
		"ACCORD_SECRETS=accord/", "ACCORD_SITE_KEYS=accord/site-keys", "ACCORD_SLACK=accord/SLACK",
		"ACCORD_METRICS=Accord/accord", "ACCORD_TOPIC=arn:aws:sns:"+awssim.Region+":"+awssim.Account+":accord-alarms")
	l.issue = l.ask("POST", "cloud", "/issue", map[string]any{"fields": map[string]any{
		"project": map[string]string{"key": "SUP"}, "issuetype": map[string]string{"name": "Task"}, "summary": "the usual one",
	}})["id"].(string)
	return l
}

// away is the address of what answers as target does, but later.
func away(t *testing.T, target string, d time.Duration) string {
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(far(httputil.NewSingleHostReverseProxy(u), d))
	t.Cleanup(srv.Close)
	return srv.URL
}

func (l *lab) usual() []usual {
	work := func(name string) func(int) any { return func(int) any { return map[string]string{"work": name} } }
	return []usual{
		{"hear", "five webhooks of five issues", l.webhooks, nil},
		{"turn", "an edit is carried to the other side", l.edit, l.settle},
		{"sweep", "nothing has changed", work("sweep"), nil},
		{"backfill", "a project of one issue", work("backfill"), nil},
		{"after", "a commit that holds nothing", func(int) any { return json.RawMessage(strings.Replace(head, `[{"S":"summary"}]`, `[]`, 1)) }, nil},
		{"web", "the status as JSON", func(int) any { return events.APIGatewayProxyRequest{HTTPMethod: "GET", Path: "/status.json"} }, nil},
		{"alert", "one alarm", func(int) any {
			return events.SNSEvent{Records: []events.SNSEventRecord{{SNS: events.SNSEntity{Subject: "ALARM", Message: `{"AlarmName":"accord-errors-turn","NewStateValue":"ALARM","NewStateReason":"1 > 0"}`}}}}
		}, nil},
	}
}

// webhooks are a batch of five.
func (l *lab) webhooks(n int) any {
	var batch events.KinesisEvent
	for i := range 5 {
		body := fmt.Appendf(nil, `{"webhookEvent":"jira:issue_updated","issue":{"id":"%d","key":"SUP-1"},"padding":%q}`, 20_000+5*n+i, strings.Repeat("x", 8<<10))
		batch.Records = append(batch.Records, record(l.t, fmt.Sprintf("%020d", 5*n+i), map[string]any{
			"site": "cloud", "key": l.app.Keys()["cloud"].Reveal(), "v": "1", "id": "r", "at": time.Now().UnixMilli(), "body": body, "signature": jirasim.Sign("hush", body),
		}))
	}
	return batch
}

// edit edits the issue, and is the message that tells of it.
func (l *lab) edit(n int) any {
	l.t.Helper()
	l.ask("PUT", "cloud", "/issue/"+l.issue, map[string]any{"fields": map[string]any{"summary": fmt.Sprintf("edit %d at %v", n, time.Now())}})
	m := durable.Message{Event: issue.Event{Ref: issue.Ref{Participant: "support", ID: l.issue}, Cause: "webhook"}, Lane: durable.Live}
	if err := l.app.Queue.Send(l.t.Context(), m); err != nil {
		l.t.Fatal(err)
	}
	msg, ok, err := l.post.Receive(l.t.Context())
	if err != nil || !ok {
		l.t.Fatalf("no message comes: %v", err)
	}
	l.message = msg
	return events.SQSEvent{Records: []events.SQSMessage{msg}}
}

// settle removes the message, as the mapping does.
func (l *lab) settle() {
	l.t.Helper()
	if err := l.post.Remove(l.t.Context(), l.message); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) measure(u usual, size int) measured {
	l.t.Helper()
	if l.bootstraps[u.name] == "" {
		l.bootstraps[u.name] = build(l.t, u.name, "lambda.norpc")
	}
	m := measured{size: size}
	var cold, warm []time.Duration
	for p := range processes {
		var said bytes.Buffer
		f := &runtimeapi.Function{Bootstrap: l.bootstraps[u.name], Env: l.env, Timeout: time.Minute, Memory: size, Output: &said}
		for c := range calls {
			in, err := json.Marshal(u.event(size*100 + p*10 + c))
			if err != nil {
				l.t.Fatal(err)
			}
			r, err := f.Invoke(l.t.Context(), in)
			if u.after != nil {
				u.after()
			}
			if err != nil {
				f.Close() // all is said
				l.t.Logf("%s with %d MB: %v\n%s", u.name, size, err, said.String())
				m.failed = err
				return m
			}
			m.peak = max(m.peak, r.Peak)
			if r.Cold {
				cold = append(cold, r.Billed())
			} else {
				warm = append(warm, r.Billed())
			}
		}
		f.Close()
	}
	m.cold, m.warm = median(cold), median(warm)
	return m
}

func median(ds []time.Duration) time.Duration {
	slices.Sort(ds)
	return ds[len(ds)/2]
}
