package jira_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/text"
)

// TestStaysWithinLimits: many writers at one site that enforces its limits, on
// one issue and on many. None is ever told to wait.
func TestStaysWithinLimits(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		var views []issue.View
		for n := range 12 {
			views = append(views, r.see(r.Create(t, issue.Document{place("summary"): issue.Scalar(fmt.Sprint(n))})))
		}
		began := time.Now()
		var all sync.WaitGroup
		for n, v := range views {
			if n%2 == 0 {
				v = views[0]
			}
			for m := range 10 {
				all.Go(func() {
					c := change(v, "t", issue.Document{{Field: "comments", Row: issue.Ref{Participant: "b", ID: fmt.Sprint(n*100 + m)}}: issue.Row{"body": issue.Text{Doc: text.Of("hi")}}})
					c.Start = time.Now().Add(time.Hour)
					receipt, err := r.Write(t.Context(), c)
					if err != nil || receipt.Wait > 0 {
						t.Errorf("a write was told to wait %v: %v %v", receipt.Wait, receipt.Replies, err)
					}
				})
			}
		}
		all.Wait()
		if took := time.Since(began); took > 2*time.Minute {
			t.Errorf("120 comments took %v", took)
		}
		if rows := len(r.see(views[0].Ref.ID).Rows); rows != 60 {
			t.Errorf("%d of 60 comments stand on one issue", rows)
		}
	})
}
