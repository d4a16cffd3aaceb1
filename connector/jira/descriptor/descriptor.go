// Package descriptor fills in the template of an app descriptor: the file that
// tells a site where an app's webhooks deliver to. Not every site takes a new
// version of an app at the same time, so the address carries one:
//
//	"webhooks": [{"event": "jira:issue_updated", "url": "/webhook?v={{version}}"}]
package descriptor

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Fill puts values in the place of their names, which stand in double braces.
// The error names everything at once, by line: a name that has no value, a
// value that no name asks for or that would end the string it stands in, and
// what is no JSON any more, if the template is meant to be some.
func Fill(template string, values map[string]string) (string, error) {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if strings.ContainsFunc(values[name], breaks) {
			faults = append(faults, fmt.Errorf("%s: the value may hold no quotes, backslashes, braces or line ends", name))
		}
	}
	used := map[string]bool{}
	place := regexp.MustCompile(`\{\{([^{}\n]*)\}\}`)
	var out strings.Builder
	line := 0
	for text := range strings.Lines(template) {
		line++
		if strings.Contains(place.ReplaceAllString(text, ""), "{{") {
			faults = append(faults, fmt.Errorf("line %d: double braces that are not closed, or with nothing that is a name", line))
		}
		text = place.ReplaceAllStringFunc(text, func(found string) string {
			name := strings.TrimSpace(strings.Trim(found, "{}"))
			used[name] = true
			if _, ok := values[name]; !ok {
				faults = append(faults, fmt.Errorf("line %d: there is no value for %q", line, name))
				return "?"
			}
			return values[name]
		})
		out.WriteString(text)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !used[name] {
			faults = append(faults, fmt.Errorf("%s: the template does not ask for it", name))
		}
	}
	if faults == nil && strings.HasPrefix(strings.TrimSpace(template), "{") {
		faults = wrong(out.String())
	}
	return out.String(), errors.Join(faults...)
}

// breaks reports whether a character would end the string that it is put into.
func breaks(r rune) bool { return r < ' ' || strings.ContainsRune("\"'\\{}", r) }

// wrong says where text stops being JSON.
func wrong(text string) []error {
	var v any
	err := json.Unmarshal([]byte(text), &v)
	if err == nil {
		return nil
	}
	if at, ok := errors.AsType[*json.SyntaxError](err); ok {
		return []error{fmt.Errorf("line %d: it is no JSON: %w", 1+strings.Count(text[:min(len(text), int(at.Offset))], "\n"), err)}
	}
	return []error{fmt.Errorf("it is no JSON: %w", err)}
}
