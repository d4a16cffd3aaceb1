package adf_test

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/accord/connector/jira/adf"
	"pgregory.net/rapid"
)

// A schema is a JSON schema of draft 4, as far as Jira's own uses it.
type schema map[string]any

func object(v any) schema { m, _ := v.(map[string]any); return m }

// fits reports whether v is valid under s; root resolves references.
func (root schema) fits(s schema, v any) bool {
	if ref, ok := s["$ref"].(string); ok {
		return root.fits(object(object(root["definitions"])[strings.TrimPrefix(ref, "#/definitions/")]), v)
	}
	any1 := func(o any) bool { return root.fits(object(o), v) }
	if alts, ok := s["anyOf"].([]any); ok && !slices.ContainsFunc(alts, any1) {
		return false
	}
	if all, ok := s["allOf"].([]any); ok && slices.ContainsFunc(all, func(o any) bool { return !any1(o) }) {
		return false
	}
	if enum, ok := s["enum"].([]any); ok && !slices.ContainsFunc(enum, func(e any) bool { return reflect.DeepEqual(e, v) }) {
		return false
	}
	switch v := v.(type) {
	case string:
		pattern, _ := s["pattern"].(string)
		return typed(s, "string") && float64(utf8.RuneCountInString(v)) >= number(s["minLength"], 0) &&
			(pattern == "" || regexp.MustCompile(pattern).MatchString(v))
	case float64:
		return typed(s, "number") && v >= number(s["minimum"], v) && v <= number(s["maximum"], v)
	case bool:
		return typed(s, "boolean")
	case []any:
		return typed(s, "array") && root.fitsList(s, v)
	case map[string]any:
		return typed(s, "object") && root.fitsObject(s, v)
	}
	return s["type"] == nil
}

func typed(s schema, name string) bool { return s["type"] == nil || s["type"] == name }

func number(v any, otherwise float64) float64 {
	if f, ok := v.(float64); ok {
		return f
	}
	return otherwise
}

func (root schema) fitsList(s schema, v []any) bool {
	if n := float64(len(v)); n < number(s["minItems"], n) || n > number(s["maxItems"], n) {
		return false
	}
	for i, w := range v {
		switch items := s["items"].(type) {
		case map[string]any:
			if !root.fits(items, w) {
				return false
			}
		case []any: // by position; what comes after has no rule in the schema and that of the last here
			if !root.fits(object(items[min(i, len(items)-1)]), w) {
				return false
			}
		}
	}
	return true
}

func (root schema) fitsObject(s schema, v map[string]any) bool {
	required, _ := s["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			return false
		}
	}
	for name, w := range v {
		if rule, ok := object(s["properties"])[name]; ok {
			if !root.fits(object(rule), w) {
				return false
			}
		} else if s["additionalProperties"] == false {
			return false
		}
	}
	return true
}

func jiraSchema(t testing.TB) schema {
	var s schema
	readJSON(t, filepath.Join(jiraDocs(t), "adf", "adf-schema-v1-full.json"), &s)
	defs := object(s["definitions"])
	// The schema lets mediaSingle, alone of all nodes, have any further keys,
	single := object(defs["mediaSingle_node"])
	object(single["properties"])["content"] = map[string]any{}
	single["additionalProperties"] = false
	// and some nodes any marks in a bodiedSyncBlock, alone of all places.
	items := object(object(object(object(defs["bodiedSyncBlock_node"])["properties"])["content"])["items"])
	items["anyOf"] = slices.DeleteFunc(items["anyOf"].([]any), func(v any) bool {
		name := strings.TrimPrefix(object(v)["$ref"].(string), "#/definitions/")
		return slices.Contains([]string{"paragraph_node", "heading_node", "mediaSingle_node", "layoutSection_node"}, name)
	})
	return s
}

func TestValidAgreesWithJirasSchema(t *testing.T) {
	root := jiraSchema(t)
	seeds := []any{rare()}
	for _, doc := range documents(t) {
		var v any
		if err := json.Unmarshal(doc, &v); err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, v)
	}
	verdicts := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		v := mutate(t, rapid.SampledFrom(seeds).Draw(t, "document"), seeds)
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		want := root.fits(root, v)
		verdicts[want]++
		if err := adf.Valid(b); (err == nil) != want {
			t.Fatalf("the schema says %v, Valid says %v:\n%s", want, err, b)
		}
	})
	t.Logf("valid and not: %v", verdicts)
}
