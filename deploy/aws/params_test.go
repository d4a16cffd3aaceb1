package deploy_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
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
