package jql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// deepest is how many parentheses and negations may stand inside each other.
const deepest = 200

const operators = "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'."

type parser struct {
	tokens []token
	fail   *SyntaxError // what ends the reading
	broken *SyntaxError // the scanner stopped after the last token
	depth  int
}

// refuse keeps the first fault and stops the reading.
func (p *parser) refuse(format string, args ...any) {
	if p.fail == nil {
		p.fail = &SyntaxError{fmt.Sprintf(format, args...)}
	}
	p.tokens = nil
}

// done reports whether no token is left; a scanner that broke there speaks up.
func (p *parser) done() bool {
	if len(p.tokens) == 0 && p.broken != nil && p.fail == nil {
		p.fail = p.broken
	}
	return len(p.tokens) == 0
}

func (p *parser) peek(s string) bool { return !p.done() && p.tokens[0].is(s) }

func (p *parser) take(words ...string) bool {
	for i, w := range words {
		if i >= len(p.tokens) || !p.tokens[i].is(w) {
			return false
		}
	}
	p.tokens = p.tokens[len(words):]
	return true
}

func (p *parser) pop() token {
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *parser) query() Query {
	var q Query
	if !p.done() && !p.peek("order") {
		q.Where = p.or()
	}
	if p.take("order", "by") {
		q.Order = p.order()
	}
	if !p.done() {
		t := p.tokens[0]
		p.refuse("Expecting either 'OR' or 'AND' but got '%s'. %s", t.text, t.at())
	}
	return q
}

