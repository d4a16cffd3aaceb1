// Package hook reads the webhooks of Jira. It reaches nothing of the client: a
// binary that only hears has no part of Jira in it but this.
package hook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// A Reader reads the webhooks of one site. It implements [connector.Events].
type Reader struct {
	Secret   connector.Secret // signs the body; not set: the path key alone proves a delivery
	App      connector.Secret // of the OAuth 2.0 app that registers the webhooks, whose deliveries carry a token instead; not set: no app does
	Projects []Project        // of all participants on the site
}

// A Project is one participant, as webhooks name it.
type Project struct {
	Participant issue.Participant
	Key         string // "SUP"
}

// Events implements [connector.Events]. A delivery that names a project is
// about its participants; one that names none is about the same issue at each
// participant of the site, which a look will find to be outside of all but one.
func (r *Reader) Events(d connector.Delivery) ([]issue.Event, error) {
	if !r.authentic(d) {
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
		for _, who := range r.participants(p.projects()) {
			out = append(out, issue.Event{
				Ref: issue.Ref{Participant: who, ID: id}, Cause: "webhook", At: d.At,
				Delivery: header(d.Header, "X-Atlassian-Webhook-Identifier"), Rows: p.touches(),
			})
		}
	}
	return out, nil
}

// participants are those of the projects named, all if none is.
func (r *Reader) participants(keys []string) (out []issue.Participant) {
	for _, p := range r.Projects {
		if len(keys) == 0 || slices.Contains(keys, p.Key) {
			out = append(out, p.Participant)
		}
	}
	return out
}

// authentic is whether the site has signed it, where a secret was agreed on.
func (r *Reader) authentic(d connector.Delivery) bool {
	if r.App.Set() {
		return Proven(r.App, header(d.Header, "Authorization"), d.At)
	}
	return !r.Secret.Set() || Signed(r.Secret, header(d.Header, "X-Hub-Signature"), d.Body)
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
