package aws

import (
	"time"

	"example.com/accord/durable"
)

// A slot is what is kept of one issue in one lane: at most one event that waits,
// and at most one that is being handled. The messages in SQS only say that it
// is time to look at a slot.
type slot struct {
	Gen     int64            // of the newest message about it; each was sent before its slot was saved
	Waits   *durable.Message // nil: nothing waits
	Busy    *durable.Message // nil: nothing is being handled. Its Token is the holder's
	Until   time.Time        // the holder's time is out then
	Carrier string           // the SQS message that comes again if the holder does not finish
}

// A letter is the body of an SQS message. It holds the whole event, because its
// slot is saved only after it was sent.
type letter struct {
	Gen     int64           `json:"gen"`
	Message durable.Message `json:"message"`
}

// A verdict is what to do with a letter that has come.
type verdict int

const (
	drop  verdict = iota // nothing waits for it, or another letter will come
	taken                // the event is the receiver's now
	again                // it is not due: a letter has to come then
	hold                 // it carries what somebody is handling
	bury                 // its event was received too often and never finished
)

func (s slot) idle() bool { return s.Waits == nil && s.Busy == nil }

// wait lets m wait, joined with what waits already. It reports whether a letter
// has to be sent: not if all of m is known already.
func (s *slot) wait(m durable.Message) bool {
	if s.Waits == nil {
		s.Waits = &m
		return true
	}
	joined := s.Waits.Join(m)
	known := joined.At.Equal(s.Waits.At) && joined.Floor.Equal(s.Waits.Floor) && joined.Event.At.Equal(s.Waits.Event.At) &&
		len(joined.Event.Rows) == len(s.Waits.Event.Rows) && joined.Tries == s.Waits.Tries && joined.Why == s.Waits.Why
	s.Waits = &joined
	return !known
}

// hear takes up a letter whose slot its sender has not saved, or not yet. It
// reports whether the slot has changed.
func (s *slot) hear(l letter) bool {
	if l.Gen <= s.Gen {
		return false
	}
	s.Gen = l.Gen
	s.wait(l.Message)
	return true
}

// take lets who received the SQS message carrier, with a letter of generation
// gen, have what is due.
func (s *slot) take(gen int64, carrier, token string, now time.Time, hide time.Duration) verdict {
	switch {
	case s.held(token):
		return taken // by this very call, whose answer was lost
	case s.Busy != nil && s.Until.After(now) && s.Carrier == carrier:
		return hold
	case s.Busy != nil && s.Until.After(now):
		return drop // whoever finishes sends a letter about what waits beside
	case s.Busy != nil && s.Busy.Tries >= durable.MaxTries:
		return bury
	case s.Busy != nil && s.Waits != nil:
		s.Waits = new(s.Busy.Join(*s.Waits))
	case s.Busy != nil:
		s.Waits = s.Busy
	case s.Waits == nil:
		return drop
	case s.Waits.Due().After(now) && gen < s.Gen:
		return drop
	case s.Waits.Due().After(now):
		return again
	}
	m := *s.Waits
	m.Tries++
	m.Token = token
	s.Busy, s.Waits, s.Until, s.Carrier = &m, nil, now.Add(hide), carrier
	return taken
}

func (s *slot) held(token string) bool { return s.Busy != nil && s.Busy.Token == token }

// free ends the handling.
func (s *slot) free() durable.Message {
	m := *s.Busy
	m.Token = ""
	s.Busy, s.Until, s.Carrier = nil, time.Time{}, ""
	return m
}
