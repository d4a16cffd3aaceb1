package jira

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/accord/connector"
)

// A call is one request to the site.
type call struct {
	method string
	path   string     // a template under the API's root, or from the host's if it begins with /rest/: "/issue/{}/comment"
	args   []string   // for each {}
	query  url.Values // may be nil
	body   any        // sent as JSON; nil: none
	issue  string     // id of the issue that it writes to; empty: it writes to none
	start  time.Time  // it is not begun later; zero: whenever
	open   bool       // a gate that is closed for our log-in does not stop it: it needs none, or proves it
}

func get(path string, args ...string) call {
	return call{method: http.MethodGet, path: path, args: args}
}

// endpoint names what the site counts a call by.
func (c call) endpoint() string { return c.method + " " + c.path }

func (c call) with(key, value string) call {
	q := url.Values{}
	maps.Copy(q, c.query)
	q.Set(key, value)
	c.query = q
	return c
}

// unsent says that a call was surely not carried out: no connection was opened
// for it, or it was not begun at all.
type unsent struct{ error }

func (u unsent) Unwrap() error { return u.error }

// do makes the call and decodes the answer into out, which may be nil. Errors:
// *failure, unsent, or whatever leaves it open if the call had an effect. A call
// whose token was refused was not carried out, and is made again with another.
func (c *Client) do(ctx context.Context, r call, out any) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err := c.made(ctx, r, out)
	c.heed(r, err)
	return err
}

// made makes the call, and once more with another token if an OAuth 2.0 app has one.
func (c *Client) made(ctx context.Context, r call, out any) error {
	from, err := c.origin(ctx)
	if err == nil {
		err = c.try(ctx, from, r, out)
	}
	if statusOf(err) != http.StatusUnauthorized || c.site.Bearer == nil || !c.site.Bearer.Refused(from.token) {
		return err
	}
	if from, err = c.origin(ctx); err != nil {
		return err
	}
	return c.try(ctx, from, r, out)
}

// An origin is where a call goes, and what it proves itself with.
type origin struct {
	url   string
	user  string // empty: the token is sent as Bearer
	token connector.Secret
}

func (c *Client) origin(ctx context.Context) (origin, error) {
	if c.site.Bearer == nil {
		return origin{c.site.URL, c.site.User, c.site.Token}, nil
	}
	api, token, err := c.site.Bearer.Bearer(ctx)
	if err != nil {
		return origin{}, unsent{err}
	}
	return origin{url: api, token: token}, nil
}

func (o origin) sign(req *http.Request) {
	if o.user != "" {
		req.SetBasicAuth(o.user, o.token.Reveal())
		return
	}
	req.Header.Set("Authorization", "Bearer "+o.token.Reveal())
}

// try makes the call once.
func (c *Client) try(ctx context.Context, from origin, r call, out any) error {
	req, tried, err := c.request(ctx, from, r)
	if err != nil {
		return unsent{err}
	}
	if err := c.admit(ctx, r, tried); err != nil {
		return unsent{err}
	}
	began := c.now()
	resp, err := c.http.Do(req)
	if err != nil {
		c.limits.unheard(c.dialect.tells)
		return c.broken(tried, err)
	}
	defer resp.Body.Close()
	ended := c.now()
	c.clock.hear(resp.Header, began, ended)
	c.limits.hear(c.dialect.tells, r.endpoint(), resp.Header)
	c.log.DebugContext(ctx, "jira call", "site", c.site.Name, "call", tried, "status", resp.StatusCode, "took", ended.Sub(began))
	return c.answer(resp, tried, out)
}

