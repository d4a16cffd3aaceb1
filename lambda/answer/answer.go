// Package answer is the function answer, without AWS: it answers a webhook
// itself, once it is in the stream, and puts nothing into the stream that is
// not authentic. It is the alternative to a gateway that puts into the stream
// whatever comes: deploy/aws/answer.yaml.
//
// A site waits for it, so it starts with as little as it can: it has its own
// loop around the calls of Lambda, and its own client for its one call. Who is
// let in is a value of its environment, and no service is asked for it.
//
// What it answers is chosen by what a site does with it (docs/JIRA.md
// "Webhooks"): 5xx is delivered again, 4xx is not.
//
//	200  the stream has it
//	401  not authentic: a repetition would be no better. If the secret was just
//	     changed, the next sweep finds what this was about, sooner than a
//	     repetition would
//	404  no such site
//	503  the stream does not have it, or does not say so
package answer

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"example.com/accord/connector"
	"example.com/accord/connector/jira/hook"
)

// A Handler answers the webhooks of all sites.
type Handler struct {
	Sites map[string]Site // by name
	Put   Put
	Log   *slog.Logger
}

// Put puts data into a stream under a key that spreads it. No error: the stream
// has it, and keeps it.
type Put func(ctx context.Context, key string, data []byte) error

// A Site is who may deliver.
type Site struct {
	Key     connector.Secret   // the last part of its address; not set: nobody may
	Secrets []connector.Secret // any of them signs: two while one is changed; none: the key alone proves a delivery
}

// Sites reads who may deliver. Both are JSON: the key of each site,
//
//	{"acme": "…"}
//
// and the secrets that sign its webhooks, of those that have any,
//
//	{"acme": ["…"]}
func Sites(keys, secrets string) (map[string]Site, error) {
	var byName map[string]string
	var signs map[string][]string
	// The errors of JSON might show what they hold.
	if json.Unmarshal([]byte(keys), &byName) != nil || len(byName) == 0 {
		return nil, errors.New(`read the sites' path keys: want JSON such as {"acme":"…"}`)
	}
	if json.Unmarshal([]byte(secrets), &signs) != nil {
		return nil, errors.New(`read the sites' secrets: want JSON such as {"acme":["…"]}`)
	}
	out := map[string]Site{}
	for name, key := range byName {
		out[name] = Site{Key: connector.NewSecret(key)}
	}
	for name, texts := range signs {
		site, ok := out[name]
		if !ok || len(texts) == 0 || slices.Contains(texts, "") {
			return nil, fmt.Errorf("read the sites' secrets: %s has no key, or an empty secret", name)
		}
		for _, text := range texts {
			site.Secrets = append(site.Secrets, connector.NewSecret(text))
		}
		out[name] = site
	}
	return out, nil
}

// Handle answers one call of the gateway. An error is no webhook's: the call
// was not the gateway's.
func (h *Handler) Handle(ctx context.Context, call []byte) ([]byte, error) {
	var e event
	if err := json.Unmarshal(call, &e); err != nil {
		return nil, fmt.Errorf("read call: %w", err)
	}
	body := []byte(e.Body)
	if e.Base64 {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, fmt.Errorf("read body: %w", err)
		}
	}
	site, ok := h.Sites[e.Path.Site]
	if !ok {
		return reply(404), nil
	}
	if why := site.refuses(e, body); why != "" {
		h.Log.Warn("webhook refused", "site", e.Path.Site, "why", why)
		return reply(401), nil
	}
	data, err := record(e, body)
	if err != nil {
		return nil, err
	}
	if err := h.Put(ctx, e.Context.ID, data); err != nil {
		h.Log.Error("webhook not stored: it comes again", "site", e.Path.Site, "error", err)
		return reply(503), nil
	}
	return reply(200), nil
}

// refuses says why a delivery is not authentic, or nothing.
func (s Site) refuses(e event, body []byte) string {
	if !s.Key.Set() || subtle.ConstantTimeCompare([]byte(e.Path.Key), []byte(s.Key.Reveal())) != 1 {
		return "its key is not that of the address"
	}
	if len(s.Secrets) == 0 {
		return ""
	}
	for _, secret := range s.Secrets {
		if hook.Signed(secret, e.header("X-Hub-Signature"), body) {
			return ""
		}
	}
	return "its signature does not fit"
}

// reply is what the gateway answers with.
func reply(status int) []byte {
	switch status {
	case 200:
		return []byte(`{"statusCode":200,"headers":{"Content-Type":"application/json"},"body":"{\"heard\":true}"}`)
	case 503:
		return []byte(`{"statusCode":503,"headers":{"Content-Type":"application/json","Retry-After":"30"},"body":"{\"heard\":false}"}`)
	}
	return fmt.Appendf(nil, `{"statusCode":%d,"headers":{"Content-Type":"application/json"},"body":"{\"heard\":false}"}`, status)
}

// An event is what a REST API calls a function with ("Input format of a Lambda
// function for proxy integration"), as far as it is read.
type event struct {
	Path struct {
		Site string `json:"site"`
		Key  string `json:"key"`
	} `json:"pathParameters"`
	Query struct {
		Version string `json:"v"`
	} `json:"queryStringParameters"`
	Headers map[string]string `json:"headers"`
	Context struct {
		ID string `json:"requestId"`
		At int64  `json:"requestTimeEpoch"` // ms since 1970
	} `json:"requestContext"`
	Body   string `json:"body"`
	Base64 bool   `json:"isBase64Encoded"`
}

// header finds a header in whatever case it came.
func (e event) header(name string) string {
	if v, ok := e.Headers[name]; ok {
		return v
	}
	for k, v := range e.Headers {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}
