// Package metric writes numbers into the log of a function as CloudWatch reads
// them there, without a call and without a permission. Source: the CloudWatch
// guide, "Specification: Embedded metric format".
package metric

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// Namespace holds the metrics of all stacks. Each has the dimension Stack.
const Namespace = "Accord"

// A Log takes the metrics of one stack.
type Log struct {
	W     io.Writer
	Stack string // its name; empty: "local"
}

// Put writes one line with numbers of one moment: of the stack, and if by says
// so of a part of it too, such as {"Site": "acme"}.
func (l Log) Put(at time.Time, values map[string]float64, by map[string]string) error {
	type named struct{ Name string }
	type set struct {
		Namespace  string
		Dimensions [][]string
		Metrics    []named
	}
	all := set{Namespace: Namespace, Dimensions: [][]string{{"Stack"}}}
	line := map[string]any{"Stack": l.Stack}
	if l.Stack == "" {
		line["Stack"] = "local"
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all.Metrics = append(all.Metrics, named{name})
		line[name] = values[name]
	}
	if len(by) > 0 {
		all.Dimensions = append(all.Dimensions, append([]string{"Stack"}, slices.Sorted(maps.Keys(by))...))
	}
	for name, value := range by {
		line[name] = value
	}
	line["_aws"] = map[string]any{"Timestamp": at.UnixMilli(), "CloudWatchMetrics": []set{all}}
	b, err := json.Marshal(line)
	if err == nil {
		_, err = l.W.Write(append(b, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}
