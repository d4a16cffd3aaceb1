package adf

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
	if n["type"] != "doc" {
		return errors.New("doc: want a node of type doc")
	}
	if num, _ := n["version"].(json.Number); plainNumber(num) != "1" {
		return errors.New("doc: want version 1")
	}
	if err := validParts(n, nodeRules["doc"], "version"); err != nil {
		return fmt.Errorf("doc%w", err)
	}
	return nil
}

// mayStand reports whether a node may stand in one of type place, or is of a
// type that is not known here.
func mayStand(place string, n node) bool {
	name, _ := n["type"].(string)
	if _, known := nodeRules[name]; !known {
		return name != "" && name != "doc"
	}
	for alt := range strings.FieldsSeq(nodeRules[place].holds) {
		if kind, _, _ := strings.Cut(alt, "+"); kind == name {
			return true
		}
	}
	return false
}

// validNode checks a node that may be one of holds.
func validNode(v any, holds string) error {
	n, _ := v.(node)
	name, _ := n["type"].(string)
	r, known := nodeRules[name]
	if !known {
		return fmt.Errorf(": no such type of node: %q", name)
	}
	if err := validMarks(n, name, holds); err != nil {
		return err
	}
	if s, isText := n["text"].(string); name == "text" && (!isText || s == "") {
		return errors.New("/text: want text that is not empty")
	}
	extra := "marks"
	if name == "text" {
		extra = "marks text"
	}
	return validParts(n, r, extra)
}

// validMarks checks that a node may stand here with the marks it has.
func validMarks(n node, name, holds string) error {
	list, ok := n["marks"].([]any)
	if n["marks"] != nil && !ok {
		return fmt.Errorf("/%s: want marks as a list", name)
	}
	var types []string
	for _, v := range list {
		m, _ := v.(node)
		kind, _ := m["type"].(string)
		r, known := markRules[kind]
		if !known {
			return fmt.Errorf("/%s: no such mark: %q", name, kind)
		}
		if err := validParts(m, r, ""); err != nil {
			return fmt.Errorf("/%s/%s%w", name, kind, err)
		}
		types = append(types, kind)
	}
	stands := false
	for alt := range strings.FieldsSeq(holds) {
		kind, marks, _ := strings.Cut(alt, "+")
		if kind != name {
			continue
		}
		stands = true
		allowed := strings.Split(marks, "+")
		if !slices.ContainsFunc(types, func(m string) bool { return !slices.Contains(allowed, m) }) {
			return nil
		}
	}
	if !stands {
		return fmt.Errorf(": %s may not stand here", name)
	}
	return fmt.Errorf("/%s: may not have the marks %v here", name, types)
}

// validParts checks keys, attributes and content of a node or mark.
func validParts(n node, r rule, extra string) error {
	name, _ := n["type"].(string)
	for k := range n {
		ok := k == "type" || k == "attrs" && r.attrs != "-" || k == "content" && r.holds != "" ||
			slices.Contains(strings.Fields(extra), k)
		if !ok {
			return fmt.Errorf("/%s: may not have %q", name, k)
		}
	}
	if err := validAttrs(n, r.attrs); err != nil {
		return fmt.Errorf("/%s%w", name, err)
	}
	if r.holds == "" || r.may && n["content"] == nil {
		return nil
	}
	content, ok := n["content"].([]any)
	if !ok || len(content) < r.least || r.most > 0 && len(content) > r.most {
		return fmt.Errorf("/%s: want a list of at least %d as content", name, r.least)
	}
	for i, c := range content {
		if err := validNode(c, r.holds); err != nil {
			return fmt.Errorf("/%s[%d]%w", name, i, err)
		}
	}
	return nil
}

// validAttrs checks the attributes of n against one of the alternatives.
func validAttrs(n node, attrs string) error {
	if attrs == "-" {
		return nil
	}
	given, ok := n["attrs"].(node)
	if !ok && n["attrs"] != nil {
		return errors.New("/attrs: want an object")
	}
	if rest, must := strings.CutPrefix(attrs, "!"); must {
		if attrs = rest; !ok {
			return errors.New("/attrs: missing")
		}
	}
	var err error
	for alt := range strings.SplitSeq(attrs, " / ") {
		if err = validAlternative(given, alt); err == nil {
			return nil
		}
	}
	return err
}

func validAlternative(given node, attrs string) error {
	known := []string{"localId"}
	for spec := range strings.FieldsSeq(attrs) {
		name, form, _ := strings.Cut(spec, "=")
		name, must := strings.CutSuffix(name, "!")
		known = append(known, name)
		v, ok := given[name]
		if !ok && must {
			return fmt.Errorf("/attrs: %s is missing", name)
		}
		if ok && !has(form, v) {
			return fmt.Errorf("/attrs: %s is not %s", name, form)
		}
	}
	for name := range given {
		if !slices.Contains(known, name) {
			return fmt.Errorf("/attrs: may not have %q", name)
		}
	}
	return nil
}

// has reports whether v has a form.
func has(form string, v any) bool {
	s, isString := v.(string)
	num, isNumber := v.(json.Number)
	switch form {
	case "any":
		return true
	case "string":
		return isString
	case "text":
		return s != ""
	case "newline":
		return s == "\n"
	case "number":
		return isNumber
	case "bool":
		_, ok := v.(bool)
		return ok
	case "object":
		_, ok := v.(node)
		return ok
	case "color":
		return isColor(s)
	case "color8":
		return isColor(s) || len(s) == 9 && isColor(s[:7]) && isColor("#"+s[3:])
	case "lozenge":
		return isColor(s) || slices.Contains([]string{"neutral", "purple", "blue", "red", "yellow", "green"}, s)
	case "numbers":
		return every(v, "number")
	case "strings":
		return every(v, "string")
	}
	if low, high, ok := strings.Cut(form, ".."); ok {
		return isNumber && within(num, low, high)
	}
	return isString && slices.Contains(strings.Split(form, "|"), s)
}

func every(v any, form string) bool {
	list, ok := v.([]any)
	return ok && !slices.ContainsFunc(list, func(w any) bool { return !has(form, w) })
}

// within reports whether low ≤ n ≤ high; an empty high is no limit.
func within(n json.Number, low, high string) bool {
	f, err := n.Float64()
	l, _ := strconv.ParseFloat(low, 64)
	h, _ := strconv.ParseFloat(high, 64)
	return err == nil && f >= l && (high == "" || f <= h)
}