// admit waits for the limits and says why the call must not be begun.
func (c *Client) admit(ctx context.Context, r call, tried string) error {
	proves, err := c.enter(ctx, r)
	if err != nil {
		return err
	}
	if c.dialect.tells {
		err = c.limits.first(ctx)
	}
	if err == nil {
		err = c.limits.wait(ctx, c.allowances(r, c.limits.known())...)
	}
	if err != nil {
		return fmt.Errorf("%s: %s: wait for the rate limit: %w", c.site.Name, tried, err)
	}
	if busy := c.limits.known().Gate.closed(c.now()); busy != nil && !proves {
		return busy
	}
	if !r.start.IsZero() && c.now().After(r.start) {
		return fmt.Errorf("%s: %s: not begun, the turn's time is over", c.site.Name, tried)
	}
	return nil
}

func (c *Client) request(ctx context.Context, from origin, r call) (req *http.Request, tried string, err error) {
	path := r.path
	for _, a := range r.args {
		path = strings.Replace(path, "{}", url.PathEscape(a), 1)
	}
	if !strings.HasPrefix(path, "/rest/") {
		path = c.dialect.api + path
	}
	tried = r.method + " " + path
	var body io.Reader
	if r.body != nil {
		b, err := json.Marshal(r.body)
		if err != nil {
			return nil, tried, fmt.Errorf("%s: %s: encode body: %w", c.site.Name, tried, err)
		}
		body = bytes.NewReader(b)
	}
	address := from.url + path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	req, err = http.NewRequestWithContext(ctx, r.method, address, body)
	if err != nil {
		return nil, tried, fmt.Errorf("%s: %s: %w", c.site.Name, tried, err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "accord")
	// Data Center takes a body-less DELETE or a JSON POST from outside a browser only with this.
	req.Header.Set("X-Atlassian-Token", "no-check")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	from.sign(req)
	return req, tried, nil
}

// answer turns a response into out or an error.
func (c *Client) answer(resp *http.Response, tried string, out any) error {
	body := bufio.NewReader(resp.Body)
	success := resp.StatusCode/100 == 2
	if success && (resp.StatusCode == http.StatusNoContent || out == nil && !page(body)) {
		c.pause(resp.StatusCode, resp.Header, "")
		drain(body)
		return nil
	}
	if success && !page(body) {
		c.pause(resp.StatusCode, resp.Header, "")
		if err := json.NewDecoder(body).Decode(out); err != nil {
			return fmt.Errorf("%s: %s: %d: read answer: %w", c.site.Name, tried, resp.StatusCode, err)
		}
		drain(body)
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(body, 64<<10))
	if err != nil {
		return fmt.Errorf("%s: %s: %d: read answer: %w", c.site.Name, tried, resp.StatusCode, err)
	}
	f := newFailure(c.site.Name, tried, resp.StatusCode, resp.Header, b)
	if f.denied && c.site.Bearer != nil {
		f.advice = fmt.Sprintf("log in again with `accord login %s`, or allow the app the scope that this needs", c.site.Name)
	}
	if to := resp.Header.Get("Location"); resp.StatusCode/100 == 3 {
		f.advice = "it redirects to " + to + ": check the url; a log-in page may stand before it"
	}
	f.wait = c.pause(resp.StatusCode, resp.Header, fmt.Sprintf("%d %s", resp.StatusCode, f.sentence()))
	return f
}

// drain reads what is left of a body, so that its connection serves again.
func drain(body io.Reader) { _, _ = io.CopyN(io.Discard, body, 64<<10) }

// page reports whether the body is a web page. It consumes nothing.
func page(r *bufio.Reader) bool {
	b, _ := r.Peek(1)
	return len(b) == 1 && b[0] == '<'
}

// broken says what a call without an answer means: where no connection came
// about, nothing was done.
func (c *Client) broken(tried string, err error) error {
	advice := ""
	never := false
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "dial" || op.Op == "proxyconnect") {
		never, advice = true, " (the site cannot be reached: check its url and proxy, and whether it is up)"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		never, advice = true, " (its certificate is not trusted: name the authority in ca_file)"
	}
	// What net/http says again of method and address is in tried.
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	err = fmt.Errorf("%s: %s: %w%s", c.site.Name, tried, err, advice)
	if never {
		return unsent{err}
	}
	return err
}
