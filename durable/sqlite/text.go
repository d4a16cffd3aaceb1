package sqlite

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// longText is from how many bytes on a text is stored once: below, its number
// and the row in text would take as much.
const longText = 256

// textHead is how a text begins in the JSON of a value, a link or a record. It
// cannot stand inside a JSON string, where a quote is escaped. Where a number
// follows instead of an array, the text is the one with that number.
const textHead = `{"text":`

// fold replaces the long texts in b, which is JSON, by what number gives them.
func fold(b []byte, number func(text []byte) (int64, error)) ([]byte, error) {
	var out []byte
	for {
		i := bytes.Index(b, []byte(textHead+"["))
		if i < 0 {
			return append(out, b...), nil
		}
		var text json.RawMessage
		if err := json.NewDecoder(bytes.NewReader(b[i:])).Decode(&text); err != nil {
			return nil, fmt.Errorf("read text: %w", err)
		}
		end := i + len(text)
		if len(text) < longText {
			out = append(out, b[:end]...)
		} else {
			n, err := number(text)
			if err != nil {
				return nil, err
			}
			out = fmt.Appendf(append(out, b[:i]...), "%s%d}", textHead, n)
		}
		b = b[end:]
	}
}

// unfold puts back what fold replaced.
func unfold(b []byte, text func(n int64) ([]byte, error)) ([]byte, error) {
	var out []byte
	for {
		i := bytes.Index(b, []byte(textHead))
		if i < 0 {
			return append(out, b...), nil
		}
		digits := b[i+len(textHead):]
		end := bytes.IndexByte(digits, '}')
		if end < 0 || digits[0] < '0' || digits[0] > '9' {
			out = append(out, b[:i+len(textHead)]...)
			b = digits
			continue
		}
		n, err := strconv.ParseInt(string(digits[:end]), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read number of text: %w", err)
		}
		body, err := text(n)
		if err != nil {
			return nil, err
		}
		out = append(append(out, b[:i]...), body...)
		b = digits[end+1:]
	}
}

// intern returns the number of a long text, and stores it if it is new.
func (t *tx) intern(text []byte) (n int64, err error) {
	hash := sha256.Sum256(text)
	err = t.row("SELECT n FROM text WHERE hash = ?", []any{hash[:]}, &n)
	if errors.Is(err, sql.ErrNoRows) {
		err = t.row("INSERT INTO text (hash, body) VALUES (?, ?) RETURNING n", []any{hash[:], string(text)}, &n)
	}
	return n, err
}
