package sqlite_test

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/durable/sqlite"
	"example.com/accord/issue"
	"example.com/accord/text"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What an accord of schema 1 has written must be read by every later one. The
// golden file is written anew only as long as no version with it is out.
func TestAFileOfSchema1IsRead(t *testing.T) {
	const golden = "testdata/schema1.sql"
	link, record, state, message := stored()
	if *update {
		writeGolden(t, golden)
	}
	content, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	path := file(t)
	run(t, raw(t, path), string(content))
	db := open(t, path, sqlite.Options{})

	got, err := db.Link(t.Context(), link.Sides["beta"].Ref)
	if d := cmp.Diff(link, got, cmpopts.EquateEmpty()); d != "" || err != nil {
		t.Errorf("link (-written +read) %v:\n%s", err, d)
	}
	var records []durable.Record
	for r, err := range db.History(t.Context(), link.ID) {
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	if d := cmp.Diff([]durable.Record{record}, records, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("history (-written +read):\n%s", d)
	}
	st, err := db.State(t.Context(), state.Name)
	state.Revision, state.Changed = 1, st.Changed
	if d := cmp.Diff(state, st); d != "" || err != nil {
		t.Errorf("state (-written +read) %v:\n%s", err, d)
	}
	ms, err := db.Receive(t.Context(), 1, time.Minute)
	if err != nil || len(ms) != 1 {
		t.Fatalf("received %d (%v), want one", len(ms), err)
	}
	message.ID, message.Token, message.Tries = ms[0].ID, ms[0].Token, 1
	if d := cmp.Diff(message, ms[0]); d != "" {
		t.Errorf("message (-written +read):\n%s", d)
	}
}

// stored is what the golden file holds: something of each kind.
func stored() (issue.Link, durable.Record, durable.State, durable.Message) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 123_000_000, time.UTC)
	acme, beta := issue.Ref{Participant: "acme", ID: "10001"}, issue.Ref{Participant: "beta", ID: "20001"}
	summary, labels := issue.Place{Field: "summary"}, issue.Place{Field: "labels"}
	description, comment := issue.Place{Field: "description"}, issue.Place{Field: "comments", Row: issue.Ref{Participant: "beta", ID: "31"}}
	doc := issue.Document{
		summary: issue.Scalar("Printer on fire"), labels: issue.SetOf("hot", "now"),
		description: issue.Text{Doc: text.Of(strings.Repeat("smoke ", 100))},
		comment:     issue.Row{"body": issue.Text{Doc: text.Of("Run!")}, "author": issue.Scalar("Ann")},
	}
	claim := issue.Claim{By: "beta", Person: "Ben", At: noon, Uncertainty: time.Second, Heard: noon, Base: issue.Scalar("a"), Value: issue.Scalar("b"), Raw: issue.Scalar("B"), Lost: true}
	link := issue.Link{
		ID: acme, Agreed: doc, Rules: "digest", Revision: 1,
		Said: map[issue.Place]issue.Stamp{summary: {By: "acme", Person: "Ann", At: noon, Raw: issue.Scalar("Printer on fire")}},
		Held: map[issue.Place]issue.Held{labels: {Claims: []issue.Claim{claim}, Since: noon}},
		Sides: map[issue.Participant]issue.Side{
			"acme": {Ref: acme, Key: "SUP-1", Shown: doc, Base: doc, Heard: issue.Position{At: noon, IDs: []string{"7", "8"}}},
			"beta": {
				Ref: beta, Rows: map[issue.Place]issue.RowAt{comment: {ID: "31", Version: "2", Created: noon}},
				Sent: []issue.Sent{{
					Turn: "t1", First: noon, At: noon, Until: noon, Repeated: true, Create: true, Want: doc, Wrote: doc, From: issue.Document{comment: nil},
					Reply: map[issue.Place]issue.Reply{summary: {State: issue.Refused, Why: "too long"}},
				}},
				Tried: map[issue.Place]issue.Try{labels: {Value: issue.SetOf("hot"), Count: 2, First: noon, Next: noon, Why: "no such label"}},
			},
		},
	}
	record := durable.Record{
		At: noon, Turn: "t1", Event: issue.Event{Ref: acme, Cause: "webhook", Delivery: "d", At: noon, Rows: []issue.Touch{{ID: "31", By: "Ben", Updated: noon}}},
		Agreed: doc, Changes: []issue.Change{{On: beta, Link: acme, Turn: "t1", Patch: doc, From: issue.Document{comment: nil}, Start: noon}},
		Replies: map[issue.Participant]map[issue.Place]issue.Reply{"beta": {summary: {State: issue.Done}}},
		Claims:  map[issue.Place][]issue.Claim{labels: {claim}}, Overruled: map[issue.Place][]issue.Claim{labels: {claim}}, Note: "first",
	}
	state := durable.State{Name: "sweep/acme", Value: []byte(`{"at":"2026-03-01"}`)}
	return link, record, state, durable.Message{Event: record.Event, Lane: durable.Bulk, At: noon, Floor: noon.Add(time.Second), Why: "busy"}
}

func writeGolden(t *testing.T, golden string) {
	t.Helper()
	path := file(t)
	db := open(t, path, sqlite.Options{})
	link, record, state, message := stored()
	err := errors.Join(
		db.Commit(t.Context(), issue.Link{}, link, record), db.SetState(t.Context(), state), db.Send(t.Context(), message),
		os.MkdirAll("testdata", 0o755), os.WriteFile(golden, []byte(dump(t, raw(t, path))), 0o644))
	if err != nil {
		t.Fatal(err)
	}
}

// dump returns the statements that make the file anew.
func dump(t *testing.T, db *sql.DB) string {
	t.Helper()
	var out strings.Builder
	for _, pragma := range []string{"application_id", "user_version"} {
		fmt.Fprintf(&out, "PRAGMA %s = %s;\n", pragma, column(t, db, "PRAGMA "+pragma)[0])
	}
	for _, statement := range column(t, db, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL") {
		fmt.Fprintf(&out, "%s;\n", statement)
	}
	for _, table := range column(t, db, "SELECT name FROM sqlite_schema WHERE type = 'table'") {
		quoted := column(t, db, "SELECT 'quote(' || name || ')' FROM pragma_table_info('"+table+"')")
		for _, values := range column(t, db, "SELECT "+strings.Join(quoted, " || ', ' || ")+" FROM "+table) {
			fmt.Fprintf(&out, "INSERT INTO %s VALUES (%s);\n", table, values)
		}
	}
	return out.String()
}

func column(t *testing.T, db *sql.DB, query string) (values []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}
