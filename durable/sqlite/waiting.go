package sqlite

import (
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"example.com/accord/durable"
)

// An entry is a row of the table queue.
type entry struct {
	durable.Message
	event []byte // Event as JSON
}

// columns are what scan reads.
const columns = "n, lane, at, floor, tries, token, why, event"

func scan(row func(...any) error) (e entry, err error) {
	var n, at, floor, token int64
	if err := row(&n, &e.Lane, &at, &floor, &e.Tries, &token, &e.Why, &e.event); err != nil {
		return e, err
	}
	e.ID, e.Token = strconv.FormatInt(n, 10), strconv.FormatInt(token, 10)
	e.At, e.Floor = fromNanos(at), fromNanos(floor)
	return e, json.Unmarshal(e.event, &e.Event)
}

func (t *tx) entry(query string, args ...any) (entry, error) {
	return scan(func(into ...any) error { return t.row(query, args, into...) })
}

func (t *tx) entries(query string, args ...any) (es []entry, err error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(t.ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		es = append(es, e)
	}
	return es, rows.Err()
}

// send adds e to what waits, or joins it with the one that waits already.
func (t *tx) send(e entry) error {
	added, err := t.affect(`INSERT INTO queue (lane, state, due, participant, issue, heard, at, floor, tries, token, why, event)
		VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT DO NOTHING`,
		string(e.Lane), nanos(e.Due()), string(e.Event.Ref.Participant), e.Event.Ref.ID, nanos(e.Event.At),
		nanos(e.At), nanos(e.Floor), e.Tries, e.Why, string(e.event))
	if err != nil || added > 0 {
		t.waiting += int(added)
		return err
	}
	_, err = t.join(e)
	return err
}

// join joins e with what waits for the same issue in the same lane; it reports
// whether something does.
func (t *tx) join(e entry) (bool, error) {
	beside, err := t.beside(e)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	beside.Message = beside.Join(e.Message)
	return true, t.save(beside, waits, beside.Due())
}

const besideIt = " FROM queue WHERE state = 0 AND participant = ? AND issue = ? AND lane = ?"

// beside returns what waits for e's issue in its lane, or sql.ErrNoRows.
func (t *tx) beside(e entry) (entry, error) {
	return t.entry("SELECT "+columns+besideIt, string(e.Event.Ref.Participant), e.Event.Ref.ID, string(e.Lane))
}

// back lets a busy or dead message wait again.
func (t *tx) back(e entry) error {
	joined, err := t.join(e)
	if err != nil {
		return err
	}
	if joined {
		return t.drop(e)
	}
	t.waiting++
	e.Token = ""
	return t.save(e, waits, e.Due())
}

func (t *tx) bury(e entry) error {
	e.Token = ""
	return t.save(e, dead, time.Time{})
}

func (t *tx) drop(e entry) error { return t.exec("DELETE FROM queue WHERE n = ?", number(e.ID)) }

func (t *tx) save(e entry, state int, due time.Time) error {
	event, err := json.Marshal(e.Event)
	if err != nil {
		return err
	}
	return t.exec("UPDATE queue SET state = ?, due = ?, heard = ?, at = ?, floor = ?, tries = ?, token = ?, why = ?, event = ? WHERE n = ?",
		state, nanos(due), nanos(e.Event.At), nanos(e.At), nanos(e.Floor), e.Tries, number(e.Token), e.Why, string(event), number(e.ID))
}

// ready finds what may be received in a lane, the longest due first: what waits
// and has nothing beside it that is being handled, and what ran out.
const ready = ` FROM queue AS q WHERE lane = ? AND state < 2 AND (state = 1 OR NOT EXISTS (SELECT 1 FROM queue AS b
	WHERE b.state = 1 AND b.participant = q.participant AND b.issue = q.issue AND b.lane = q.lane))`

// receive takes up to max messages that are due now; if there is none, next
// says when one will be, and is zero if none will by itself.
func (t *tx) receive(max int, now time.Time, hide time.Duration) (got []durable.Message, next time.Time, err error) {
	for _, lane := range []durable.Lane{durable.Live, durable.Bulk} {
		es, err := t.entries("SELECT "+columns+ready+" AND due <= ? ORDER BY due, n LIMIT ?", string(lane), nanos(now), max-len(got))
		if err != nil {
			return nil, next, err
		}
		for _, e := range es {
			alive, err := t.take(&e, now.Add(hide))
			if err != nil {
				return nil, next, err
			}
			if alive {
				got = append(got, e.Message)
			}
		}
	}
	if len(got) > 0 {
		return got, next, nil
	}
	next, err = t.nextDue()
	return nil, next, err
}

// take receives e, and with it what waits beside it if it ran out. One that ran
// out too often dies: take reports false.
func (t *tx) take(e *entry, until time.Time) (alive bool, err error) {
	ranOut := e.Token != "0"
	if ranOut && e.Tries >= durable.MaxTries {
		e.Why = durable.RanOut
		return false, t.bury(*e)
	}
	if ranOut {
		beside, err := t.beside(*e)
		switch {
		case err == nil:
			e.Message = e.Join(beside.Message)
			t.waiting--
			err = t.drop(beside)
		case errors.Is(err, sql.ErrNoRows):
			err = nil
		}
		if err != nil {
			return false, err
		}
	} else {
		t.waiting--
	}
	e.Tries++
	e.Token = strconv.FormatInt(newToken(), 10)
	return true, t.save(*e, busy, until)
}

func (t *tx) nextDue() (next time.Time, err error) {
	for _, lane := range []durable.Lane{durable.Live, durable.Bulk} {
		var due int64
		err := t.row("SELECT due"+ready+" ORDER BY due LIMIT 1", []any{string(lane)}, &due)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		} else if err != nil {
			return next, err
		}
		if at := fromNanos(due); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next, nil
}
