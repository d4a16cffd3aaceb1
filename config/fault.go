package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Fault is one thing that is wrong in the file, or worth knowing.
type Fault struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`   // from 1; 0: the file as a whole
	Column int    `json:"column,omitempty"` // from 1
	What   string `json:"what"`             // where in the file's words, what, and the nearest valid word; never a secret
	Note   bool   `json:"note,omitempty"`   // it works, but may not be what was meant
}

// String returns "accord.yaml:12:5: what".
func (f Fault) String() string {
	what := f.What
	if f.Note {
		what = "note: " + what
	}
	if f.Line == 0 {
		return f.File + ": " + what
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, what)
}

// Faults are all that one reading found, in the order of the file.
type Faults []Fault

// Err returns nil if there are only notes, else an error with one fault a line.
func (fs Faults) Err() error {
	var lines []string
	for _, f := range fs {
		if !f.Note {
			lines = append(lines, f.String())
		}
	}
	if lines == nil {
		return nil
	}
	return errors.New(strings.Join(lines, "\n"))
}

// Notes returns those that are no faults.
func (fs Faults) Notes() Faults {
	return slices.DeleteFunc(slices.Clone(fs), func(f Fault) bool { return !f.Note })
}

func (fs Faults) sorted() Faults {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return fs
}

// nearest ends the sentence about a word that is not one of words: with the
// word that was probably meant, else with all of them.
func nearest(word string, words []string) string {
	best, least := "", len(word)/2+1
	for _, w := range words {
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d < least {
			best, least = w, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(words) == 0:
		return ""
	}
	return "; it is one of " + strings.Join(words, ", ")
}

// distance counts the letters to insert, remove, replace or swap with their
// neighbour to come from a to b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range t {
		rows[0][j+1] = j + 1
	}
	for i := range s {
		for j := range t {
			change := 1
			if s[i] == t[j] {
				change = 0
			}
			d := min(rows[i][j+1]+1, rows[i+1][j]+1, rows[i][j]+change)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				d = min(d, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = d
		}
	}
	return rows[len(s)][len(t)]
}
