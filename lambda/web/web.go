// Package web shows the pages behind API Gateway. It is the function web,
// without AWS: the gateway calls Handle with a request that it has let in, and
// passes the answer on.
package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// A Handler answers requests. Nothing asks here who sends them: the gateway has.
type Handler struct {
	Pages http.Handler
	Log   *slog.Logger
}

// Handle answers one request. A body is not passed on: nothing here takes one.
func (h *Handler) Handle(ctx context.Context, in events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	began := time.Now()
	w := &answer{header: http.Header{}}
	h.Pages.ServeHTTP(w, request(ctx, in))
	if w.status == 0 {
		w.status = http.StatusOK
	}
	who := in.RequestContext.Identity
	h.Log.Info("web", "method", in.HTTPMethod, "path", in.Path, "status", w.status, "who", who.UserArn, "from", who.SourceIP,
		"took", time.Since(began).Round(time.Millisecond).String())
	return events.APIGatewayProxyResponse{StatusCode: w.status, MultiValueHeaders: w.header, Body: w.body.String()}, nil
}

// request is in as a server would have read it. The path is without the stage.
func request(ctx context.Context, in events.APIGatewayProxyRequest) *http.Request {
	r := &http.Request{
		Method: in.HTTPMethod, URL: &url.URL{Path: in.Path, RawQuery: url.Values(in.MultiValueQueryStringParameters).Encode()},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody,
		Host: in.RequestContext.DomainName, RemoteAddr: in.RequestContext.Identity.SourceIP,
	}
	for name, values := range in.MultiValueHeaders {
		for _, v := range values {
			r.Header.Add(name, v)
		}
	}
	return r.WithContext(ctx)
}

// An answer collects what is written. The pages are text: the gateway takes it as it is.
type answer struct {
	header http.Header
	status int // 0: nothing is written yet
	body   bytes.Buffer
}

// Header implements [http.ResponseWriter].
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
}

// Write implements [http.ResponseWriter].
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}
