package world

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// identified are the nodes that are given a localId when they come without:
// docs/JIRA.md "Rich text". Which nodes Jira does it for is unverified.
var identified = []string{"table", "taskList", "taskItem", "blockTaskItem", "decisionList", "decisionItem"}

// identify gives the nodes of an ADF document a localId that lack one. It is by
// the place of the node, so that the same document written again is the same.
func (w *World) identify(doc []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var root any
	if err := d.Decode(&root); err != nil {
		return nil, err
	}
	place, given := 0, 0
	name(root, func() string {
		given++
		return fmt.Sprintf("%08x-0000-4000-8000-%012x", w.First, place)
	}, &place)
	if given == 0 {
		return doc, nil
	}
	return json.Marshal(root)
}

// name walks through a node and counts where it is.
func name(v any, id func() string, place *int) {
	n, _ := v.(map[string]any)
	*place++
	if kind, _ := n["type"].(string); slices.Contains(identified, kind) {
		attrs, _ := n["attrs"].(map[string]any)
		if has, _ := attrs["localId"].(string); has == "" {
			if attrs == nil {
				attrs = map[string]any{}
				n["attrs"] = attrs
			}
			attrs["localId"] = id()
		}
	}
	content, _ := n["content"].([]any)
	for _, c := range content {
		name(c, id, place)
	}
}
