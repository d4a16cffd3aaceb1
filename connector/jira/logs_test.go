package jira

import (
	"fmt"
	"strings"
	"testing"
)

// TestLogsAreBoundedByBytes: however long the texts that changelogs hold, what is
// remembered of them has an end, and what was remembered is what was read.
func TestLogsAreBoundedByBytes(t *testing.T) {
	var l logs
	entries := func(n int) (out []historyJSON) {
		for i := range n {
			text := word(strings.Repeat("x", 32_767))
			out = append(out, historyJSON{ID: id(fmt.Sprint(i)), Items: []item{{Field: "description", FromString: text, ToString: text}}})
		}
		return out
	}
	for i := range 1000 {
		name := fmt.Sprint(i % 300)
		l.learn(name, entries(1+i%20))
		if got := l.find(name); len(got) != 1+i%20 {
			t.Fatalf("%d entries are remembered of issue %s, want %d", len(got), name, 1+i%20)
		}
		held := 0
		for _, hs := range l.older {
			held += sizeOf(hs)
		}
		if held != l.size || held > logsMost {
			t.Fatalf("%d bytes are held, %d counted, at most %d may be", held, l.size, logsMost)
		}
	}
	if l.learn("long", entries(300)); len(l.find("long")) > 0 || l.size > logsMost {
		t.Errorf("an issue with more than all may be is remembered, with %d bytes", l.size)
	}
}
