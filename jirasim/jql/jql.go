// Package jql reads the Jira query language: text in, a tree out. It knows
// words and grammar, and refuses as Jira words it; what a field or a value is,
// its caller knows.
package jql

import "strings"

// A Query is a condition and an order.
type Query struct {
	Where Expr   // nil: everything
	Order []Sort // empty: the caller's default
}

// A Sort is one term of ORDER BY.
type Sort struct {
	Field string
	Desc  bool
	Own   bool // no direction was given: the field's own
}

// An Expr is a condition: And, Or, Not or Clause.
type Expr interface{ expr() }

// And holds when all its terms hold.
type And []Expr

// Or holds when one of its terms holds.
type Or []Expr

// Not holds when its term does not.
type Not struct{ Of Expr }

// A Clause compares a field with operands.
type Clause struct {
	Field    string
	Op       Op
	Operands []Operand // one; several for In and NotIn; none for Changed
	List     bool      // the operands stood in parentheses
	History  []When    // what else Was and Changed ask
}

// A When narrows a clause about the past: who changed the field, when, from
// what and to what.
type When struct {
	Word     string // "by", "from", "to", "on", "before", "after" or "during"
	Operands []Operand
}

// An Op compares.
type Op string

// The operators.
const (
	Equal        Op = "="
	NotEqual     Op = "!="
	Contains     Op = "~"
	ContainsNot  Op = "!~"
	Greater      Op = ">"
	GreaterEqual Op = ">="
	Less         Op = "<"
	LessEqual    Op = "<="
	In           Op = "in"
	NotIn        Op = "not in"
	Is           Op = "is"
	IsNot        Op = "is not"
	Was          Op = "was"
	WasNot       Op = "was not"
	WasIn        Op = "was in"
	WasNotIn     Op = "was not in"
	Changed      Op = "changed"
)

// An Operand is a value, EMPTY or a function with its arguments.
type Operand struct {
	Text  string
	Empty bool
	Call  bool // Text is a function's name
	Args  []string
	ID    bool // a whole number without quotation marks, which names things by their ids
}

func (And) expr()    {}
func (Or) expr()     {}
func (Not) expr()    {}
func (Clause) expr() {}

// A SyntaxError is a query that cannot be read. Its text is Jira's.
type SyntaxError struct{ Text string }

// Error says what is wrong, as Jira words it.
func (e *SyntaxError) Error() string { return "Error in the JQL Query: " + e.Text }

// Parse reads a query; the error is a *SyntaxError.
func Parse(s string) (Query, error) {
	p := &parser{}
	if p.tokens, p.fail = scan(s); p.fail != nil {
		// A query that breaks in the middle is refused for what comes first.
		p.broken, p.fail = p.fail, nil
	}
	q := p.query()
	if p.fail != nil {
		return Query{}, p.fail
	}
	return q, nil
}

// Quote writes s as a quoted JQL string.
func Quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
