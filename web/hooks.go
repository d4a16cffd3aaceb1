// Package web is the HTTP face: webhooks in, and a page that shows the state.
package web

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
)

// MaxBody is how much of a delivery is read: sites send no more than 25 MB
// (docs/JIRA.md "Webhooks").
const MaxBody = 26 << 20

const (
	small   = 64 << 10         // a usual delivery; larger ones wait for one of large slots
	large   = 4                // so many are in memory at the same time
	atOnce  = 4096             // deliveries at the same time; beyond, the site is asked to come again
	patient = 10 * time.Second // how long a large one waits for its slot
)

// Hooks takes deliveries at POST /hooks/{site}/{key}.
type Hooks struct {
	Sites map[string]Site // by name
	Store durable.Store   // counts what was refused, as the state "refused/<site>"
	Now   func() time.Time
	Log   *slog.Logger
}

// A Site is who may deliver, and who hears it.
type Site struct {
	// Key is the last part of the address that was given to the site. It keeps
	// others away before a byte of the body is read.
	Key connector.Secret

	// Hear returns once what the delivery says is durable. Errors:
	// connector.ErrForged, connector.ErrUnreadable, durable.ErrFull.
	Hear func(context.Context, connector.Delivery) error
}

// Handler returns the handler of every address under /hooks/.
func (h Hooks) Handler() http.Handler {
	d := &door{Hooks: h, free: make(chan struct{}, atOnce), bulky: make(chan struct{}, large), refused: map[string]*counter{}}
	for name := range h.Sites {
		d.refused[name] = &counter{name: "refused/" + name, store: h.Store, now: h.Now, log: h.Log}
	}
	mux := http.NewServeMux()
	mux.Handle("POST /hooks/{site}/{key}", d)
	return mux
}

// A door lets deliveries in.
type door struct {
	Hooks
	free    chan struct{} // one for each delivery inside
	bulky   chan struct{} // one for each large one
	refused map[string]*counter
}

// A refusal is an answer that is no success, and the sentence that goes with it.
type refusal struct {
	status int
	why    string
}

func (r refusal) Error() string { return r.why }

// ServeHTTP answers 200 when the delivery is durable, and never before: any
// answer of 5xx makes the site deliver again (docs/JIRA.md "Webhooks").
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := d.take(w, r)
	if err == nil {
		fmt.Fprintln(w, "heard")
		return
	}
	answer, ok := errors.AsType[refusal](err)
	if !ok {
		answer = refusal{http.StatusInternalServerError, "not heard"}
	}
	if answer.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "30")
	}
	http.Error(w, answer.why, answer.status)
}

func (d *door) take(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("site")
	site, ok := d.Sites[name]
	if !ok {
		return refusal{http.StatusNotFound, "no site of this name sends webhooks here"}
	}
	if subtle.ConstantTimeCompare([]byte(r.PathValue("key")), []byte(site.Key.Reveal())) != 1 || !site.Key.Set() {
		d.refused[name].add()
		return refusal{http.StatusUnauthorized, "not authentic: the address is not the one that was registered"}
	}
	select {
	case d.free <- struct{}{}:
		defer func() { <-d.free }()
	default:
		return refusal{http.StatusServiceUnavailable, "too many deliveries at the same time"}
	}
	body, leave, err := d.body(w, r)
	if err != nil {
		return err
	}
	defer leave()
	err = site.Hear(r.Context(), connector.Delivery{Header: r.Header, Query: r.URL.Query(), Body: body, At: d.Now()})
	return d.answer(name, err)
}

// answer says what a site is told about err.
func (d *door) answer(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, connector.ErrForged):
		d.refused[name].add()
		return refusal{http.StatusUnauthorized, "not authentic: the signature does not fit the body"}
	case errors.Is(err, connector.ErrUnreadable):
		return refusal{http.StatusBadRequest, err.Error()}
	case errors.Is(err, durable.ErrFull):
		return refusal{http.StatusServiceUnavailable, "the queue is full"}
	case errors.Is(err, context.Canceled): // the site hung up; it will deliver again
		return refusal{http.StatusServiceUnavailable, "not stored"}
	}
	d.Log.Error("delivery not stored", "site", name, "error", err)
	return refusal{http.StatusServiceUnavailable, "not stored"}
}

// body reads the whole body. A large one waits until few others are in memory;
// leave lets the next one in.
func (d *door) body(w http.ResponseWriter, r *http.Request) (body []byte, leave func(), err error) {
	tooLarge := refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is over %d MB", MaxBody>>20)}
	if r.ContentLength > MaxBody {
		return nil, nil, tooLarge
	}
	leave = func() {}
	in := http.MaxBytesReader(w, r.Body, MaxBody)
	body, err = io.ReadAll(io.LimitReader(in, small))
	if err == nil && len(body) == small {
		ctx, cancel := context.WithTimeout(r.Context(), patient)
		defer cancel()
		select {
		case <-ctx.Done():
			return nil, nil, refusal{http.StatusServiceUnavailable, "too many large deliveries at the same time"}
		case d.bulky <- struct{}{}:
			leave = func() { <-d.bulky }
		}
		var rest []byte
		rest, err = io.ReadAll(in)
		body = append(body, rest...)
	}
	if err == nil {
		return body, leave, nil
	}
	leave()
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, nil, tooLarge
	}
	return nil, nil, refusal{http.StatusBadRequest, "the body broke off"}
}
