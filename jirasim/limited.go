package jirasim

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/accord/jirasim/limits"
)

// hourly is how many points an app has in an hour: docs/JIRA.md "Rate limits".
const hourly = 65000

// limitKinds are the kinds of 429 that a fault can answer with.
func limitKinds(f Flavour) []string {
	if f == DataCenter {
		return []string{"node"}
	}
	return []string{"burst", "issue", "quota-global", "quota-tenant", "user-search", "edge"}
}

// verdict is what a limit says that a fault pretends to have been reached.
func (f Fault) verdict(method string, now time.Time) limits.Verdict {
	v := limits.Verdict{Refused: true, Reason: limits.Burst, Limit: 100, Wait: time.Second}
	switch f.Limit {
	case "burst", "user-search":
		if method == "PUT" || method == "DELETE" {
			v.Limit = 50
		}
	case "issue":
		v.Reason, v.Limit, v.Wait = limits.OneIssue, 20, 2*time.Second
	case "quota-global":
		v.Reason, v.Limit, v.Wait = limits.Global, hourly, now.Truncate(time.Hour).Add(time.Hour).Sub(now)
	case "quota-tenant":
		v.Reason, v.Limit, v.Wait = limits.Tenant, hourly, now.Truncate(time.Hour).Add(time.Hour).Sub(now)
	case "node":
		v.Limit = nodeRate
	}
	if f.RetryAfter > 0 {
		v.Wait = time.Duration(f.RetryAfter) * time.Second
	}
	v.Reset = now.Add(v.Wait)
	return v
}

// over refuses with 429 as each kind of limit does; after is how long the edge
// says to wait, in seconds, and 0 that it does not say.
func over(kind string, v limits.Verdict, after int) reply {
	rep := reply{status: http.StatusTooManyRequests}
	if kind == "edge" { // which shapes its page has is unverified
		rep.set("Content-Type", "text/html")
		rep.body = "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n</body>\r\n</html>\r\n"
		if after > 0 {
			rep.set("Retry-After", strconv.Itoa(after))
		}
		return rep
	}
	rep.set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(v.Wait.Seconds())))))
	switch kind {
	case "node":
		rep.bucket(v)
		rep.set("Content-Type", "text/html;charset=utf-8")
		rep.body = tomcat
		return rep
	case "user-search":
		rep.body = map[string]any{"errorMessages": []string{"The request has been rate-limited. Please try again later."}, "errors": object{}, "status": 429}
	default:
		rep.body = errorBody{Messages: []string{"Rate limit exceeded."}, Errors: map[string]string{}}
	}
	rep.meter(v)
	rep.set("RateLimit-Reason", v.Reason)
	return rep
}

// meter says on Cloud how much of a limit is left.
func (r *reply) meter(v limits.Verdict) {
	r.set("X-RateLimit-Limit", strconv.Itoa(v.Limit))
	r.set("X-RateLimit-Remaining", strconv.Itoa(v.Remaining))
	r.set("X-RateLimit-Reset", v.Reset.UTC().Format(time.RFC3339))
	if v.Near() {
		r.set("X-RateLimit-NearLimit", "true")
	}
}

// nodeRate is how many requests a second Data Center lets an account make on
// average, and at once.
const nodeRate = 5

// bucket says on Data Center how much of a limit is left.
func (r *reply) bucket(v limits.Verdict) {
	r.set("X-RateLimit-Limit", strconv.Itoa(v.Limit))
	r.set("X-RateLimit-Remaining", strconv.Itoa(v.Remaining))
	r.set("X-RateLimit-FillRate", fmt.Sprint(nodeRate))
	r.set("X-RateLimit-Interval-Seconds", "1")
}

// limited counts a request against the limits of the site. The reply has the
// headers that go with every answer; over says that it is the answer.
func (c *call) limited() (rep reply, refused bool) {
	s := c.s
	if !s.faults.Limits {
		return reply{}, false
	}
	if !c.v.cloud() {
		name := ""
		if c.by.User != nil {
			name = c.by.User.ID
		}
		v := s.users.Take(name, c.by.Now)
		if v.Refused {
			return over("node", v, 0), true
		}
		rep.bucket(v)
		return rep, false
	}
	v, kind := s.cloud.Endpoint(c.route.method, c.route.path, c.by.Now), "burst"
	if strings.Contains(c.route.path, "/user/") {
		kind = "user-search"
	}
	for _, more := range []limits.Verdict{c.ofIssue(v), c.ofApp(v)} {
		if !v.Refused && more.Refused {
			v, kind = more, "issue"
		}
	}
	if v.Refused {
		return over(kind, v, 0), true
	}
	rep.meter(v)
	return rep, false
}

// ofIssue counts a write against what one issue takes, unless it is refused
// already.
func (c *call) ofIssue(so limits.Verdict) limits.Verdict {
	if issue := c.vars["issue"]; !so.Refused && issue != "" && c.writes() {
		if i, no := c.w.Issue(c.by.User, issue); no == nil {
			return c.s.cloud.Write(i.ID, c.by.Now)
		}
	}
	return limits.Verdict{}
}

// ofApp counts a request against what an app may ask in an hour: a point, one
// more for a write, and two for whoever asks after people and permissions. Of
// the two tiers it is that which an app shares over all its sites.
func (c *call) ofApp(so limits.Verdict) limits.Verdict {
	if so.Refused || c.grant == nil || c.s.faults.Quota == 0 {
		return limits.Verdict{}
	}
	points := 1
	for _, part := range []string{"/user", "/group", "/myself", "/permission", "/mypermissions", "/role"} {
		if strings.Contains(c.route.path, part) {
			points = 2
		}
	}
	if c.writes() {
		points++
	}
	return c.s.cloud.Points(c.grant.App, points, c.s.faults.Quota, c.by.Now)
}

// writes reports whether the request changes something.
func (c *call) writes() bool {
	return c.route.method != "GET" && !strings.Contains(c.route.path, "/search") && !strings.HasSuffix(c.route.path, "fetch") && !strings.HasSuffix(c.route.path, "/list")
}

// tomcat is the page with which Data Center refuses: docs/JIRA.md "Rate limits".
const tomcat = `<!doctype html><html lang="en"><head><title>HTTP Status 429 – Too Many Requests</title></head><body><h1>HTTP Status 429 – Too Many Requests</h1><hr class="line" /><p><b>Type</b> Status Report</p><p><b>Message</b> Rate limit exceeded.</p><p><b>Description</b> The user has sent too many requests in a given amount of time (&quot;rate limiting&quot;).</p><hr class="line" /><h3>Apache Tomcat/9.0.95</h3></body></html>`
