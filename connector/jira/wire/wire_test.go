package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"example.com/accord/connector/jira/wire"
)

func TestReading(t *testing.T) {
	want := time.Date(2026, 1, 2, 1, 4, 5, 250e6, time.UTC)
	for src, c := range map[string]struct {
		reason string
		id     wire.ID
		word   wire.Word
		at     time.Time
	}{
		`"10"`:                           {"as most bodies write an id", "10", "10", time.UnixMilli(10)},
		`10`:                             {"as some do", "10", "10", time.UnixMilli(10)},
		`null`:                           {"nothing is empty", "", "", time.Time{}},
		`"2026-01-02T03:04:05.250+0200"`: {"as most bodies write a time", "2026-01-02T03:04:05.250+0200", "2026-01-02T03:04:05.250+0200", want},
		`"2026-01-02T01:04:05.25Z"`:      {"RFC 3339", "2026-01-02T01:04:05.25Z", "2026-01-02T01:04:05.25Z", want},
		`1767315845250`:                  {"epoch milliseconds", "1767315845250", "1767315845250", want},
		`"yesterday"`:                    {"no time, and no error: the rest of the body still counts", "yesterday", "yesterday", time.Time{}},
		`{"a":1}`:                        {"a word keeps what it is not", `{"a":1}`, `{"a":1}`, time.Time{}},
	} {
		var id wire.ID
		var word wire.Word
		var at wire.Stamp
		for _, v := range []any{&id, &word, &at} {
			if err := json.Unmarshal([]byte(src), v); err != nil {
				t.Errorf("%s into %T: %v", src, v, err)
			}
		}
		if id != c.id || word != c.word || !at.Equal(c.at) {
			t.Errorf("%s is %q, %q, %v: %s", src, id, word, at, c.reason)
		}
	}
}

func TestStampForgets(t *testing.T) {
	at := wire.Stamp{Time: time.Unix(1, 0)}
	if err := json.Unmarshal([]byte(`"never"`), &at); err != nil || !at.IsZero() {
		t.Errorf("what was there before is left as %v (%v)", at, err)
	}
}
