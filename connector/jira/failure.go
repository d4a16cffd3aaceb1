package jira

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/accord/connector"
)

// A failure is an answer of a site that is not a success.
type failure struct {
	site   string
	tried  string            // "PUT /rest/api/3/issue/10001"
	status int               // 0: no call was made
	said   []string          // Jira's sentences about the whole
	fields map[string]string // Jira's sentences by field id
	advice string            // what to do; may be empty
	wait   time.Duration     // over 0: the site asks to be left alone for so long
	denied bool              // our account is refused, whatever was asked
}

// Error says which site, what was tried, what it answered and what to do.
func (f *failure) Error() string {
	s := fmt.Sprintf("%s: %s: %d: %s", f.site, f.tried, f.status, f.sentence())
	if f.advice != "" {
		s += " (" + f.advice + ")"
	}
	return s
}

// Unwrap lets callers find a [connector.Busy] or [connector.ErrDenied].
func (f *failure) Unwrap() error {
	switch {
	case f.wait > 0:
		return &connector.Busy{For: f.wait, Why: fmt.Sprintf("%s: %d %s", f.site, f.status, f.sentence())}
	case f.denied:
		return connector.ErrDenied
	}
	return nil
}

// sentence returns Jira's own words on one line.
func (f *failure) sentence() string {
	all := slices.Clone(f.said)
	for _, id := range slices.Sorted(maps.Keys(f.fields)) {
		all = append(all, id+": "+f.fields[id])
	}
	if len(all) == 0 {
		return http.StatusText(f.status)
	}
	return strings.Join(all, " ")
}

// newFailure reads an answer's body, of whatever shape: docs/JIRA.md "Shapes".
func newFailure(site, tried string, status int, h http.Header, body []byte) *failure {
	f := &failure{site: site, tried: tried, status: status, fields: map[string]string{}}
	if !f.readJSON(body) {
		f.readPage(string(body))
	}
	if reason := h.Get("RateLimit-Reason"); reason != "" {
		f.said = append(f.said, reason)
	}
	login := h.Get("X-Seraph-LoginReason")
	switch {
	case strings.Contains(login, "AUTHENTICATION_DENIED"):
		f.denied = true
		f.advice = "too many failed log-ins: log in once in a browser to lift the lock, then check user and token"
	case status == http.StatusUnauthorized:
		f.denied = true
		f.advice = "check user and token of this site; a token ends after a year at most"
	case status == http.StatusForbidden && f.advice == "":
		f.advice = "give the account the permission this needs"
	}
	return f
}

// readJSON reads the JSON shapes and reports whether it was one. Errors by
// field come as strings or, seldom, as lists of them.
func (f *failure) readJSON(body []byte) bool {
	var o struct {
		Messages    []string                   `json:"errorMessages"`
		Errors      map[string]json.RawMessage `json:"errors"`
		Message     string                     `json:"message"`
		Detail      string                     `json:"detail"`
		Title       string                     `json:"title"`
		Error       string                     `json:"error"`
		Description string                     `json:"error_description"`
	}
	if json.Unmarshal(body, &o) != nil {
		return false
	}
	for _, s := range o.Messages {
		f.say(s)
	}
	for id, raw := range o.Errors {
		s := strings.Trim(string(raw), `"[]`)
		var one string
		var many []string
		if json.Unmarshal(raw, &one) == nil {
			s = one
		} else if json.Unmarshal(raw, &many) == nil {
			s = strings.Join(many, " ")
		}
		f.fields[id] = oneLine(s)
	}
	for _, s := range []string{o.Detail, o.Description, o.Message, o.Error, o.Title} {
		if len(f.said) == 0 && len(f.fields) == 0 && s != "No message available" {
			f.say(s)
		}
	}
	return true
}

// readPage reads a web page or plain text. A page means that something else
// than Jira's API answered: Tomcat's error page, a proxy, a log-in page.
func (f *failure) readPage(body string) {
	if !strings.Contains(body, "<") {
		f.say(body)
		return
	}
	if f.status != http.StatusTooManyRequests {
		f.advice = "a web page came instead of JSON: check the url; a log-in page or a proxy may stand before it"
	}
	for _, mark := range [][2]string{{"<b>message</b>", "</p>"}, {"<title>", "</title>"}} {
		if s, ok := between(body, mark[0], mark[1]); ok {
			f.say(s)
			return
		}
	}
	f.say(untagged(body))
}

// between returns what stands between two lower-case marks, in whatever case
// the page has them.
func between(page, from, to string) (string, bool) {
	low := strings.ToLower(page)
	if len(low) != len(page) {
		page = low // a letter that changes its length would shift what follows
	}
	i := strings.Index(low, from)
	if i < 0 {
		return "", false
	}
	i += len(from)
	j := strings.Index(low[i:], to)
	if j < 0 {
		return "", false
	}
	return page[i : i+j], true
}

func untagged(page string) string {
	var out strings.Builder
	for part := range strings.SplitSeq(page, "<") {
		if _, after, ok := strings.Cut(part, ">"); ok {
			part = after
		}
		out.WriteString(part + " ")
	}
	return out.String()
}

func (f *failure) say(s string) {
	if s = oneLine(s); s != "" {
		f.said = append(f.said, s)
	}
}

// oneLine joins the words of s by single spaces, at most 500 bytes of it.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 500 {
		s = strings.ToValidUTF8(s[:500], "") + "…"
	}
	return s
}
