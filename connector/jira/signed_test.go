package jira_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/accord/connector/jira"
	"example.com/accord/issue"
)

// TestASiteThatTakesNoHistoryMetadata: such a site is written to all the same,
// and asked only once.
func TestASiteThatTakesNoHistoryMetadata(t *testing.T) {
	s := newSite(t)
	s.mux.HandleFunc("PUT /rest/api/3/issue/10", func(w http.ResponseWriter, r *http.Request) {
		if b, _ := io.ReadAll(r.Body); strings.Contains(string(b), "historyMetadata") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"errorMessages":["Unrecognized field \"historyMetadata\""],"errors":{}}`)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	p := s.participant(t, jira.Cloud)
	for range 2 {
		r, err := p.Write(t.Context(), edit(issue.Document{place("summary"): issue.Scalar("new")}))
		if got := r.Replies[place("summary")]; err != nil || got.State != issue.Done {
			t.Fatalf("reply %v, %v", got, err)
		}
	}
	if puts := s.asked("PUT "); len(puts) != 3 {
		t.Errorf("%d calls, want one refused and two that landed: %v", len(puts), puts)
	}
}
