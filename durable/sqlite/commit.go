package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// A commit is what durable.Store.Commit is to write, ready for the writer.
type commit struct {
	id      issue.Ref
	from    int64          // the revision that must be stored
	parts   []durable.Part // that differ
	take    []issue.Ref    // refs that are to belong to the link
	drop    []issue.Ref    // refs that no longer do
	record  []byte
	held    bool
	refused bool
	open    bool
}

// Commit implements [durable.Store].
func (db *DB) Commit(ctx context.Context, before, after issue.Link, r durable.Record) error {
	c, err := prepare(before, after, r)
	if err == nil {
		err = db.w.write(ctx, op{size: c.size(), do: c.do})
	}
	return db.explain(fmt.Sprintf("commit %s to", after.ID), err)
}

func prepare(before, after issue.Link, r durable.Record) (*commit, error) {
	if before.Revision != 0 && before.ID != after.ID {
		return nil, fmt.Errorf("it was link %s before", before.ID)
	}
	c := &commit{id: after.ID, from: before.Revision, take: durable.Refs(after)}
	if before.Revision == 0 {
		before = issue.Link{}
	} else {
		c.drop = slices.DeleteFunc(durable.Refs(before), func(ref issue.Ref) bool { return slices.Contains(c.take, ref) })
	}
	c.held, c.refused, c.open = durable.Standing(after)
	var err error
	if c.parts, err = durable.Split(before, after); err != nil {
		return nil, err
	}
	c.record, err = json.Marshal(r)
	return c, err
}

func (c *commit) size() int {
	size := len(c.record)
	for _, p := range c.parts {
		size += len(p.Place) + len(p.Value)
	}
	return size
}

func (c *commit) do(t *tx) error {
	n, stored, err := c.find(t)
	if err != nil {
		return err
	}
	if stored != c.from {
		return fmt.Errorf("revision %d, stored is %d: %w", c.from, stored, durable.ErrStale)
	}
	if n, err = c.saveHead(t, n); err != nil {
		return err
	}
	if err := c.saveRefs(t, n); err != nil {
		return err
	}
	for _, p := range c.parts {
		if err := t.savePart(n, p); err != nil {
			return err
		}
	}
	record, err := fold(c.record, t.intern)
	if err != nil {
		return err
	}
	return t.exec("INSERT INTO history (link, body) VALUES (?, ?)", n, string(record))
}

// find returns the row and the revision of the link; both are 0 if it is new.
func (c *commit) find(t *tx) (n, revision int64, err error) {
	err = t.row("SELECT n, revision FROM link WHERE participant = ? AND width = ? AND id = ?",
		[]any{string(c.id.Participant), len(c.id.ID), c.id.ID}, &n, &revision)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return n, revision, err
}

func (c *commit) saveHead(t *tx, n int64) (int64, error) {
	if c.from > 0 {
		return n, t.exec("UPDATE link SET revision = ?, held = ?, refused = ?, open = ? WHERE n = ?", c.from+1, c.held, c.refused, c.open, n)
	}
	err := t.row("INSERT INTO link (participant, id, width, revision, held, refused, open) VALUES (?, ?, ?, 1, ?, ?, ?) RETURNING n",
		[]any{string(c.id.Participant), c.id.ID, len(c.id.ID), c.held, c.refused, c.open}, &n)
	return n, err
}

func (c *commit) saveRefs(t *tx, n int64) error {
	for _, ref := range c.drop {
		if err := t.exec("DELETE FROM ref WHERE participant = ? AND id = ?", string(ref.Participant), ref.ID); err != nil {
			return err
		}
	}
	for _, ref := range c.take {
		var owner int64
		// The update that changes nothing makes RETURNING tell the owner.
		err := t.row("INSERT INTO ref (participant, id, link) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET link = link RETURNING link",
			[]any{string(ref.Participant), ref.ID, n}, &owner)
		if err != nil {
			return err
		}
		if owner != n {
			return t.taken(ref, owner)
		}
	}
	return nil
}

func (t *tx) taken(ref issue.Ref, owner int64) error {
	var l issue.Ref
	if err := t.row("SELECT participant, id FROM link WHERE n = ?", []any{owner}, &l.Participant, &l.ID); err != nil {
		return err
	}
	return fmt.Errorf("%s is part of link %s: %w", ref, l, durable.ErrTaken)
}

func (t *tx) savePart(link int64, p durable.Part) error {
	if p.Value == nil {
		return t.exec("DELETE FROM part WHERE link = ? AND participant = ? AND kind = ? AND place = ?", link, string(p.Side), p.Kind, p.Place)
	}
	value, err := fold(p.Value, t.intern)
	if err != nil {
		return err
	}
	return t.exec("INSERT OR REPLACE INTO part (link, participant, kind, place, value) VALUES (?, ?, ?, ?, ?)",
		link, string(p.Side), p.Kind, p.Place, string(value))
}
