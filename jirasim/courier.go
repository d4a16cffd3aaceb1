package jirasim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A delivery is one event on its way to one webhook.
type delivery struct {
	url, secret string
	body        []byte
	id          string        // same across retries
	flow        string        // Primary or Secondary
	bearer      func() string // the token that proves a dynamic webhook, made for each try; nil: none
	delay       time.Duration
	gate        <-chan struct{} // it waits until the next one is through, or loses patience; nil: it does not
	through     func()          // lets go the one that waits for this; nil: none does
	retries     []time.Duration // how long to wait before each further try
}

// A courier delivers, many at a time and in no order.
type courier struct {
	ctx    context.Context
	client *http.Client
	slots  chan struct{}
	all    sync.WaitGroup

	mu    sync.Mutex
	shut  bool
	ahead time.Duration // how far the site's clock was set forward
	moved chan struct{} // closed when it is
	tally Deliveries
}

// Deliveries counts what became of the events that webhooks asked for.
type Deliveries struct {
	Waiting   int `json:"waiting"`   // under way, or waiting for another try
	Delivered int `json:"delivered"` // answered 2xx
	Retried   int `json:"retried"`   // further tries
	Failed    int `json:"failed"`    // given up
	Lost      int `json:"lost"`      // by a fault, never sent
	TooLarge  int `json:"tooLarge"`  // never sent
}

// atOnce is how many deliveries run side by side: docs/JIRA.md "Webhooks".
const atOnce = 20

func newCourier(ctx context.Context, client *http.Client) *courier {
	return &courier{ctx: ctx, client: client, slots: make(chan struct{}, atOnce), moved: make(chan struct{})}
}

func (c *courier) count() Deliveries {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tally
}

func (c *courier) add(f func(*Deliveries)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.tally)
}

// forward lets what waits wait less long.
func (c *courier) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
	close(c.moved)
	c.moved = make(chan struct{})
}

// pause waits on the site's clock, until it is opened early or ctx ends, which
// false says.
func (c *courier) pause(d time.Duration, early <-chan struct{}) bool {
	begun := time.Now()
	c.mu.Lock()
	from := c.ahead
	c.mu.Unlock()
	for {
		c.mu.Lock()
		left, moved := d-(c.ahead-from)-time.Since(begun), c.moved
		c.mu.Unlock()
		if left <= 0 {
			return c.ctx.Err() == nil
		}
		t := time.NewTimer(left)
		select {
		case <-t.C:
		case <-moved:
		case <-early:
			t.Stop()
			return true
		case <-c.ctx.Done():
			t.Stop()
			return false
		}
		t.Stop()
	}
}

// wait returns when nothing is under way any more; nothing is taken after it.
func (c *courier) wait() {
	c.mu.Lock()
	c.shut = true
	c.mu.Unlock()
	c.all.Wait()
}

func (c *courier) send(d delivery) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut {
		return
	}
	c.tally.Waiting++
	c.all.Go(func() { c.carry(d) })
}

// carry tries until it is answered, until Jira gives up, or until the site is
// closed.
func (c *courier) carry(d delivery) {
	defer c.add(func(t *Deliveries) { t.Waiting-- })
	if d.through == nil {
		d.through = func() {}
	}
	defer d.through()
	if !c.pause(d.delay, nil) || d.gate != nil && !c.pause(patience, d.gate) {
		return
	}
	for try := 0; ; try++ {
		status := c.try(d, try)
		d.through()
		if status >= 200 && status < 300 {
			c.add(func(t *Deliveries) { t.Delivered++ })
			return
		}
		if try >= len(d.retries) || !again(status) {
			c.add(func(t *Deliveries) { t.Failed++ })
			return
		}
		if !c.pause(d.retries[try], nil) {
			return
		}
		c.add(func(t *Deliveries) { t.Retried++ })
	}
}

// again reports whether Cloud tries once more after a status; 0 is no answer.
func again(status int) bool {
	switch status {
	case 0, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status >= 500
}

// try makes one request and returns its status, 0 for none.
func (c *courier) try(d delivery, n int) int {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-c.ctx.Done():
		return 0
	}
	req, err := http.NewRequestWithContext(c.ctx, "POST", d.url, bytes.NewReader(d.body))
	if err != nil {
		return http.StatusBadRequest
	}
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	req.Header.Set("User-Agent", "Atlassian HttpClient/jirasim")
	req.Header.Set("X-Atlassian-Webhook-Identifier", d.id)
	req.Header.Set("X-Atlassian-Webhook-Flow", d.flow)
	if n > 0 {
		req.Header.Set("X-Atlassian-Webhook-Retry", strconv.Itoa(n))
	}
	if d.secret != "" {
		req.Header.Set("X-Hub-Signature", Sign(d.secret, d.body))
	}
	if d.bearer != nil {
		req.Header.Set("Authorization", "Bearer "+d.bearer())
	}
	rep, err := c.client.Do(req)
	if err != nil {
		return 0
	}
	defer rep.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(rep.Body, 1<<20)) // so that the connection can be used again
	return rep.StatusCode
}

// Sign is X-Hub-Signature: HMAC-SHA256 over the raw body: docs/JIRA.md "Webhooks".
func Sign(secret string, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}
