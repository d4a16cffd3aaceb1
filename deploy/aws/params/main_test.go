package main

import (
	"strings"
	"testing"
)

func parsed(t *testing.T) parameters {
	t.Helper()
	params, err := read("../template.yaml")
	if err != nil || len(params) < 10 {
		t.Fatalf("%d parameters, %v", len(params), err)
	}
	return params
}

// TestWhatIsTaken: for every parameter, what it takes and what it refuses.
func TestWhatIsTaken(t *testing.T) {
	params := parsed(t)
	for name, c := range map[string]struct{ good, bad []string }{
		"Name":            {[]string{"accord", "a1b", "team-a-2"}, []string{"", "a1", "Accord", "1ab", "-ab", "ab-", "xn--a", "a_b", "a b", strings.Repeat("a", 22)}},
		"Stage":           {[]string{"dev", "prod"}, []string{"", "Prod", "test"}},
		"AlarmAddress":    {[]string{"ops@acme.example"}, []string{"", "ops", "ops@acme", "a b@acme.example", "@acme.example", "ops@.example"}},
		"SlackSecret":     {[]string{"none", "accord/slack"}, []string{"", "https://hooks.example/x", "a b", "secret:x"}},
		"HookRanges":      {[]string{"192.0.2.0/24", "192.0.2.0/24,198.51.100.7/32", "10.0.0.0/8"}, []string{"", "192.0.2.0", "192.0.2.0/33", "192.0.2.0/24,", "192.0.2.256/32", "192.0.02.1/32", "0.0.0.0/0", "0.0.0.0/1", "any", "2001:db8::/32"}},
		"PathKey":         {[]string{strings.Repeat("aZ09_-", 6)}, []string{"", "short", strings.Repeat("a", 65), strings.Repeat("a/", 16), strings.Repeat("é", 32)}},
		"BodyKiB":         {[]string{"2", "64"}, []string{"", "0", "3", "128", "8.0"}},
		"StreamMode":      {[]string{"ON_DEMAND", "PROVISIONED"}, []string{"", "on_demand"}},
		"LiveConcurrency": {[]string{"2", "200"}, []string{"", "0", "1", "201", "many"}},
		"BulkConcurrency": {[]string{"2", "50"}, []string{"", "1", "51"}},
		"LogWords":        {[]string{"error,panic,held,refused,throttl,timeout", "a.b"}, []string{"", "a", "a,b", "error,", "timed out", "error;panic", strings.Repeat("ab,", 20) + "ab"}},
		"Release":         {[]string{"none", strings.Repeat("0a", 32)}, []string{"", "latest", strings.Repeat("0A", 32), strings.Repeat("0a", 31)}},
		"LogDays":         {[]string{"7", "90"}, []string{"", "0", "8", "365"}},
	} {
		p, ok := params[name]
		if !ok {
			t.Errorf("there is no parameter %s", name)
			continue
		}
		for _, v := range c.good {
			if !p.takes(v) {
				t.Errorf("%s: %q is refused", name, v)
			}
		}
		for _, v := range c.bad {
			if p.takes(v) {
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
	params := parsed(t)
	for name, p := range params {
		if len(p.Constraints) < 20 || !strings.HasSuffix(p.Constraints, ".") {
			t.Errorf("%s: what is wanted? %q", name, p.Constraints)
		}
		if p.Default != nil && !p.takes(*p.Default) {
			t.Errorf("%s: its default %s is refused", name, *p.Default)
		}
	}
	for _, name := range []string{"Stage", "AlarmAddress", "HookRanges", "PathKey"} {
		if params[name].Default != nil {
			t.Errorf("%s has a default: nobody would think about it", name)
		}
	}
	if !params["PathKey"].NoEcho {
		t.Error("the path key is shown")
	}
}

// TestFaults: all of them at once, each with what is wanted, and no secret.
func TestFaults(t *testing.T) {
	good := []string{"Stage=dev", "PathKey=" + strings.Repeat("k", 40), "AlarmAddress=ops@acme.example", "HookRanges=192.0.2.0/24, 198.51.100.0/24"}
	for name, c := range map[string]struct {
		said  []string
		there bool
		want  []string // one for each fault, in their order
	}{
		"good":                          {said: good},
		"nothing is said":               {want: []string{"AlarmAddress is not said and must be an e-mail", "HookRanges is not said", "PathKey is not said", "Stage is not said and must be dev or prod."}},
		"nothing, of one that is there": {there: true},
		"of one that is there":          {said: []string{"LogDays=8"}, there: true, want: []string{`LogDays is "8" and must be 7, 14,`}},
		"a secret":                      {said: []string{"PathKey=hunter2"}, there: true, want: []string{"PathKey must be 32 to 64 random"}},
		"misspelt":                      {said: append([]string{"Stages=dev", "dev"}, good...), want: []string{"Stages: there is no such parameter; there are AlarmAddress, ", "dev: there is no such"}},
		"twice":                         {said: append([]string{"Stage=prod"}, good...), want: []string{"Stage is said twice"}},
	} {
		got := parsed(t).faults(c.said, c.there)
		if len(got) != len(c.want) {
			t.Errorf("%s: %q, want %d faults", name, got, len(c.want))
			continue
		}
		for i, want := range c.want {
			if !strings.HasPrefix(got[i], want) || strings.Contains(got[i], "hunter2") {
				t.Errorf("%s: %q, want %q", name, got[i], want)
			}
		}
	}
}

func TestReadSaysWhatItCannot(t *testing.T) {
	if _, err := read("none.yaml"); err == nil {
		t.Error("a template that is not there is read")
	}
	if _, err := read("main.go"); err == nil {
		t.Error("a program is a template")
	}
}
