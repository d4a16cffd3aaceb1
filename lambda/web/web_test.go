package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/durable"
	lambda "example.com/accord/lambda/web"
	"example.com/accord/memory"
	"example.com/accord/web"
)

// asked is a request as the gateway passes it on: of somebody who has signed it,
// for a host that is no loopback address, through proxies.
const asked = `{"resource":"/{proxy+}","path":%q,"httpMethod":%q,"headers":{"Host":"x.execute-api.eu.example"},
	"multiValueHeaders":{"Host":["x.execute-api.eu.example"],"X-Forwarded-For":["192.0.2.7, 198.51.100.9"],"accept":["a","b"]},
	"queryStringParameters":{"q":"2"},"multiValueQueryStringParameters":{"q":["1 &","2"]},
	"requestContext":{"domainName":"x.execute-api.eu.example","stage":"dev","identity":{"sourceIp":"192.0.2.7","userArn":"arn:aws:iam::1:user/ada"}},"body":null}`

func ask(t *testing.T, pages http.Handler, method, path string) (events.APIGatewayProxyResponse, string) {
	t.Helper()
	var in events.APIGatewayProxyRequest
	if err := json.Unmarshal(fmt.Appendf(nil, asked, path, method), &in); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	out, err := (&lambda.Handler{Pages: pages, Log: slog.New(slog.NewJSONHandler(&log, nil))}).Handle(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out, log.String()
}

func TestWhatIsPassedOn(t *testing.T) {
	var got *http.Request
	pages := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r })
	out, log := ask(t, pages, "GET", "/a b/c")
	if out.StatusCode != 200 || out.Body != "" {
		t.Errorf("a handler that writes nothing: %+v", out)
	}
	if got.Method != "GET" || got.URL.Path != "/a b/c" || fmt.Sprint(got.URL.Query()["q"]) != "[1 & 2]" || got.Host != "x.execute-api.eu.example" ||
		fmt.Sprint(got.Header["Accept"]) != "[a b]" || got.RemoteAddr != "192.0.2.7" || got.Context() != t.Context() {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(log, `"who":"arn:aws:iam::1:user/ada"`) || !strings.Contains(log, `"status":200`) {
		t.Errorf("who asked is not told: %s", log)
	}
}

func TestWhatIsAnswered(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Link", "one")
		w.Header().Add("Link", "two")
		w.WriteHeader(http.StatusEarlyHints) // comes before the answer, and is none
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusOK) // too late
		fmt.Fprint(w, "grün")
		fmt.Fprint(w, "!")
	})
	out, _ := ask(t, pages, "GET", "/")
	if out.StatusCode != http.StatusTeapot || out.Body != "grün!" || fmt.Sprint(out.MultiValueHeaders["Link"]) != "[one two]" || out.IsBase64Encoded {
		t.Errorf("%+v", out)
	}
}

// TestPages: the pages themselves, which a guard shows to one machine only, are
// shown to whoever was let in; nothing can be written.
func TestPages(t *testing.T) {
	source := web.Source{Version: "7", Store: memory.NewStore(), Queue: gauge{}, Now: time.Now, Syncs: []web.Sync{{Name: "support"}}}
	pages := web.Pages{Status: source.Status, Log: slog.New(slog.DiscardHandler)}.Unguarded()
	for _, c := range []struct {
		method, path string
		status       int
		kind, says   string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8", "support"},
		{"HEAD", "/", 200, "text/html; charset=utf-8", ""},
		{"GET", "/status.json", 200, "application/json", `"version":"7"`},
		{"POST", "/", 405, "text/plain; charset=utf-8", "Method Not Allowed"},
		{"GET", "/other", 404, "text/plain; charset=utf-8", "404"},
	} {
		out, _ := ask(t, pages, c.method, c.path)
		kind := http.Header(out.MultiValueHeaders).Get("Content-Type")
		if out.StatusCode != c.status || kind != c.kind || !strings.Contains(out.Body, c.says) {
			t.Errorf("%s %s: %d %s %q", c.method, c.path, out.StatusCode, kind, out.Body)
		}
	}
	pages = web.Health(func(context.Context) error { return errors.New("no table") }, slog.New(slog.DiscardHandler))
	if out, _ := ask(t, pages, "GET", "/healthz"); out.StatusCode != http.StatusServiceUnavailable || strings.Contains(out.Body, "table") {
		t.Errorf("not healthy: %d %s", out.StatusCode, out.Body)
	}
}

type gauge struct{}

func (gauge) Depth(context.Context) (durable.Depth, error) { return durable.Depth{Live: 3}, nil }
