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
	Statuses map[int]int `json:"statuses"`
}

// An entry is one request.
type entry struct {
	At      time.Time `json:"at"`
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	Account string    `json:"account"` // e-mail address; empty: anonymous
	Status  int       `json:"status"`
}

// kept is how many entries the journal holds.
const kept = 2000

func (j *journal) note(c *call, status int) {
	if j.routes == nil {
		j.routes, j.writes = map[string]*tally{}, map[string]int{}
	}
	j.total++
	name := c.route.method + " " + c.route.name
	t := j.routes[name]
	if t == nil {
		t = &tally{Statuses: map[int]int{}}
		j.routes[name] = t
	}
	t.Count++
	t.Statuses[status]++
	e := entry{At: c.by.Now, Method: c.r.Method, Path: c.r.URL.RequestURI(), Status: status}
	if c.by.User != nil {
		e.Account = c.by.User.Email
		if c.writes() && status < 300 {
			j.writes[e.Account]++
		}
	}
	if len(j.last) >= kept {
		j.last = append(j.last[:0], j.last[kept/2:]...)
	}
	j.last = append(j.last, e)
}
