package world

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Refusal is why something was not done, as Jira says it.
type Refusal struct {
	Status   int
	Messages []string
	Errors   map[string]string // by field
}

// Error joins everything it says.
func (r *Refusal) Error() string {
	said := append([]string{fmt.Sprint(r.Status)}, r.Messages...)
	for _, k := range slices.Sorted(maps.Keys(r.Errors)) {
		said = append(said, k+": "+r.Errors[k])
	}
	return strings.Join(said, " ")
}

// Refuse makes a Refusal of one sentence.
func Refuse(status int, format string, args ...any) *Refusal {
	return &Refusal{Status: status, Messages: []string{fmt.Sprintf(format, args...)}}
}

// RefuseField makes a Refusal (400) that blames one field.
func RefuseField(field, format string, args ...any) *Refusal {
	return &Refusal{Status: 400, Errors: map[string]string{field: fmt.Sprintf(format, args...)}}
}

// Unseen is the answer to an issue that is not there or may not be seen.
func (w *World) Unseen() *Refusal {
	if w.Flavour == DataCenter {
		return Refuse(404, "Issue Does Not Exist") // unverified: from use, not recorded
	}
	return Refuse(404, "Issue does not exist or you do not have permission to see it.")
}

func offScreen(field string) string {
	return fmt.Sprintf("Field '%s' cannot be set. It is not on the appropriate screen, or unknown.", field)
}

const tooLong = "The entered text is too long. It exceeds the allowed limit of 32767 characters."

// longest is how many characters a text or a comment may hold: docs/JIRA.md "Limits".
const longest = 32767
