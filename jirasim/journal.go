package jirasim

import "time"

// A journal counts what was asked of the site.
type journal struct {
	total  int
	routes map[string]*tally
	writes map[string]int // those that had an effect, by account
	last   []entry
}

// A tally counts one route.
type tally struct {
	Count    int         `json:"count"`
	Statuses map[int]int `json:"statuses"` // as answered; 0: no answer
}

// An entry is one request.
type entry struct {
	At      time.Time `json:"at"`
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	Account string    `json:"account"` // e-mail address; empty: anonymous
	Status  int       `json:"status"`  // as answered; 0: no answer
	Fault   string    `json:"fault,omitempty"`
}

// kept is how many entries the journal holds at least, once it had so many.
const kept = 10000

// nowhere is the route of requests that have none.
const nowhere = "(no such route)"

// note writes a request down. Wrote says that it had an effect.
func (j *journal) note(route string, e entry, wrote bool) {
	if j.routes == nil {
		j.routes, j.writes = map[string]*tally{}, map[string]int{}
	}
	j.total++
	t := j.routes[route]
	if t == nil {
		t = &tally{Statuses: map[int]int{}}
		j.routes[route] = t
	}
	t.Count++
	t.Statuses[e.Status]++
	if wrote && e.Account != "" {
		j.writes[e.Account]++
	}
	if len(j.last) >= 2*kept {
		j.last = append(j.last[:0], j.last[kept:]...)
	}
	j.last = append(j.last, e)
}

// note writes the request down: how it was answered, and what Jira would have
// answered.
func (c *call) note(answered, meant int, fault string) {
	e := entry{At: c.by.Now, Method: c.r.Method, Path: c.r.URL.RequestURI(), Status: answered, Fault: fault}
	if c.by.User != nil {
		e.Account = c.by.User.Email
	}
	c.s.log.note(c.route.method+" "+c.route.name, e, c.writes() && meant >= 200 && meant < 300)
}

// lost writes down a request that no route answered.
func (s *Sim) lost(method, path string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.note(method+" "+nowhere, entry{At: s.now(), Method: method, Path: path, Status: status}, false)
}
