package adf

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// canonical writes v in the one form that all equal nodes have: keys sorted,
// without the identifiers that the server makes and the layout it fills in.
func canonical(v any) string { return string(marshal(strip(v))) }

// strip drops from the attributes of nodes and marks what says nothing.
func strip(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = strip(v[i])
		}
		return out
	case node:
		out := make(node, len(v))
		for k, w := range v {
			if attrs, ok := w.(node); ok && k == "attrs" {
				w = stripAttrs(attrs)
			} else {
				w = strip(w)
			}
			out[k] = w
		}
		return out
	case json.Number:
		return json.Number(plainNumber(v))
	}
	return v
}

func stripAttrs(attrs node) any {
	attrs = maps.Clone(attrs)
	delete(attrs, "localId")
	if attrs["layout"] == "default" {
		delete(attrs, "layout")
	}
	return strip(attrs)
}

// canonicalMarks writes marks sorted, since their order says nothing.
func canonicalMarks(marks []any) string {
	texts := make([]string, len(marks))
	for i, m := range marks {
		texts[i] = canonical(m)
	}
	slices.Sort(texts)
	return "[" + strings.Join(slices.Compact(texts), ",") + "]"
}

// plainNumber writes a whole number without a fraction: 50.0 is 50.
func plainNumber(n json.Number) string {
	if f, err := n.Float64(); err == nil && f == float64(int64(f)) && f < 1<<53 && f > -1<<53 {
		return strconv.FormatInt(int64(f), 10)
	}
	return n.String()
}

// identified are the nodes and marks that must have a localId.
var identified = []string{"taskList", "taskItem", "blockTaskItem", "decisionList", "decisionItem", "syncBlock",
	"bodiedSyncBlock", "fragment"}

// identify gives every node under v that must have a localId one of its own.
func identify(v any, last *int) {
	switch v := v.(type) {
	case []any:
		for _, w := range v {
			identify(w, last)
		}
	case node:
		if name, ok := v["type"].(string); ok && slices.Contains(identified, name) {
			attrs, _ := v["attrs"].(node)
			if attrs == nil {
				attrs = node{}
				v["attrs"] = attrs
			}
			*last++
			attrs["localId"] = strconv.Itoa(*last)
		}
		for _, part := range []string{"content", "marks"} {
			identify(v[part], last)
		}
	}
}
