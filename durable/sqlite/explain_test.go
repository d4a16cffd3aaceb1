package sqlite

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

func TestAFullDiskLosesNothingAcknowledged(t *testing.T) {
	db := testDB(t)
	limit := func(pages int) {
		t.Helper()
		if err := db.w.write(t.Context(), op{do: func(tx *tx) error {
			var now int
			return tx.row(fmt.Sprintf("PRAGMA max_page_count = %d", pages), nil, &now)
		}}); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // no more pages than there are
	sent := 0
	var err error
	for ; err == nil && sent < 10_000; sent++ {
		err = db.Send(t.Context(), durable.Message{Lane: durable.Live, Event: issue.Event{
			Ref: issue.Ref{Participant: "acme", ID: fmt.Sprint(sent)}, Delivery: strings.Repeat("x", 500),
		}})
	}
	if err == nil || !strings.Contains(err.Error(), "the disk is full; make room") {
		t.Fatalf("after %d sends: %v, want an error that says what to do", sent, err)
	}
	if d, err := db.Depth(t.Context()); err != nil || d.Live != sent-1 {
		t.Errorf("%d wait (%v), want the %d that were acknowledged", d.Live, err, sent-1)
	}
	limit(100_000)
	if err := db.Send(t.Context(), durable.Message{Lane: durable.Live, Event: issue.Event{Ref: issue.Ref{Participant: "acme", ID: "more"}}}); err != nil {
		t.Errorf("once there is room: %v", err)
	}
}

func TestAReadOnlyFileIsExplained(t *testing.T) {
	db := testDB(t)
	_, err := db.read.ExecContext(t.Context(), "DELETE FROM queue")
	if err := db.explain("send to", err); err == nil || !strings.Contains(err.Error(), "it is read-only; let this user write") || !strings.Contains(err.Error(), db.path) {
		t.Errorf("%v, want an error that says what to do with which file", err)
	}
}

func TestABusyFileIsExplained(t *testing.T) {
	one := testDB(t)
	two, err := Open(t.Context(), one.path, Options{Patience: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close()
	if err := one.w.write(t.Context(), op{do: func(*tx) error {
		err := two.Send(t.Context(), durable.Message{Lane: durable.Live})
		if err == nil || !strings.Contains(err.Error(), "another process has held it for 20ms; stop that one") {
			t.Errorf("%v, want an error that says what to do", err)
		}
		return nil
	}}); err != nil {
		t.Fatal(err)
	}
	if err := two.Send(t.Context(), durable.Message{Lane: durable.Live}); err != nil {
		t.Errorf("once it is free: %v", err)
	}
}
