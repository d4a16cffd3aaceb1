package descriptor_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.com/accord/connector/jira/descriptor"
)

const template = `{
  "key": "accord",
  "baseUrl": "{{baseUrl}}",
  "modules": {
    "webhooks": [{"event": "jira:issue_updated", "url": "/webhook?v={{version}}"}]
  }
}
`

func TestFill(t *testing.T) {
	for name, c := range map[string]struct {
		reason   string
		template string
		values   map[string]string
		want     string   // "": it fails
		faults   []string // all of them
	}{
		"a descriptor": {"what it is for", template, map[string]string{"version": "3", "baseUrl": "https://accord.example"},
			strings.NewReplacer("{{baseUrl}}", "https://accord.example", "{{version}}", "3").Replace(template), nil},
		"spaces":            {"names may stand apart", `{"v":"{{ version }}"}`, map[string]string{"version": "3"}, `{"v":"3"}`, nil},
		"twice":             {"each place is filled", "a {{v}} b {{v}}\nc {{v}}", map[string]string{"v": "1"}, "a 1 b 1\nc 1", nil},
		"no JSON":           {"a manifest in YAML is none, and need not be", "url: /webhook?v={{v}}\n", map[string]string{"v": "1"}, "url: /webhook?v=1\n", nil},
		"nothing to fill":   {"a template may ask for nothing", `{}`, nil, `{}`, nil},
		"no value":          {"a place that stays empty would be registered so", template, map[string]string{"version": "3"}, "", []string{`line 3: there is no value for "baseUrl"`}},
		"misspelt":          {"what was given is used, or it is a mistake", template, map[string]string{"verison": "3", "baseUrl": "x"}, "", []string{`line 5: there is no value for "version"`, "verison: the template does not ask for it"}},
		"a quote":           {"it would end the string", template, map[string]string{"version": `3"`, "baseUrl": "x"}, "", []string{"version: the value may hold no quotes"}},
		"a line end":        {"no JSON has one in a string", template, map[string]string{"version": "3\n", "baseUrl": "x"}, "", []string{"version: the value may hold no quotes"}},
		"braces in a value": {"values are not filled again", template, map[string]string{"version": "{{baseUrl}}", "baseUrl": "x"}, "", []string{"version: the value may hold no quotes"}},
		"not closed":        {"half a name is none", "{\n\"v\": \"{{version\"\n}", nil, "", []string{"line 2: double braces that are not closed"}},
		"broken JSON":       {"better told here than by the site", "{\n\"v\": \"{{v}}\",\n}\n", map[string]string{"v": "1"}, "", []string{"line 3: it is no JSON"}},
		"no name":           {"there is nothing to put there", `{"v":"{{}}"}`, nil, "", []string{`line 1: there is no value for ""`}},
	} {
		got, err := descriptor.Fill(c.template, c.values)
		if (err == nil) != (c.want != "") || err == nil && got != c.want {
			t.Errorf("%s (%s): %q, %v", name, c.reason, got, err)
			continue
		}
		for _, f := range c.faults {
			if !strings.Contains(err.Error(), f) {
				t.Errorf("%s: %v lacks %q", name, err, f)
			}
		}
		if err != nil && strings.Count(err.Error(), "\n") != len(c.faults)-1 {
			t.Errorf("%s: it says more than %q: %v", name, c.faults, err)
		}
	}
}

// TestWhatIsFilledIsRead: whatever value is taken, the JSON says exactly that.
func TestWhatIsFilledIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.String().Draw(t, "value")
		got, err := descriptor.Fill(`{"v":"{{v}}","w":"a{{v}}b"}`, map[string]string{"v": v})
		if err != nil {
			return
		}
		var o struct{ V, W string }
		if err := json.Unmarshal([]byte(got), &o); err != nil || o.V != strings.ToValidUTF8(v, "\uFFFD") || o.W != "a"+o.V+"b" {
			t.Fatalf("%q is read as %+v, %v", v, o, err)
		}
	})
}
