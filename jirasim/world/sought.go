package world

import (
	"slices"
	"strings"
	"unicode"
)

// A heard tells whether a text, as its words, is one that is looked for.
type heard func(words []string) bool

// A sought reads what is looked for in texts: words, each of which has to be
// there, whole but for its ending; "*" and "?" for letters; words in quotation
// marks, which stand side by side; AND, OR, NOT and parentheses, "-" before
// what must not be there. So it was observed on Data Center 10.3.
type sought struct {
	rest  string
	depth int
	wrong bool
}

// readSought reads it whole; false: it cannot be read.
func readSought(s string) (heard, bool) {
	p := &sought{rest: strings.ReplaceAll(s, `\"`, `"`)}
	h := p.either()
	return h, !p.wrong && p.word(true) == "" && p.rest == ""
}

// word is the next word, symbol or phrase; with look it stays where it is.
func (p *sought) word(look bool) string {
	rest := strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	n := strings.IndexFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`()"`, r) })
	switch {
	case rest == "":
		n = 0
	case rest[0] == '"':
		end := strings.IndexByte(rest[1:], '"')
		if n = end + 2; end < 0 {
			n = len(rest)
		}
	case strings.IndexByte("+-!()", rest[0]) >= 0 && !strings.HasPrefix(rest, "--"):
		n = 1
	case n < 0:
		n = len(rest)
	}
	w := rest[:n]
	if !look {
		p.rest = rest[n:]
	} else if rest == "" {
		p.rest = ""
	}
	return w
}

func (p *sought) take(words ...string) bool {
	next := p.word(true)
	if slices.Contains(words, next) {
		p.word(false)
		return true
	}
	return false
}

func (p *sought) either() heard {
	all := []heard{p.both()}
	for p.take("OR", "||") {
		all = append(all, p.both())
	}
	return func(words []string) bool {
		for _, h := range all {
			if h(words) {
				return true
			}
		}
		return false
	}
}

func (p *sought) both() heard {
	all := []heard{p.one()}
	for !p.wrong {
		joined := p.take("AND", "&&")
		if next := p.word(true); !joined && (next == "" || next == ")" || next == "OR" || next == "||") {
			break
		}
		all = append(all, p.one())
	}
	return func(words []string) bool {
		for _, h := range all {
			if !h(words) {
				return false
			}
		}
		return true
	}
}

func (p *sought) one() heard {
	nothing := func([]string) bool { return false }
	if p.depth++; p.depth > mostNested*mostNested {
		p.wrong = true
	}
	defer func() { p.depth-- }()
	switch next := p.word(false); {
	case p.wrong:
	case next == "NOT" || next == "-" || next == "!":
		h := p.one()
		return func(words []string) bool { return !h(words) }
	case next == "+":
		return p.one()
	case next == "(":
		h := p.either()
		p.wrong = p.wrong || !p.take(")")
		return h
	case next == "AND" || next == "OR" || next == "&&" || next == "||":
		p.wrong = true
	default:
		phrase := tokens(next)
		p.wrong = len(phrase) == 0
		return func(words []string) bool { return spoken(phrase, words) }
	}
	return nothing
}
