package sqlite

import (
	"strings"
	"testing"
)

// The queries that a busy file answers all the time look nothing up by walking
// a table: none of them slows down as the file grows.
func TestHotQueriesUseIndexes(t *testing.T) {
	db := testDB(t)
	for name, query := range map[string]string{
		"receive":  "SELECT " + columns + ready + " AND due <= 1 ORDER BY due, n LIMIT 1",
		"next due": "SELECT due" + ready + " ORDER BY due LIMIT 1",
		"beside":   "SELECT " + columns + besideIt,
		"dead":     "SELECT " + columns + " FROM queue WHERE state = 2 ORDER BY heard, n LIMIT 10",
		"links":    "SELECT n FROM link WHERE (participant, width, id) > (?, ?, ?) ORDER BY participant, width, id LIMIT 50",
		"held":     "SELECT n FROM link WHERE (participant, width, id) > (?, ?, ?) AND held ORDER BY participant, width, id LIMIT 50",
		"parts":    partsOf,
		"history":  historyOf,
	} {
		rows, err := db.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			indexed := strings.Contains(detail, " USING INDEX ") || strings.Contains(detail, " USING COVERING INDEX ")
			if strings.Contains(detail, "TEMP B-TREE") || strings.HasPrefix(detail, "SCAN") && !indexed {
				t.Errorf("%s: %s", name, detail)
			}
			t.Logf("%s: %s", name, detail)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
}
