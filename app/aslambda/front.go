package aslambda

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/accord/lambda/source"
)

// What the API of the template does, and API Gateway itself ("Quotas for REST
// APIs").
const (
	gatewayBody = 10 << 20         // bytes of a body; of a larger one nothing is known but that it came
	recordBody  = 983_040          // characters of base64 that go into a record
	gatewayWait = 10 * time.Second // for the stream
)

// Front takes webhooks at POST /hooks/{site}/{key} and puts each into the
// stream, as the record that the template's mapping makes. Nobody has checked
// it then. It answers 200 once the record is on the disk, and 503 if it is not,
// after which a site delivers again.
func Front(s *source.Stream, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/{site}/{key}", func(w http.ResponseWriter, r *http.Request) {
		if !mapped(r.Header.Get("Content-Type")) {
			answer(w, http.StatusUnsupportedMediaType, `{"message":"Unsupported Media Type"}`)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, gatewayBody))
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			answer(w, http.StatusRequestEntityTooLarge, `{"message":"Request Too Long"}`)
			return
		}
		if err == nil {
			err = put(r, s, body)
		}
		if err != nil {
			log.Error("webhook not stored", "site", r.PathValue("site"), "error", err)
			w.Header().Set("Retry-After", "30")
			answer(w, http.StatusServiceUnavailable, `{"heard":false}`)
			return
		}
		answer(w, http.StatusOK, `{"heard":true}`)
	})
	return mux
}

// mapped reports whether the template has a mapping for a content type. One that
// is not said is JSON to the gateway.
func mapped(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && slices.Contains(
		[]string{"application/json", "application/octet-stream", "application/x-www-form-urlencoded", "text/plain"}, kind)
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintln(w, body)
}

func put(r *http.Request, s *source.Stream, body []byte) error {
	data, err := record(r, body, rand.Text(), time.Now())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), gatewayWait)
	defer cancel()
	return s.Put(ctx, data)
}

// A webhook is a record of the stream, as the mapping writes it: see
// durable/aws.Record, which is read from it.
type webhook struct {
	Site          string `json:"site"`
	Key           string `json:"key"`
	Version       string `json:"v"`
	ID            string `json:"id"`
	At            int64  `json:"at"` // ms since 1970
	Signature     string `json:"signature"`
	Authorization string `json:"authorization"`
	Webhook       struct {
		Identifier string `json:"identifier"`
		Retry      string `json:"retry"`
		Flow       string `json:"flow"`
	} `json:"webhook"`
	Body   []byte `json:"body"` // base64
	TooBig bool   `json:"too_big"`
}

// record is what the mapping makes of a delivery: apostrophes are lost, since
// it cannot write them, and a body that does not fit stays behind.
func record(r *http.Request, body []byte, id string, at time.Time) ([]byte, error) {
	plain := func(s string) string { return strings.ReplaceAll(s, "'", "") }
	head := func(name string) string { return plain(r.Header.Get(name)) }
	out := webhook{
		Site: plain(r.PathValue("site")), Key: plain(r.PathValue("key")), Version: plain(r.URL.Query().Get("v")), ID: id, At: at.UnixMilli(),
		Signature: head("X-Hub-Signature"), Authorization: head("Authorization"), Body: body,
	}
	out.Webhook.Identifier, out.Webhook.Retry, out.Webhook.Flow = head("X-Atlassian-Webhook-Identifier"), head("X-Atlassian-Webhook-Retry"), head("X-Atlassian-Webhook-Flow")
	if out.TooBig = (len(body)+2)/3*4 > recordBody; out.TooBig || body == nil {
		out.Body = []byte{}
	}
	return json.Marshal(out)
}
