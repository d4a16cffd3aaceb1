package deploy_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// accepts reports whether CloudFormation would take a value: the pattern must
// match the whole of it, or of each element of a list.
func accepts(p object, value string) bool {
	values := []string{value}
	if p["Type"] == "CommaDelimitedList" {
		values = strings.Split(value, ",")
	}
	for _, v := range values {
		if pattern, ok := p["AllowedPattern"].(string); ok && !regexp.MustCompile(`^(?:`+pattern+`)$`).MatchString(v) {
			return false
		}
		least, _ := p["MinLength"].(float64)
		if most, ok := p["MaxLength"].(float64); float64(len(v)) < least || ok && float64(len(v)) > most {
			return false
		}
		if all, ok := p["AllowedValues"].([]any); ok && !slices.ContainsFunc(all, func(a any) bool { return fmt.Sprint(a) == v }) {
			return false
		}
		if p["Type"] == "Number" && !within(p, v) {
			return false
		}
	}
	return true
}

func within(p object, v string) bool {
	var n float64
	if _, err := fmt.Sscan(v, &n); err != nil {
		return false
	}
	least, low := p["MinValue"].(float64)
	most, high := p["MaxValue"].(float64)
	return (!low || n >= least) && (!high || n <= most)
}

func TestBadParametersAreRefused(t *testing.T) {
	params := load(t, "template.yaml").params
	for name, c := range map[string]struct{ good, bad []string }{
		"Name":            {[]string{"accord", "a1b", "team-a-2"}, []string{"", "a1", "Accord", "1ab", "-ab", "ab-", "xn--a", "a_b", "a b", strings.Repeat("a", 22)}},
		"Stage":           {[]string{"dev", "prod"}, []string{"", "Prod", "test"}},
		"AlarmAddress":    {[]string{"ops@acme.example"}, []string{"", "ops", "ops@acme", "a b@acme.example", "@acme.example", "ops@.example"}},
		"SlackSecret":     {[]string{"none", "accord/slack"}, []string{"", "https://hooks.example/x", "a b", "secret:x"}},
		"HookRanges":      {[]string{"192.0.2.0/24", "192.0.2.0/24,198.51.100.7/32", "10.0.0.0/8"}, []string{"", "192.0.2.0", "192.0.2.0/33", "192.0.2.0/24,", "192.0.2.256/32", "192.0.02.1/32", "0.0.0.0/0", "0.0.0.0/1", "any", "2001:db8::/32"}},
		"PathKey":         {[]string{strings.Repeat("aZ09_-", 6)}, []string{"", "short", strings.Repeat("a", 65), strings.Repeat("a/", 16), strings.Repeat("é", 32)}},
		"BodyKiB":         {[]string{"2", "64"}, []string{"", "0", "3", "128", "8.0"}},
		"StreamMode":      {[]string{"ON_DEMAND", "PROVISIONED"}, []string{"", "on_demand"}},
		"ConfigKey":       {[]string{"none", "config/" + strings.Repeat("0f", 32) + ".json"}, []string{"", "config/" + strings.Repeat("0f", 32) + ".yaml", "config/x.json", "accord.yaml", strings.Repeat("0f", 32)}},
		"LiveConcurrency": {[]string{"2", "200"}, []string{"", "0", "1", "201", "many"}},
		"BulkConcurrency": {[]string{"2", "50"}, []string{"", "1", "51"}},
		"LogDays":         {[]string{"7", "90"}, []string{"", "0", "8", "365"}},
	} {
		p, ok := params[name].(object)
		if !ok {
			t.Errorf("there is no parameter %s", name)
			continue
		}
		for _, v := range c.good {
			if !accepts(p, v) {
				t.Errorf("%s: %q is refused", name, v)
			}
		}
		for _, v := range c.bad {
			if accepts(p, v) {
				t.Errorf("%s: %q is taken", name, v)
			}
		}
		delete(params, name)
	}
	for name := range params {
		t.Errorf("nobody says what %s refuses", name)
	}
}

// TestParametersSaySo: who is refused is told by a sentence what is wanted; a
// default is one that is taken; and what nobody may see is not shown.
func TestParametersSaySo(t *testing.T) {
	params := load(t, "template.yaml").params
	for name, v := range params {
		p := v.(object)
		if s, _ := p["ConstraintDescription"].(string); len(s) < 20 || !strings.HasSuffix(s, ".") {
			t.Errorf("%s: what is wanted? %q", name, s)
		}
		if d, ok := p["Default"]; ok && !accepts(p, fmt.Sprint(d)) {
			t.Errorf("%s: its default %v is refused", name, d)
		}
	}
	for _, name := range []string{"Stage", "AlarmAddress", "HookRanges", "PathKey"} {
		if _, ok := params[name].(object)["Default"]; ok {
			t.Errorf("%s has a default: nobody would think about it", name)
		}
	}
	if params["PathKey"].(object)["NoEcho"] != true {
		t.Error("the path key is shown")
	}
}
