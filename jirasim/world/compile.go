package world

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/jql"
)

// A compiler turns a query into a test, and collects what is wrong with it.
type compiler struct {
	w     *World
	by    By
	wrong []string
}

func (c *compiler) refuse(format string, args ...any) test {
	if s := fmt.Sprintf(format, args...); !slices.Contains(c.wrong, s) {
		c.wrong = append(c.wrong, s)
	}
	return func(*Issue) bool { return false }
}

func (c *compiler) expr(e jql.Expr) test {
	switch e := e.(type) {
	case jql.And:
		all := c.each(e)
		return func(i *Issue) bool {
			return !slices.ContainsFunc(all, func(t test) bool { return !t(i) })
		}
	case jql.Or:
		all := c.each(e)
		return func(i *Issue) bool {
			return slices.ContainsFunc(all, func(t test) bool { return t(i) })
		}
	case jql.Not:
		t := c.expr(e.Of)
		return func(i *Issue) bool { return !t(i) }
	case jql.Clause:
		return c.clause(e)
	}
	return func(*Issue) bool { return true }
}

func (c *compiler) each(es []jql.Expr) []test {
	out := make([]test, len(es))
	for n, e := range es {
		out[n] = c.expr(e)
	}
	return out
}

// field finds what a name in a query means; nil with a refusal if nothing.
func (c *compiler) field(name string) *Field {
	for _, f := range c.w.Fields {
		same := func(s string) bool { return strings.EqualFold(s, name) }
		if same(f.ID) && !f.Custom || f.Custom && (same(f.Name) || same("cf["+strings.TrimPrefix(f.ID, "customfield_")+"]")) || slices.ContainsFunc(f.Clauses, same) {
			return f
		}
	}
	c.refuse("Field '%s' does not exist or you do not have permission to view it.", name)
	return nil
}

func (c *compiler) clause(e jql.Clause) test {
	f := c.field(e.Field)
	if f == nil {
		return func(*Issue) bool { return false }
	}
	switch e.Op {
	case jql.Was, jql.WasIn, jql.WasNot, jql.WasNotIn, jql.Changed:
		return c.past(f, e)
	case jql.Is, jql.IsNot:
		if len(e.Operands) != 1 || !e.Operands[0].Empty {
			return c.refuse("The operator '%s' is not supported by the '%s' field with that value.", strings.ToUpper(string(e.Op)), e.Field)
		}
	case jql.Contains, jql.ContainsNot:
		return c.contains(f, e)
	case jql.In, jql.NotIn:
	default:
		if e.List {
			return c.refuse("Operator '%s' does not support the non-list value '%s' for field '%s'.", e.Op, e.Operands[0].Text, e.Field)
		}
	}
	if timed(f) {
		return c.when(f, e)
	}
	return c.among(f, e)
}

// among compares with = != in, not in, is and is not, and orders numbers,
// priorities and keys.
func (c *compiler) among(f *Field, e jql.Clause) test {
	var want []string
	for _, o := range c.operands(e) {
		ids, ok := c.resolve(f, e.Field, o)
		if !ok {
			return func(*Issue) bool { return false }
		}
		want = append(want, ids...)
	}
	held := c.held(f)
	hit := func(i *Issue) bool {
		return slices.ContainsFunc(held(i), func(s string) bool { return slices.Contains(want, s) })
	}
	switch e.Op {
	case jql.Equal, jql.In, jql.Is:
		return hit
	case jql.NotEqual, jql.NotIn:
		// An empty field fits neither = nor !=: Jira's own trap.
		return func(i *Issue) bool { return !hit(i) && (!slices.Equal(held(i), []string{""})) }
	case jql.IsNot:
		return func(i *Issue) bool { return !hit(i) }
	}
	if f.Kind != Number && f.ID != "issuekey" && f.Kind != PriorityOf || len(want) == 0 {
		return c.refuse("The operator '%s' is not supported by the '%s' field.", e.Op, e.Field)
	}
	return func(i *Issue) bool {
		return slices.ContainsFunc(held(i), func(s string) bool { return s != "" && ordered(e.Op, numeric(s)-numeric(want[0])) })
	}
}

func ordered(op jql.Op, d float64) bool {
	switch op {
	case jql.Greater:
		return d > 0
	case jql.GreaterEqual:
		return d >= 0
	case jql.Less:
		return d < 0
	}
	return d <= 0
}

// numeric reads a number, or the number at the end of a key.
func numeric(s string) float64 {
	if key, n, ok := strings.Cut(s, "-"); ok && key != "" {
		s = n
	}
	n, _ := strconv.ParseFloat(s, 64)
	return n
}

// operands replaces functions by what they return.
func (c *compiler) operands(e jql.Clause) []jql.Operand {
	var out []jql.Operand
	for _, o := range e.Operands {
		if !o.Call {
			out = append(out, o)
			continue
		}
		switch strings.ToLower(o.Text) {
		case "currentuser":
			out = append(out, jql.Operand{Text: c.by.User.ID})
		case "now", "startofday", "endofday", "startofweek", "endofweek", "startofmonth", "endofmonth":
			out = append(out, o)
		default:
			c.refuse("Unable to find JQL function '%s(%s)'.", o.Text, strings.Join(o.Args, ", "))
		}
	}
	return out
}

// contains looks for words in text.
func (c *compiler) contains(f *Field, e jql.Clause) test {
	if f.Kind != Line && f.Kind != Rich && f.ID != "comment" && f.ID != "text" {
		return c.refuse("The operator '%s' is not supported by the '%s' field.", e.Op, e.Field)
	}
	words := strings.Fields(strings.ToLower(strings.NewReplacer(`"`, " ", "*", " ", `\`, "").Replace(e.Operands[0].Text)))
	texts := c.texts(f)
	hit := func(i *Issue) bool {
		return slices.ContainsFunc(texts(i), func(s string) bool {
			s = strings.ToLower(s)
			return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(s, w) })
		})
	}
	if e.Op == jql.ContainsNot {
		return func(i *Issue) bool { return !hit(i) }
	}
	return hit
}

// texts are the texts in which a field is searched.
func (c *compiler) texts(f *Field) func(*Issue) []string {
	w := c.w
	comments := func(i *Issue) []string {
		var out []string
		for _, x := range i.Comments {
			if w.Sees(c.by.User, x) {
				out = append(out, w.Wiki(x.Body))
			}
		}
		return out
	}
	switch f.ID {
	case "comment":
		return comments
	case "text":
		return func(i *Issue) []string {
			out := comments(i)
			for _, g := range w.Fields {
				if g.Kind == Line || g.Kind == Rich {
					out = append(out, w.Called(g, i.Values[g.ID]))
				}
			}
			return out
		}
	}
	return func(i *Issue) []string { return []string{w.Called(f, i.Values[f.ID])} }
}

func (c *compiler) order(s jql.Sort) sorter {
	f := c.field(s.Field)
	if f == nil {
		return sorter{}
	}
	held := c.held(f)
	return sorter{desc: s.Desc, key: func(i *Issue) string {
		s := held(i)[0]
		switch {
		case f.ID == "issuekey":
			k, n, _ := strings.Cut(i.Key, "-")
			return k + fmt.Sprintf("%012s", n)
		case f.Kind == PriorityOf, f.Kind == StatusOf, f.Kind == Select, f.Kind == TypeOf:
			return fmt.Sprintf("%012s", s)
		case f.Kind == Number && s != "":
			return fmt.Sprintf("%030.6f", numeric(s)+1e15)
		}
		return s
	}}
}
