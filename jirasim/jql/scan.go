package jql

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind int

const (
	word   kind = iota // an unquoted word, perhaps reserved
	quoted             // a quoted string
	symbol             // an operator, a parenthesis, a comma
)

type token struct {
	kind      kind
	text      string
	line, col int // from 1
}

// at names where a token stands, as Jira's messages end.
func (t token) at() string { return fmt.Sprintf("(line %d, character %d)", t.line, t.col) }

// is reports whether t is the unquoted word or symbol s.
func (t token) is(s string) bool { return t.kind != quoted && strings.EqualFold(t.text, s) }

type scanner struct {
	rest      string
	line, col int
}

// scan cuts a query into tokens. With an error it returns those before it.
func scan(s string) ([]token, *SyntaxError) {
	sc := &scanner{rest: s, line: 1, col: 1}
	var out []token
	for {
		sc.space()
		if sc.rest == "" {
			return out, nil
		}
		t, err := sc.token()
		if err != nil {
			return out, err
		}
		out = append(out, t)
	}
}

func (s *scanner) next() rune {
	r, n := utf8.DecodeRuneInString(s.rest)
	s.rest = s.rest[n:]
	if s.col++; r == '\n' {
		s.line, s.col = s.line+1, 1
	}
	return r
}

func (s *scanner) peek() rune {
	r, _ := utf8.DecodeRuneInString(s.rest)
	return r
}

func (s *scanner) space() {
	for s.rest != "" && unicode.IsSpace(s.peek()) {
		s.next()
	}
}

func (s *scanner) token() (token, *SyntaxError) {
	t := token{line: s.line, col: s.col}
	for _, sym := range []string{"!=", "!~", ">=", "<=", "&&", "||", "=", "~", ">", "<", "(", ")", ",", "!", "&", "|", "[", "]"} {
		if strings.HasPrefix(s.rest, sym) {
			for range sym {
				s.next()
			}
			t.kind, t.text = symbol, sym
			return t, nil
		}
	}
	switch r := s.peek(); {
	case r == '"' || r == '\'':
		return s.quoted(t)
	case strings.ContainsRune("{}*/%+$#@?;^`", r):
		return t, &SyntaxError{fmt.Sprintf("The character '%c' is a reserved JQL character. You must enclose it in a string or use the escape '\\u%04x' instead. %s", r, r, t.at())}
	}
	return s.word(t)
}

func (s *scanner) quoted(t token) (token, *SyntaxError) {
	q := s.next()
	var b strings.Builder
	for s.rest != "" {
		switch r := s.next(); r {
		case q:
			t.kind, t.text = quoted, b.String()
			return t, nil
		case '\\':
			r, err := s.escape(t)
			if err != nil {
				return t, err
			}
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return t, &SyntaxError{fmt.Sprintf("The quoted string '%s' has not been completed. %s", b.String(), t.at())}
}

func (s *scanner) word(t token) (token, *SyntaxError) {
	var b strings.Builder
	for s.rest != "" {
		r := s.peek()
		if unicode.IsSpace(r) || strings.ContainsRune(`=!~<>(),&|[]"'{}*/%+$#@?;^`+"`", r) {
			break
		}
		if s.next(); r == '\\' {
			var err *SyntaxError
			if r, err = s.escape(t); err != nil {
				return t, err
			}
		}
		b.WriteRune(r)
	}
	t.kind, t.text = word, b.String()
	return t, nil
}

// escape reads what follows a backslash.
func (s *scanner) escape(t token) (rune, *SyntaxError) {
	if s.rest == "" {
		return 0, &SyntaxError{`An incomplete escape sequence was found at the end of the query. ` + t.at()}
	}
	switch r := s.next(); r {
	case 'n':
		return '\n', nil
	case 't':
		return '\t', nil
	case 'r':
		return '\r', nil
	case '"', '\'', '\\', ' ':
		return r, nil
	case 'u':
		if len(s.rest) >= 4 {
			if n, err := strconv.ParseUint(s.rest[:4], 16, 32); err == nil {
				for range 4 {
					s.next()
				}
				return rune(n), nil
			}
		}
		return 0, &SyntaxError{`'\u' is an illegal JQL escape sequence. ` + t.at()}
	default:
		return 0, &SyntaxError{fmt.Sprintf(`'\%c' is an illegal JQL escape sequence. The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX. %s`, r, t.at())}
	}
}
