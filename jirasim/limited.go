package jirasim

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"example.com/accord/jirasim/limits"
)

// limited counts a request against the limits of the site. The reply has the
// headers that go with every answer; over says that it is the answer.
func (c *call) limited() (rep reply, over bool) {
	s := c.s
	if !s.faults.Limits {
		return reply{}, false
	}
	if !c.v.cloud() {
		return c.limitedUser()
	}
	v := s.cloud.Endpoint(c.route.method, c.route.path, c.by.Now)
	if issue := c.vars["issue"]; !v.Refused && issue != "" && c.writes() {
		if i, no := c.w.Issue(c.by.User, issue); no == nil {
			if one := s.cloud.Write(i.ID, c.by.Now); one.Refused {
				v = one
			}
		}
	}
	rep.set("X-RateLimit-Limit", strconv.Itoa(v.Limit))
	rep.set("X-RateLimit-Remaining", strconv.Itoa(v.Remaining))
	rep.set("X-RateLimit-Reset", v.Reset.UTC().Format(time.RFC3339))
	if v.Near() {
		rep.set("X-RateLimit-NearLimit", "true")
	}
	if !v.Refused {
		return rep, false
	}
	rep.set("Retry-After", wait(v))
	rep.set("RateLimit-Reason", v.Reason)
	rep.status, rep.body = 429, errorBody{Messages: []string{"Rate limit exceeded."}, Errors: map[string]string{}}
	if strings.Contains(c.route.path, "/user/") {
		rep.body = map[string]any{"errorMessages": []string{"The request has been rate-limited. Please try again later."}, "errors": object{}, "status": 429}
	}
	return rep, true
}

// writes reports whether the request changes something.
func (c *call) writes() bool {
	return c.route.method != "GET" && !strings.Contains(c.route.path, "/search") && !strings.HasSuffix(c.route.path, "fetch") && !strings.HasSuffix(c.route.path, "/list")
}

func wait(v limits.Verdict) string { return strconv.Itoa(max(1, int(math.Ceil(v.Wait.Seconds())))) }

func (c *call) limitedUser() (rep reply, over bool) {
	name := ""
	if c.by.User != nil {
		name = c.by.User.ID
	}
	v := c.s.users.Take(name, c.by.Now)
	rep.set("X-RateLimit-Limit", strconv.Itoa(v.Limit))
	rep.set("X-RateLimit-Remaining", strconv.Itoa(v.Remaining))
	rep.set("X-RateLimit-FillRate", fmt.Sprint(c.s.users.Rate))
	rep.set("X-RateLimit-Interval-Seconds", "1")
	if !v.Refused {
		return rep, false
	}
	rep.set("Retry-After", wait(v))
	rep.set("Content-Type", "text/html;charset=utf-8")
	rep.status, rep.body = 429, tomcat
	return rep, true
}

// tomcat is the page with which Data Center refuses: docs/JIRA.md "Rate limits".
const tomcat = `<!doctype html><html lang="en"><head><title>HTTP Status 429 – Too Many Requests</title></head><body><h1>HTTP Status 429 – Too Many Requests</h1><hr class="line" /><p><b>Type</b> Status Report</p><p><b>Message</b> Rate limit exceeded.</p><p><b>Description</b> The user has sent too many requests in a given amount of time (&quot;rate limiting&quot;).</p><hr class="line" /><h3>Apache Tomcat/9.0.95</h3></body></html>`
