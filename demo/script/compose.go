package script

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A prose is one block of rich text that the script makes up, in no format.
type prose struct {
	kind     string // paragraph, heading, bullet, number, code, quote, panel, table, rule
	level    int    // of a heading
	language string // of code
	panel    string // info, note, warning, error, success
	lines    [][]piece
	depth    []int // of each line of a list, from 1
}

// A piece is words with the same marks.
type piece struct {
	words  string
	marks  []string // strong, em, strike, underline, sub, sup, code
	href   string   // a link
	colour string   // "#rrggbb"
	person *Person  // a mention; nothing else is set
}

// vocabulary holds what a converter may stumble over.
const vocabulary = `printer invoice Grüße 日本語 naïve a*b {braces} [brackets] under_score 50% e-mail x|y C#
	"quoted" <tag> {code} *starred* _lined_ (round) 3^2 ~home +plus+ !bang! q? a&b ✓ h1. don't tomorrow the login of page
	fails when customers again restart server before release`

var (
	proseKinds = [...]string{"paragraph", "paragraph", "heading", "bullet", "number", "code", "quote", "panel", "table"}
	languages  = [...]string{"", "java", "python", "sql", "javascript"}
	panelSorts = [...]string{"info", "note", "warning", "error", "success"}
	plainMarks = [...]string{"strong", "em", "strike", "underline"}
	codeLines  = [...]string{"if a[1] == \"*x*\" {", "\treturn -1 // not_found", "}", "select * from t where a <> 'b|c';", "x = {'k': [1, 2]}"}
)

// A writer makes up rich text.
type writer struct {
	rand   *rand.Rand
	people []Person
}

// write makes up a block of a random kind that holds token once.
func (w writer) write(token string) prose { return w.block(pick(w.rand, proseKinds[:]), token) }

func (w writer) block(kind, token string) prose {
	p := prose{kind: kind}
	n := 1
	switch kind {
	case "heading":
		p.level = 1 + w.rand.IntN(6)
	case "code":
		p.language = pick(w.rand, languages[:])
		p.lines = [][]piece{{{words: "// " + token}}}
		for range 1 + w.rand.IntN(3) {
			p.lines = append(p.lines, []piece{{words: pick(w.rand, codeLines[:])}})
		}
		return p
	case "panel":
		p.panel, n = pick(w.rand, panelSorts[:]), 1+w.rand.IntN(2)
	case "quote":
		n = 1 + w.rand.IntN(2)
	case "bullet", "number":
		n = 1 + w.rand.IntN(4)
	case "table":
		n = 3 * (1 + w.rand.IntN(3))
	}
	at := w.rand.IntN(n)
	for i := range n {
		t, depth := "", 1
		if i == at {
			t = token
		}
		if i > 0 {
			depth = 1 + w.rand.IntN(min(3, p.depth[i-1]+1))
		}
		p.lines, p.depth = append(p.lines, w.line(t)), append(p.depth, depth)
	}
	return p
}

// line makes up a line of words and marks, with token if it is not empty.
func (w writer) line(token string) []piece {
	var out []piece
	for range 1 + w.rand.IntN(4) {
		out = append(out, w.piece())
	}
	if token != "" {
		out = slices.Insert(out, w.rand.IntN(len(out)+1), piece{words: token})
	}
	return out
}

func (w writer) piece() piece {
	var p piece
	if len(w.people) > 0 && w.rand.IntN(12) == 0 {
		return piece{person: new(pick(w.rand, w.people))}
	}
	some := make([]string, 1+w.rand.IntN(4))
	for i := range some {
		some[i] = word(w.rand)
	}
	p.words = strings.Join(some, " ")
	switch w.rand.IntN(8) {
	case 0, 1:
		p.marks = []string{pick(w.rand, plainMarks[:])}
	case 2:
		p.marks = []string{"em", "strong"}
	case 3:
		p.marks, p.words = []string{"code"}, pick(w.rand, []string{"go build", "x_1", "a-b", "SELECT *"})
	case 4:
		p.href, p.words = fmt.Sprintf("https://example.com/%d?a=b_c&d=e", w.rand.IntN(1000)), "the page"
	case 5:
		p.colour = "#14892c"
	}
	return p
}

// word picks a word.
func word(r *rand.Rand) string { return pick(r, strings.Fields(vocabulary)) }

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
