package hook_test

import (
	"bytes"
	"errors"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.com/accord/connector"
	"example.com/accord/connector/jira/hook"
	"example.com/accord/issue"
)

// A reading says who read.
type reading string

func (r reading) Events(d connector.Delivery) ([]issue.Event, error) {
	if string(d.Body) == "unreadable" {
		return nil, connector.ErrUnreadable
	}
	return []issue.Event{{Ref: issue.Ref{Participant: issue.Participant(r), ID: "10"}}}, nil
}

// TestTwoVersionsSideBySide: a webhook that was registered by an older build
// delivers to the reader it was registered for, while a newer one is there.
func TestTwoVersionsSideBySide(t *testing.T) {
	var log bytes.Buffer
	v := hook.Versions{Readers: map[string]connector.Events{"1": reading("one"), "2": reading("two")}, Newest: "2", Log: slog.New(slog.NewTextHandler(&log, nil))}
	for query, want := range map[string]struct {
		reader  issue.Participant
		strange bool
	}{
		"v=1": {"one", false}, "v=2": {"two", false}, "v=3": {"two", true}, "": {"two", true}, "v=": {"two", true}, "v=1&v=2": {"one", false},
		"v=" + strings.Repeat("9", 1000): {"two", true},
	} {
		log.Reset()
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := v.Events(connector.Delivery{Query: q})
		if err != nil || len(got) != 1 || got[0].Ref.Participant != want.reader {
			t.Errorf("%.20q is read as %v, %v; want the reader %s", query, got, err, want.reader)
		}
		if (log.Len() > 0) != want.strange || log.Len() > 400 {
			t.Errorf("%.20q is logged as %q", query, log.String())
		}
		if _, err := v.Events(connector.Delivery{Query: q, Body: []byte("unreadable")}); !errors.Is(err, connector.ErrUnreadable) {
			t.Errorf("%.20q: what its reader cannot read is %v", query, err)
		}
	}
}

// TestTheNewestVersionHasAReader: no webhook is registered that nobody reads.
func TestTheNewestVersionHasAReader(t *testing.T) {
	readers := (&hook.Reader{}).Readers()
	if readers[hook.Newest] == nil {
		t.Errorf("%s has none; there are %v", hook.Newest, slices.Sorted(maps.Keys(readers)))
	}
	all := (&hook.Reader{Projects: []hook.Project{{"support", "SUP"}}}).All(nil)
	evs, err := all.Events(connector.Delivery{Query: url.Values{"v": {"77"}}, Body: []byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"10","key":"SUP-1"}}`)})
	if err != nil || len(evs) != 1 {
		t.Errorf("of a newer build: %v, %v", evs, err)
	}
}
