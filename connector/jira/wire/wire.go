// Package wire has the small shapes that Jira's JSON writes in more than one
// way: docs/JIRA.md "Shapes". What cannot be read is empty, and stops nothing.
package wire

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// An ID is written as a string in most bodies and as a number in some.
type ID string

// UnmarshalJSON implements [json.Unmarshaler].
func (i *ID) UnmarshalJSON(b []byte) error {
	s := string(bytes.Trim(b, `"`))
	if s == "null" {
		s = ""
	}
	*i = ID(s)
	return nil
}

// A Word is a string, "" for null, and for anything else its JSON.
type Word string

// UnmarshalJSON implements [json.Unmarshaler].
func (w *Word) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) != nil {
		s = string(b)
	}
	*w = Word(s)
	return nil
}

// A Stamp is a time: 2026-01-02T03:04:05.000+0200 in most bodies, RFC 3339 or
// epoch milliseconds in some. What cannot be read is the zero time.
type Stamp struct{ time.Time }

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Stamp) UnmarshalJSON(b []byte) error {
	s := string(bytes.Trim(b, `"`))
	t.Time = time.Time{}
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		t.Time = time.UnixMilli(ms).UTC()
		return nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999-0700", time.RFC3339Nano} {
		if at, err := time.Parse(layout, s); err == nil {
			t.Time = at.UTC()
			return nil
		}
	}
	return nil
}
