package config_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/accord/config"
	"github.com/goccy/go-yaml"
	"github.com/rogpeppe/go-internal/txtar"
)

// A schema is as much of JSON Schema as accord.schema.json uses.
type schema struct {
	root *schema

	Ref           string             `json:"$ref"`
	Defs          map[string]*schema `json:"$defs"`
	Type          any                `json:"type"`
	Const         any                `json:"const"`
	Enum          []any              `json:"enum"`
	Pattern       string             `json:"pattern"`
	Properties    map[string]*schema `json:"properties"`
	Required      []string           `json:"required"`
	Additional    json.RawMessage    `json:"additionalProperties"`
	Names         *schema            `json:"propertyNames"`
	MinProperties int                `json:"minProperties"`
	MaxProperties *int               `json:"maxProperties"`
	Items         *schema            `json:"items"`
	MinItems      int                `json:"minItems"`
	AnyOf         []*schema          `json:"anyOf"`

	Version     string `json:"$schema"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

func load(t *testing.T) *schema {
	t.Helper()
	var s schema
	d := json.NewDecoder(strings.NewReader(config.Schema))
	d.DisallowUnknownFields() // a keyword that this validator does not know would be passed over
	if err := d.Decode(&s); err != nil {
		t.Fatal(err)
	}
	s.root = &s
	return &s
}

// check returns what is wrong with v.
func (s *schema) check(v any, root *schema) error {
	if s.Ref != "" {
		return root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")].check(v, root)
	}
	if s.Const != nil && fmt.Sprint(s.Const) != fmt.Sprint(v) {
		return fmt.Errorf("%v is not %v", v, s.Const)
	}
	if s.Enum != nil && !slices.Contains(s.Enum, v) {
		return fmt.Errorf("%v is none of %v", v, s.Enum)
	}
	if s.Type != nil && !slices.Contains(typesOf(s.Type), typeOf(v)) {
		return fmt.Errorf("%v is a %s, not %v", v, typeOf(v), s.Type)
	}
	if s.AnyOf != nil && !slices.ContainsFunc(s.AnyOf, func(o *schema) bool { return o.check(v, root) == nil }) {
		return fmt.Errorf("%v fits none", v)
	}
	switch v := v.(type) {
	case string:
		if !regexp.MustCompile(s.Pattern).MatchString(v) {
			return fmt.Errorf("%q does not match %s", v, s.Pattern)
		}
	case []any:
		return s.checkList(v, root)
	case map[string]any:
		return s.checkObject(v, root)
	}
	return nil
}

func (s *schema) checkList(v []any, root *schema) error {
	if len(v) < s.MinItems {
		return fmt.Errorf("only %d items", len(v))
	}
	for _, x := range v {
		if s.Items != nil {
			if err := s.Items.check(x, root); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *schema) checkObject(v map[string]any, root *schema) error {
	if len(v) < s.MinProperties || s.MaxProperties != nil && len(v) > *s.MaxProperties {
		return fmt.Errorf("%d properties", len(v))
	}
	for _, key := range s.Required {
		if _, ok := v[key]; !ok {
			return fmt.Errorf("%s is missing", key)
		}
	}
	for key, x := range v {
		if s.Names != nil {
			if err := s.Names.check(key, root); err != nil {
				return err
			}
		}
		p, ok := s.Properties[key]
		if !ok && string(s.Additional) == "false" {
			return fmt.Errorf("unknown %s", key)
		}
		if !ok && len(s.Additional) > 0 {
			p, ok = &schema{}, true
			if err := json.Unmarshal(s.Additional, p); err != nil {
				return err
			}
		}
		if ok {
			if err := p.check(x, root); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	return nil
}

func typesOf(t any) []string {
	if s, ok := t.(string); ok {
		return []string{s}
	}
	var out []string
	for _, s := range t.([]any) {
		out = append(out, s.(string))
	}
	return out
}

func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "number"
}

func (s *schema) accepts(t *testing.T, src []byte) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(src, &v); err != nil {
		return err
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	v = nil
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return s.check(v, s)
}

func TestSchemaAcceptsWhatIsRead(t *testing.T) {
	s := load(t)
	for name, src := range map[string][]byte{"docs/CONFIG.md": example(t), "small": []byte(small)} {
		if err := s.accepts(t, src); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSchemaRefuses holds that the schema finds a fault in every broken story
// whose faults need no look at two places of the file.
func TestSchemaRefuses(t *testing.T) {
	s := load(t)
	for _, name := range []string{"top", "sites", "participants", "fields", "words", "syntax"} {
		story, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		if s.accepts(t, story.Files[0].Data) == nil {
			t.Errorf("%s: the schema has nothing against it", name)
		}
	}
}

// TestSchemaKeys asks the reader for the keys that it knows in every object and
// holds them against the schema's, both ways.
func TestSchemaKeys(t *testing.T) {
	s := load(t)
	field := s.Defs["field"].AnyOf[2]
	for _, c := range []struct {
		where, src string
		want       *schema
	}{
		{"the file", "%s: 1\n", s},
		{"tls", "tls: {%s: 1}\n", s.Properties["tls"]},
		{"a site", "sites: {a: {%s: 1}}\n", s.Defs["site"]},
		{"a sync", "sites: {a: {}}\nsyncs: {s: {%s: 1}}\n", s.Defs["sync"]},
		{"sweep", "sites: {a: {}}\nsyncs: {s: {sweep: {%s: 1}}}\n", s.Defs["sync"].Properties["sweep"]},
		{"times", "sites: {a: {}}\nsyncs: {s: {times: {%s: 1}}}\n", s.Defs["sync"].Properties["times"]},
		{"a participant", "sites: {a: {}}\nsyncs: {s: {participants: [{%s: 1}]}}\n", s.Defs["participant"]},
		{"a field", "sites: {a: {}}\nsyncs: {s: {participants: [], fields: {summary: {%s: 1}}}}\n", field},
	} {
		const stranger = "quite-another-word-than-any"
		_, faults := config.Parse("accord.yaml", fmt.Appendf(nil, c.src, stranger))
		var known []string
		for _, f := range faults {
			if _, list, ok := strings.Cut(f.What, fmt.Sprintf("unknown key %q; it is one of ", stranger)); ok {
				known = strings.Split(list, ", ")
			}
		}
		var want []string
		for key := range c.want.Properties {
			want = append(want, key)
		}
		slices.Sort(known)
		slices.Sort(want)
		if !slices.Equal(known, want) {
			t.Errorf("%s: the reader knows %v, the schema %v", c.where, known, want)
		}
	}
}

func TestSchemaKinds(t *testing.T) {
	var enum []string
	for _, k := range load(t).Defs["field"].AnyOf[2].Properties["kind"].Enum {
		enum = append(enum, k.(string))
	}
	if !slices.Equal(enum, config.Kinds()) {
		t.Errorf("the schema has %v, the reader %v", enum, config.Kinds())
	}
}
