package jira

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// This file and payload.go read webhooks. They reach nothing of the client.

// events implements [connector.Events] for one site.
type events struct {
	secret   connector.Secret
	projects []Project
}

// NewEvents returns the reader of a site's webhooks. Projects are all
// participants on the site.
func NewEvents(site Site, projects ...Project) connector.Events {
	return &events{site.Secret, projects}
}

// Events implements [connector.Events]. A delivery that names a project is
// about its participants; one that names none is about the same issue at each
// participant of the site, which a look will find to be outside of all but one.
func (e *events) Events(d connector.Delivery) ([]issue.Event, error) {
	if !e.authentic(d) {
		return nil, fmt.Errorf("%w: its signature does not fit the secret", connector.ErrForged)
	}
	var p payload
	err := json.Unmarshal(d.Body, &p)
	if _, odd := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !(odd && p.Event != "") {
		return nil, fmt.Errorf("%w: the body is not the JSON of a webhook", connector.ErrUnreadable)
	}
	ids, err := p.issues()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", connector.ErrUnreadable, err)
	}
	var out []issue.Event
	for _, id := range ids {
		for _, who := range e.participants(p.projects()) {
			out = append(out, issue.Event{
				Ref: issue.Ref{Participant: who, ID: id}, Cause: "webhook", At: d.At,
				Delivery: header(d.Header, "X-Atlassian-Webhook-Identifier"), Rows: p.touches(),
			})
		}
	}
	return out, nil
}

// participants are those of the projects named, all if none is.
func (e *events) participants(keys []string) (out []issue.Participant) {
	for _, p := range e.projects {
		if len(keys) == 0 || slices.Contains(keys, p.Key) {
			out = append(out, p.Participant)
		}
	}
	return out
}

// authentic compares the signature over the raw body, in constant time, where
// a secret was agreed on: docs/JIRA.md "Webhooks".
func (e *events) authentic(d connector.Delivery) bool {
	if !e.secret.Set() {
		return true
	}
	method, sum, _ := strings.Cut(header(d.Header, "X-Hub-Signature"), "=")
	got, err := hex.DecodeString(sum)
	if err != nil || !strings.EqualFold(method, "sha256") {
		return false
	}
	mac := hmac.New(sha256.New, []byte(e.secret.Reveal()))
	mac.Write(d.Body)
	return hmac.Equal(got, mac.Sum(nil))
}

// header finds a header in whatever case it came.
func header(h http.Header, name string) string {
	if v := h.Get(name); v != "" {
		return v
	}
	for k, v := range h {
		if strings.EqualFold(k, name) && len(v) > 0 {
			return v[0]
		}
	}
	return ""
}
