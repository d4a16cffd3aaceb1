package jirasim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"example.com/accord/jirasim/consent"
	"example.com/accord/jirasim/ui"
	"example.com/accord/jirasim/world"
)

// largest is how many bytes a request may have.
const largest = 32 << 20

// slowest is how long a body may take to come.
const slowest = 30 * time.Second

// A call is one request being answered. The site is locked while it is.
type call struct {
	s     *Sim
	w     *world.World
	r     *http.Request
	route *route
	vars  map[string]string
	query url.Values
	body  []byte
	by    world.By
	v     view
	grant *consent.Grant // the consent under which an app calls; nil: no app does
}

// A reply is what is answered. A nil body is none; a string is sent as it is.
type reply struct {
	status int
	body   any
	header http.Header
}

type handler func(*call) (reply, error)

func ok(body any) (reply, error) { return reply{status: 200, body: body}, nil }

func none() (reply, error) { return reply{status: 204}, nil }

// ServeHTTP answers one request.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if ui.Serves(r) {
		s.page.ServeHTTP(w, r)
		return
	}
	body, err := whole(w, r)
	if err != nil {
		status := 400
		if errors.Is(err, os.ErrDeadlineExceeded) {
			status = 408
		}
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			status = 413
		}
		w.Header().Set("Connection", "close")
		s.turnAway(w, r, reply{status: status, body: errorBody{[]string{"The request could not be read."}, map[string]string{}}}) // the words are unverified
		return
	}
	path, strange := s.behind(r)
	if strange != nil {
		s.turnAway(w, r, *strange)
		return
	}
	rt, vars, allow := s.routes.find(r.Method, path)
	if rt == nil {
		s.turnAway(w, r, s.astray(r, allow))
		return
	}
	c := &call{s: s, r: r, route: rt, vars: vars, query: queryOf(r), body: body}
	if rt.control {
		write(w, c.control())
		return
	}
	ill := s.ill(c)
	if !s.pause(r, ill.latency) {
		c.unheard()
		return
	}
	rep := c.answer(ill)
	if ill.fault.Effect == "" {
		write(w, rep)
		return
	}
	if s.pause(r, time.Duration(ill.fault.Hang)) {
		s.fail(w, ill.fault, rep)
	}
}

// turnAway answers what no route did.
func (s *Sim) turnAway(w http.ResponseWriter, r *http.Request, rep reply) {
	s.lost(r.Method, r.URL.RequestURI(), rep.status)
	write(w, rep)
}

// whole reads a body that comes within its time: whoever sends a part of it and
// no more is not waited for.
func whole(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	at := http.NewResponseController(w)
	_ = at.SetReadDeadline(time.Now().Add(slowest)) // a recorder of a test has no connection
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largest))
	if err == nil {
		_ = at.SetReadDeadline(time.Time{}) // else the server would wait for the rest
	}
	return b, err
}

// queryOf is the query of a request. A ";" in it parts nothing, as in Jira.
func queryOf(r *http.Request) url.Values {
	q, _ := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B")) // what is no escape is left out, as Tomcat does
	return q
}

// unheard notes a request whose caller did not wait until it was looked at.
func (c *call) unheard() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.by.Now = c.s.now()
	c.note(0, 0, "hung up")
}

// begin looks at the site, which is locked from here on.
func (c *call) begin() {
	c.w, c.by = c.s.w, world.By{Now: c.s.now(), API: c.route.api}
	c.v = c.s.view(c.r, c.route.api)
}

// control does what a request to the simulator itself asks for.
func (c *call) control() reply {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.begin()
	rep := c.run()
	c.s.tell(c.v)
	return rep
}

// answer does the work, under the lock, and sends what it set off. Where the
// request is to fail it returns how.
func (c *call) answer(ill strike) reply {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.begin()
	fault := ill.fault.Effect
	for _, a := range ill.acts {
		if err := c.perform(a); err != nil {
			fault = strings.TrimSpace(fault + " could not do: " + err.Error())
		}
	}
	var rep reply
	if ill.fault.Effect == "before" {
		c.by.User, _ = c.caller() // for the journal
	} else {
		rep = c.reply()
	}
	meant := rep.status
	if ill.fault.Effect != "" {
		rep = c.failure(ill.fault)
	}
	c.note(rep.status, meant, fault)
	c.s.tell(c.v)
	return rep
}

// caller finds who calls, whichever way.
func (c *call) caller() (*world.User, *reply) {
	if isGateway(c.r.URL.EscapedPath()) {
		return c.entitled()
	}
	return c.login()
}

// reply is what Jira answers.
func (c *call) reply() reply {
	user, refused := c.caller()
	c.by.User, c.v.user, c.v.zone = user, user, world.Zone(user)
	rep := reply{}
	if refused != nil {
		rep = *refused
	} else if limit, over := c.limited(); over {
		rep = limit
	} else {
		rep = c.run()
		for k, vs := range limit.header {
			rep.set(k, vs[0])
		}
	}
	if user != nil && c.s.opt.Flavour == Cloud {
		rep.set("X-AAccountId", url.QueryEscape(user.ID))
	}
	return rep
}

func (c *call) run() reply {
	rep, err := c.route.do(c)
	if err == nil {
		return rep
	}
	if no, is := errors.AsType[*world.Refusal](err); is {
		return refused(no)
	}
	if p, is := errors.AsType[*problem](err); is {
		return c.s.stray(p, c.r)
	}
	if u, is := errors.AsType[*unfit](err); is {
		return u.reply()
	}
	if u, is := errors.AsType[*unread](err); is {
		return reply{status: 400, body: messages{[]string{u.Error()}}}
	}
	return reply{status: 500, body: errorBody{Messages: []string{"Internal server error"}}}
}

func (r *reply) set(key, value string) {
	if r.header == nil {
		r.header = http.Header{}
	}
	r.header.Set(key, value)
}

func write(w http.ResponseWriter, r reply) {
	h := w.Header()
	maps.Copy(h, r.header)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache, no-store, no-transform")
	}
	if s, is := r.body.(string); is {
		w.WriteHeader(r.status)
		_, _ = io.WriteString(w, s) // whoever hung up does not hear it
		return
	}
	if h.Get("Content-Type") == "" && (r.body != nil || r.status < 204) { // recorded: a 201 with nothing in it is JSON too
		h.Set("Content-Type", "application/json;charset=UTF-8")
	}
	var b []byte
	if r.body != nil {
		var err error
		if b, err = marshal(r.body); err != nil {
			r.status, b = 500, []byte(`{"errorMessages":["Internal server error"],"errors":{}}`)
		}
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(b)
}

// marshal writes JSON as Jira does: "&", "<" and ">" stand as they are.
func marshal(body any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// decode reads the body as JSON.
func (c *call) decode(to any) error {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return nil
	}
	if err := c.spoken(); err != nil {
		return err
	}
	if err := leniently(c.body, to); err != nil {
		return &unread{}
	}
	return nil
}

// spoken refuses a body that says it is something else than JSON; one that says
// nothing is taken, which is unverified.
func (c *call) spoken() error {
	says := c.r.Header.Get("Content-Type")
	if kind, _, _ := mime.ParseMediaType(says); says == "" || kind == "application/json" || strings.HasSuffix(kind, "+json") {
		return nil
	}
	return &problem{415, "Unsupported Media Type", "Content-Type '" + says + "' is not supported."}
}
