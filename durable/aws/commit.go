package aws

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// errSwept is what becomes of a commit that takes too long.
var errSwept = fmt.Errorf("it was begun more than %v ago, and what it wrote may be removed already", grace)

// A commit is what [Store.Commit] is to write.
type commit struct {
	before, after issue.Link
	turn          string // names this attempt: no other writes the same
	begun         time.Time
	changed       []group // the places that differ
	record        []byte

	layers []string          // those the head names from now on; the last one is written to
	old    []string          // those it no longer names
	blobs  map[string]string // group → its blob, of the whole link
	unused []string          // blobs that nobody names from now on
	head   item
	staged bool     // the places are written before the transaction
	last   []string // keys the transaction puts
	gone   []string // keys the transaction removes
}

// Commit implements [durable.Store].
func (s *Store) Commit(ctx context.Context, before, after issue.Link, r durable.Record) error {
	if err := s.commit(ctx, before, after, r); err != nil {
		return fmt.Errorf("commit %s to table %s: %w", after.ID, s.table, err)
	}
	return nil
}

func (s *Store) commit(ctx context.Context, before, after issue.Link, r durable.Record) error {
	if before.Revision != 0 && before.ID != after.ID {
		return fmt.Errorf("it was link %s before", before.ID)
	}
	if before.Revision == 0 {
		before = issue.Link{}
	}
	c := &commit{before: before, after: after, turn: rand.Text(), begun: time.Now()}
	var err error
	if c.record, err = json.Marshal(r); err != nil {
		return err
	}
	if err := s.open(ctx, c); err != nil {
		return err
	}
	c.tell(r)
	steps, err := s.write(ctx, c)
	if err != nil {
		return err
	}
	if time.Since(c.begun) > grace {
		return errSwept
	}
	return s.transact(ctx, c.turn, steps)
}

// open reads the head, and finds what differs.
func (s *Store) open(ctx context.Context, c *commit) error {
	stored, err := s.item(ctx, linkKey(c.after.ID), headKey)
	if err != nil {
		return err
	}
	if rev := stored.number("rev"); rev != c.before.Revision {
		return fmt.Errorf("revision %d, stored is %d: %w", c.before.Revision, rev, durable.ErrStale)
	}
	c.layers, c.blobs = stored.list("layers"), map[string]string{}
	if b := stored.text("blobs"); b != "" {
		if err := json.Unmarshal([]byte(b), &c.blobs); err != nil {
			return fmt.Errorf("read its blobs: %w", err)
		}
	}
	var head []byte
	if c.changed, head, err = groups(c.before, c.after); err != nil {
		return err
	}
	c.head = newItem(linkKey(c.after.ID), headKey)
	c.head["rev"], c.head["v"], c.head["by"] = number(c.before.Revision+1), text(string(head)), text(c.turn)
	return nil
}

// layer is where c writes to.
func (c *commit) layer() string { return c.layers[len(c.layers)-1] }

// plan decides whether the places fit into the transaction, and else under
// which layer they are written before it.
func (c *commit) plan() error {
	size, items := len(c.record)+c.head.size(), len(c.changed)+12+4*len(c.after.Sides)+2*len(c.before.Sides)
	for _, g := range c.changed {
		size += min(len(g.value), 2*maxKey+maxValue) + 2*len(g.name) + 150
	}
	if size <= maxBytes && items <= maxItems {
		if len(c.layers) == 0 {
			c.layers = []string{"0"}
		}
		return nil
	}
	c.staged = true
	if len(c.layers) < maxLayers {
		c.layers = append(c.layers, c.turn)
		return nil
	}
	c.old, c.layers = c.layers, []string{c.turn}
	var err error
	c.changed, _, err = groups(issue.Link{}, c.after)
	for name, blob := range c.blobs {
		c.unused = append(c.unused, blob)
		delete(c.blobs, name)
	}
	return err
}

// write writes what goes before the transaction, and returns the transaction.
func (s *Store) write(ctx context.Context, c *commit) (steps []step, err error) {
	if err := c.plan(); err != nil {
		return nil, err
	}
	long := func(g group) bool { return len(g.value) > maxValue }
	before := c.staged || slices.ContainsFunc(c.changed, long) || len(c.record) > maxValue
	if before {
		if err := s.announce(ctx, c); err != nil {
			return nil, err
		}
		steps = append(steps, step{remove: c.announced(), where: "attribute_exists(pk)", refuse: func(item) error { return errSwept }})
	}
	places, err := s.places(ctx, c)
	if err != nil {
		return nil, err
	}
	if c.staged {
		if err := s.stage(ctx, places); err != nil {
			return nil, err
		}
	} else {
		steps = append(steps, c.direct(places)...)
	}
	history := newItem(historyKey(c.after.ID), revisionKey(c.before.Revision+1))
	if err := s.fill(ctx, c, history, c.record); err != nil {
		return nil, err
	}
	steps = append(steps, step{put: history})
	steps = append(append(steps, c.indexes()...), c.rubbish()...)
	return append([]step{c.saveHead()}, steps...), nil
}

// places returns the items of the places that differ, their blobs written.
func (s *Store) places(ctx context.Context, c *commit) (items []item, err error) {
	for _, g := range c.changed {
		i := newItem(linkKey(c.after.ID), placeKey(c.layer(), g.name))
		i["rev"] = number(c.before.Revision + 1)
		if old, had := c.blobs[g.name]; had {
			c.unused = append(c.unused, old)
			delete(c.blobs, g.name)
		}
		if g.value != nil {
			if err := s.fill(ctx, c, i, g.value); err != nil {
				return nil, err
			}
			if blob := i.text("blob"); blob != "" {
				c.blobs[g.name] = blob
			}
		}
		items = append(items, i)
	}
	return items, nil
}

// direct writes places within the transaction. In the only layer a place that
// is gone leaves nothing behind.
func (c *commit) direct(places []item) (steps []step) {
	for _, i := range places {
		_, v := i["v"]
		_, blob := i["blob"]
		if !v && !blob && len(c.layers) == 1 {
			steps = append(steps, step{remove: i.key()})
			c.gone = append(c.gone, i.text("sk"))
			continue
		}
		steps = append(steps, step{put: i})
		c.last = append(c.last, i.text("sk"))
	}
	return steps
}

// saveHead compares and swaps the head.
func (c *commit) saveHead() step {
	c.head.setList("layers", c.layers)
	c.head.setList("last", c.last)
	c.head.setList("gone", c.gone)
	if len(c.blobs) > 0 {
		b, err := json.Marshal(c.blobs)
		if err != nil {
			panic(err) // a map of texts is always JSON
		}
		c.head["blobs"] = text(string(b))
	}
	st := swap(c.before.Revision)
	st.put = c.head
	return st
}