func (p *parser) or() Expr {
	terms := Or{p.and()}
	for p.take("or") || p.take("||") || p.take("|") {
		terms = append(terms, p.and())
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return terms
}

func (p *parser) and() Expr {
	terms := And{p.not()}
	for p.take("and") || p.take("&&") || p.take("&") {
		terms = append(terms, p.not())
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return terms
}

func (p *parser) not() Expr {
	if p.depth++; p.depth > deepest {
		p.refuse("The JQL query is too deeply nested.")
	}
	defer func() { p.depth-- }()
	switch {
	case p.take("not"), p.take("!"):
		return Not{p.not()}
	case p.take("("):
		e := p.or()
		switch {
		case p.take(")"):
		case p.done():
			p.refuse("Expecting ')' before the end of the query.")
		default:
			t := p.tokens[0]
			p.refuse("Expecting either 'OR' or 'AND' but got '%s'. %s", t.text, t.at())
		}
		return e
	}
	return p.clause()
}

func (p *parser) field() (string, bool) {
	if p.done() {
		p.refuse("Expecting a field name at the end of the query.")
		return "", false
	}
	t := p.pop()
	switch {
	case t.kind == symbol:
		p.refuse("Expecting a field name but got '%s'. You must surround '%s' in quotation marks to use it as a field name. %s", t.text, t.text, t.at())
		return "", false
	case t.kind == word && (grammar(t.text) || reserved(t.text)) && !(t.is("cf") && p.peek("[")):
		p.refuse("'%s' is a reserved JQL word. You must surround it in quotation marks to use it in a query. %s", t.text, t.at())
		return "", false
	}
	if t.kind == word && p.take("[") {
		return p.indexed(t.text), p.fail == nil
	}
	return t.text, true
}

// indexed reads the rest of cf[10010] and issue.property[key].path.
func (p *parser) indexed(name string) string {
	if p.done() || p.tokens[0].kind == symbol {
		p.refuse("Expecting a field identifier in '%s['.", name)
		return ""
	}
	name += "[" + p.pop().text + "]"
	if !p.take("]") {
		p.refuse("Expecting ']' after '%s'.", strings.TrimSuffix(name, "]"))
	}
	if len(p.tokens) > 0 && p.tokens[0].kind == word && strings.HasPrefix(p.tokens[0].text, ".") {
		name += p.pop().text
	}
	return name
}

func (p *parser) clause() Expr {
	field, ok := p.field()
	if !ok {
		return nil
	}
	op, ok := p.operator()
	if !ok {
		return nil
	}
	c := Clause{Field: field, Op: op}
	if op != Changed {
		c.Operands, c.List = p.operands()
	}
	switch op {
	case Was, WasNot, WasIn, WasNotIn, Changed:
		c.History = p.history()
	}
	return c
}

// operands reads a value, a function, or a list of them in parentheses.
func (p *parser) operands() (out []Operand, list bool) {
	if !p.take("(") {
		return []Operand{p.operand()}, false
	}
	for {
		out = append(out, p.operand())
		if !p.take(",") {
			break
		}
	}
	if !p.take(")") {
		p.refuse("Expecting ')' before the end of the query.")
	}
	return out, true
}

// history reads what narrows WAS and CHANGED.
func (p *parser) history() []When {
	var out []When
	for {
		n := slices.IndexFunc(predicates[:], func(w string) bool { return p.take(w) })
		if n < 0 {
			return out
		}
		w := When{Word: predicates[n]}
		w.Operands, _ = p.operands()
		out = append(out, w)
	}
}

var predicates = [...]string{"by", "from", "to", "on", "before", "after", "during"}

func (p *parser) operator() (Op, bool) {
	if p.done() {
		p.refuse("Expecting operator before the end of the query. %s", operators)
		return "", false
	}
	for _, op := range []Op{WasNotIn, WasNot, WasIn, Was, Changed, NotIn, In, IsNot, Is} {
		if p.take(strings.Fields(string(op))...) {
			return op, true
		}
	}
	t := p.pop()
	switch op := Op(t.text); op {
	case Equal, NotEqual, Contains, ContainsNot, Greater, GreaterEqual, Less, LessEqual:
		if t.kind == symbol {
			return op, true
		}
	}
	p.refuse("Expecting operator but got '%s'. %s %s", t.text, operators, t.at())
	return "", false
}

func (p *parser) operand() Operand {
	if p.done() {
		p.refuse("Expecting either a value, list or function before the end of the query.")
		return Operand{}
	}
	t := p.pop()
	switch {
	case t.kind == symbol:
		p.refuse("Expecting either a value, list or function but got '%s'. You must surround '%s' in quotation marks to use it as a value. %s", t.text, t.text, t.at())
		return Operand{}
	case t.is("empty"), t.is("null"):
		return Operand{Empty: true}
	case t.kind == word && reserved(t.text) && !t.is("cf"):
		p.refuse("'%s' is a reserved JQL word. You must surround it in quotation marks to use it in a query. %s", t.text, t.at())
		return Operand{}
	case t.kind == word && (grammar(t.text) || t.is("cf")):
		p.refuse("Expecting either a value, list or function but got '%s'. You must surround '%s' in quotation marks to use it as a value. %s", t.text, t.text, t.at())
		return Operand{}
	}
	if p.take("(") {
		return Operand{Text: t.text, Call: true, Args: p.arguments()}
	}
	return Operand{Text: t.text, ID: t.kind == word && whole(t.text)}
}

func whole(s string) bool {
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}

func (p *parser) arguments() []string {
	var args []string
	for !p.take(")") {
		if p.done() {
			p.refuse("Expecting ')' before the end of the query.")
			return nil
		}
		if t := p.pop(); t.kind != symbol {
			args = append(args, t.text)
		} else if t.text != "," {
			p.refuse("Expecting a function argument but got '%s'. %s", t.text, t.at())
			return nil
		}
	}
	return args
}

func (p *parser) order() []Sort {
	var out []Sort
	for {
		f, ok := p.field()
		if !ok {
			return nil
		}
		s := Sort{Field: f}
		s.Desc = p.take("desc")
		s.Own = !s.Desc && !p.take("asc")
		if out = append(out, s); !p.take(",") {
			break
		}
	}
	if !p.done() {
		t := p.tokens[0]
		p.refuse("Expecting either 'ASC', 'DESC' or ',' but got '%s'. %s", t.text, t.at())
	}
	return out
}
