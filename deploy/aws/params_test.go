package deploy_test

import (
	"fmt"
	"os"
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

// TestManualNamesEveryParameter, with its default.
func TestManualNamesEveryParameter(t *testing.T) {
	text, err := os.ReadFile("../../docs/AWS.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| parameter | is | default |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	params := load(t, "template.yaml").params
	for name, v := range params {
		found := false
		for row := range strings.Lines(table) {
			cells := strings.Split(row, " | ")
			if !strings.Contains(cells[0], "`"+name+"`") {
				continue
			}
			found = true
			want := "none"
			if d, ok := v.(object)["Default"]; ok {
				want = fmt.Sprintf("`%v`", d)
			}
			if !strings.Contains(cells[len(cells)-1], want) {
				t.Errorf("%s: the manual says that its default is %s want %s", name, cells[len(cells)-1], want)
			}
		}
		if !found {
			t.Errorf("the manual does not say what %s is", name)
		}
	}
	for row := range strings.Lines(table) {
		for _, m := range regexp.MustCompile("`([A-Z]\\w+)`").FindAllStringSubmatch(strings.Split(row, " | ")[0], -1) {
			if params[m[1]] == nil {
				t.Errorf("the manual names the parameter %s, which is not there", m[1])
			}
		}
	}
}
