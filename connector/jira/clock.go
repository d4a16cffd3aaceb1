package jira

import (
	"net/http"
	"sync"
	"time"

	"example.com/accord/issue"
)

// A clock compares a site's clock with ours by the Date of its answers.
type clock struct {
	mu   sync.Mutex
	last issue.Clock
}

// hear reads the Date of an answer to a call that we began and had answered at
// the times given. The header steps by seconds, so it is half a second late on
// average; when within the round trip it was written is not known.
func (c *clock) hear(h http.Header, began, ended time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	half := ended.Sub(began) / 2
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = issue.Clock{
		Offset:      began.Add(half).Sub(date.Add(500 * time.Millisecond)),
		Uncertainty: time.Second + half,
	}
}

func (c *clock) now() issue.Clock {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}
