package jirasim

import (
	"fmt"
	"net/http"
	"strings"

	"example.com/accord/jirasim/world"
)

// errorBody is the usual shape of an error: docs/JIRA.md "Shapes".
type errorBody struct {
	Messages []string          `json:"errorMessages"`
	Errors   map[string]string `json:"errors"`
}

func refused(no *world.Refusal) reply {
	b := errorBody{Messages: no.Messages, Errors: no.Errors}
	if b.Messages == nil {
		b.Messages = []string{}
	}
	if b.Errors == nil {
		b.Errors = map[string]string{}
	}
	return reply{status: no.Status, body: b}
}

// messages is the shape of an error that names no field at all.
type messages struct {
	Messages []string `json:"errorMessages"`
}

// unread refuses a body that is not JSON.
type unread struct{}

func (*unread) Error() string {
	return "There was an error parsing JSON. Check that your request body is valid."
}

// A problem refuses what never reached an operation: paths, methods, types,
// parameters.
type problem struct {
	status int
	title  string
	detail string
}

func (p *problem) Error() string { return p.detail }

// stray is how a problem is told. Data Center's words are unverified.
func (s *Sim) stray(p *problem, r *http.Request) reply {
	if s.opt.Flavour == Cloud {
		return reply{status: p.status, header: http.Header{"Content-Type": {"application/problem+json;charset=UTF-8"}}, body: object{
			"type": "about:blank", "title": p.title, "status": p.status, "detail": p.detail, "instance": r.URL.Path}}
	}
	says := fmt.Sprintf("HTTP %d %s", p.status, p.title)
	if p.status == 404 {
		says = "null for uri: " + s.base(r) + r.URL.Path
	}
	return reply{status: p.status, body: object{"message": says, "status-code": p.status}}
}

// astray answers a path or a method that is not there.
func (s *Sim) astray(r *http.Request, allow []string) reply {
	if len(allow) > 0 {
		rep := s.stray(&problem{405, "Method Not Allowed", fmt.Sprintf("Method '%s' is not supported.", r.Method)}, r)
		rep.set("Allow", strings.Join(allow, ", "))
		return rep
	}
	return s.stray(&problem{404, "Not Found", fmt.Sprintf("No endpoint %s %s.", r.Method, r.URL.Path)}, r)
}

// stranger answers who must log in and did not: as recorded.
func stranger() reply {
	return reply{status: 401, body: map[string]any{"message": "Client must be authenticated to access this resource.", "status-code": 401},
		header: http.Header{"Www-Authenticate": {`OAuth realm="jira"`}}}
}

// needs refuses an anonymous caller with 401.
func (c *call) needs() *reply {
	if c.by.User != nil {
		return nil
	}
	r := stranger()
	return &r
}
