package adf

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Valid says why b is not an ADF document that Jira takes, or returns nil:
// which types of node and mark there are, where each may stand, what it must
// say. Jira itself says only "INVALID_INPUT": docs/JIRA.md "Rich text".
func Valid(b []byte) error {
	v, err := parse(b)
	if err != nil {
		return fmt.Errorf("read adf: %w", err)
	}
	n, _ := v.(node)
	version, _ := n["version"].(json.Number)
	if n["type"] != "doc" || plainNumber(version) != "1" {
		return errors.New("doc: want a node of type doc and version 1")
	}
	if err := validParts(n, "doc", nodeRules["doc"], "version"); err != nil {
		return fmt.Errorf("doc%w", err)
	}
	return nil
}

// mayStand reports whether a node may stand in one of type place, or is of a
// type that is not known here.
func mayStand(place string, n node) bool {
	name, _ := n["type"].(string)
	if _, known := nodeRules[name]; !known {
		return name != ""
	}
	return mayHold(nodeRules[place].holds, name, nil)
}

// validNode checks a node that stands where one of holds may.
func validNode(v any, holds string) error {
	n, _ := v.(node)
	name, _ := n["type"].(string)
	r, known := nodeRules[name]
	if !known {
		return fmt.Errorf(": no such type of node: %q", name)
	}
	if !mayHold(holds, name, nil) {
		return fmt.Errorf(": %s may not stand here", name)
	}
	var keys string
	if slices.Contains(strings.Fields(markable), name) {
		keys = "marks"
	}
	if name == "text" {
		keys += " text"
		if s, _ := n["text"].(string); s == "" {
			return errors.New("/text: want text that is not empty")
		}
	}
	if err := validMarks(n, name, holds); err != nil {
		return fmt.Errorf("/%s%w", name, err)
	}
	if err := validParts(n, name, r, keys); err != nil {
		return fmt.Errorf("/%s%w", name, err)
	}
	return nil
}

// mayHold reports whether a node may stand where one of holds may, with marks.
func mayHold(holds, name string, marks []string) bool {
	for alt := range strings.FieldsSeq(holds) {
		kind, allowed, _ := strings.Cut(alt, "+")
		may := strings.Split(allowed, "+")
		if kind == name && !slices.ContainsFunc(marks, func(m string) bool { return !slices.Contains(may, m) }) {
			return true
		}
	}
	return false
}

// validMarks checks the marks of a node, and that it may have them here.
func validMarks(n node, name, holds string) error {
	list, err := listOf(n, "marks")
	if err != nil {
		return err
	}
	var types []string
	for _, v := range list {
		m, _ := v.(node)
		kind, _ := m["type"].(string)
		r, known := markRules[kind]
		if !known {
			return fmt.Errorf(": no such mark: %q", kind)
		}
		if err := validParts(m, "", r, ""); err != nil {
			return fmt.Errorf("/%s%w", kind, err)
		}
		types = append(types, kind)
	}
	if !mayHold(holds, name, types) {
		return fmt.Errorf(": may not have the marks %v here", types)
	}
	return nil
}

// validParts checks keys, attributes and content of a node or of a mark, whose
// name is "". More keys are those that a node may have beside.
func validParts(n node, name string, r rule, more string) error {
	for k := range n {
		ok := k == "type" || k == "attrs" && r.attrs != "-" || k == "content" && r.holds != ""
		if !ok && !slices.Contains(strings.Fields(more), k) {
			return fmt.Errorf(": may not have %q", k)
		}
	}
	id := ""
	if name != "" {
		id = " localId=string"
	}
	if err := validAttrs(n, r.attrs, id); err != nil {
		return err
	}
	content, err := listOf(n, "content")
	if _, there := n["content"]; err != nil || r.holds == "" || r.may && !there {
		return err
	} else if !there || len(content) < r.least || r.most > 0 && len(content) > r.most {
		return fmt.Errorf(": has %d nodes as content", len(content))
	}
	for i, c := range content {
		holds := r.holds
		if i > 0 && r.then != "" {
			holds = r.then
		}
		if err := validNode(c, holds); err != nil {
			return fmt.Errorf("[%d]%w", i, err)
		}
	}
	return nil
}

// listOf returns what n has under a key; nothing if it is not there.
func listOf(n node, key string) ([]any, error) {
	list, ok := n[key].([]any)
	if _, there := n[key]; there && !ok {
		return nil, fmt.Errorf(": %s is not a list", key)
	}
	return list, nil
}

// validAttrs checks the attributes of n against each of the alternatives, to
// all of which id is added.
func validAttrs(n node, attrs, id string) error {
	given, ok := n["attrs"].(node)
	if _, there := n["attrs"]; there && !ok {
		return errors.New(": attrs is not an object")
	}
	whole := strings.TrimLeft(attrs, "-?!")
	switch {
	case ok, whole == attrs:
	case attrs[0] == '!':
		return errors.New(": attrs is missing")
	default:
		return nil
	}
	var err error
	for alt := range strings.SplitSeq(whole, " / ") {
		if err = validAlternative(given, alt+id); err == nil {
			return nil
		}
	}
	return err
}

func validAlternative(given node, attrs string) error {
	var known []string
	for spec := range strings.FieldsSeq(attrs) {
		name, form, _ := strings.Cut(spec, "=")
		name, must := strings.CutSuffix(name, "!")
		if slices.Contains(known, name) {
			continue
		}
		known = append(known, name)
		v, ok := given[name]
		if !ok && must {
			return fmt.Errorf(": %s is missing", name)
		}
		if ok && !has(form, v) {
			return fmt.Errorf(": %s is not %s", name, form)
		}
	}
	for name := range given {
		if !slices.Contains(known, name) {
			return fmt.Errorf(": may not have the attribute %q", name)
		}
	}
	return nil
}
