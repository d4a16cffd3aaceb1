package connector

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// A Delivery is a webhook call, read whole.
type Delivery struct {
	Header http.Header
	Query  url.Values
	Body   []byte    // at most 26 MB: docs/JIRA.md "Webhooks"
	At     time.Time // when it came, by our clock
}

// Errors that the callers tell apart. Any other error is worth a retry.
var (
	ErrForged     = errors.New("delivery is not authentic")    // answer 401, keep nothing but a count
	ErrUnreadable = errors.New("delivery cannot be read")      // answer 400; wrapped with the reason
	ErrDenied     = errors.New("the site refuses our account") // wrapped with the site, what was tried and what to do
	ErrDown       = errors.New("the site says that it is down for a while")
)

// Busy is the error of a tracker that is to be left alone for a while.
type Busy struct {
	For time.Duration
	Why string // such as "429 jira-burst-based"
	Ill error  // what people should know of: ErrDenied if it takes no log-in of ours, ErrDown; nil: it is well
}

// Error implements error.
func (b *Busy) Error() string { return fmt.Sprintf("busy for %v: %s", b.For, b.Why) }

// Unwrap returns Ill.
func (b *Busy) Unwrap() error { return b.Ill }
