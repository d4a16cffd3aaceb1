package web

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"example.com/accord/durable"
)

// Refused is the state "refused/<site>": deliveries that were not authentic.
type Refused = durable.Tally

// A counter adds up refused deliveries of one site in the store. However many
// come, one of them at a time writes: a flood of forged deliveries costs the
// store no more than that.
type counter struct {
	name  string
	store durable.Store
	now   func() time.Time
	log   *slog.Logger

	mu      sync.Mutex
	pending int
	writing bool
}

// add counts one. It returns when all that were pending then are stored, or
// somebody else is at it.
func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending++
	if c.writing {
		return
	}
	c.writing = true
	for c.pending > 0 {
		n := c.pending
		c.pending = 0
		c.mu.Unlock()
		err := c.save(n)
		c.mu.Lock()
		if err != nil {
			c.pending += n
			c.log.Warn("refused delivery not counted yet", "state", c.name, "error", err)
			break
		}
	}
	c.writing = false
}

func (c *counter) save(n int) error {
	// What was refused is counted whether or not its sender waits for the answer.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return durable.Count(ctx, c.store, c.name, n, c.now())
}
