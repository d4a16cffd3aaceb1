package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
)

// recorded is what a file with recorded answers of Jira's REST API may hold: an
// issue, the answer to a search, or either as part of a recorded call.
type recorded struct {
	Key      string
	Fields   struct{ Summary *string }
	Issues   []json.RawMessage
	Response struct{ Body json.RawMessage }
}

// importFile loads the issues of one file: a bare issue into the Data Center,
// those that a search found into the Cloud. It returns how many.
func importFile(ctx context.Context, path string, cloud, center *site) (int, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("import: %w", err)
	}
	found, isSearch, err := issuesIn(raw)
	if err != nil {
		return 0, fmt.Errorf("import %s: %w", path, err)
	}
	to := center
	if isSearch {
		to = cloud
	}
	for _, i := range found {
		if err := to.call(ctx, "POST", "/_sim/import", i, nil); err != nil {
			return 0, fmt.Errorf("import %s: %w", path, err)
		}
	}
	return len(found), nil
}

// issuesIn returns the issues of a file, and whether they stand in the answer
// to a search.
func issuesIn(raw []byte) (found []json.RawMessage, isSearch bool, err error) {
	var r recorded
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, false, fmt.Errorf("it is no JSON object of Jira's: %w", err)
	}
	if len(r.Response.Body) > 0 {
		raw, r = r.Response.Body, recorded{}
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, false, fmt.Errorf("it records no answer with issues: %w", err)
		}
	}
	if len(r.Issues) == 0 {
		if !isIssue(raw) {
			return nil, false, fmt.Errorf("it holds neither an issue with a summary nor the answer to a search")
		}
		return []json.RawMessage{raw}, false, nil
	}
	for n, i := range r.Issues {
		if !isIssue(i) {
			return nil, false, fmt.Errorf("issue %d of the search has no key or no summary", n+1)
		}
	}
	return r.Issues, true, nil
}

func isIssue(raw []byte) bool {
	var r recorded
	return json.Unmarshal(raw, &r) == nil && r.Key != "" && r.Fields.Summary != nil
}
