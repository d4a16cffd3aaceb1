package world

import (
	"fmt"
	"slices"
	"strings"

	"example.com/accord/jirasim/jql"
)

// A compiler turns a query into a test, and collects what is wrong with it.
type compiler struct {
	w     *World
	by    By
	on    *Field // whose function is run
	depth int    // of filters inside filters
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

func (c *compiler) clause(e jql.Clause) test {
	f := c.field(e.Field)
	if f == nil {
		return func(*Issue) bool { return false }
	}
	switch e.Op {
	case jql.Was, jql.WasIn, jql.WasNot, jql.WasNotIn, jql.Changed:
		return c.past(f, e)
	case jql.Contains, jql.ContainsNot:
		return c.contains(f, e)
	}
	if t := c.ill(f, e); t != nil {
		return t
	}
	switch {
	case f.ID == "filter":
		return c.filtered(e)
	case timed(f):
		return c.when(f, e)
	}
	return c.among(f, e)
}

// ill refuses an operator that a field or an operand does not go with.
func (c *compiler) ill(f *Field, e jql.Clause) test {
	o := e.Operands[0]
	switch {
	case !slices.Contains(c.w.Operators(f), e.Op):
		return c.refuse("The operator '%s' is not supported by the '%s' field.", e.Op, e.Field)
	case f.said() && (e.Op == jql.Is || e.Op == jql.IsNot):
		return c.refuse("The field '%s' does not support searching for EMPTY values.", e.Field)
	case e.Op == jql.Is || e.Op == jql.IsNot:
		if e.List || !o.Empty {
			return c.refuse("The operator '%s' is not supported by the '%s' field with that value.", strings.ToUpper(string(e.Op)), e.Field)
		}
	case e.Op == jql.In || e.Op == jql.NotIn:
		if !e.List && !o.Call {
			return c.refuse("Operator '%s' does not support the non-list value '%s' for field '%s'.", e.Op, shown(o), e.Field)
		}
	case e.List:
		return c.refuse("Operator '%s' does not support the list value '%s' for field '%s'.", e.Op, listed(e.Operands), e.Field)
	}
	return nil
}

// Operators are those that a field goes with.
func (w *World) Operators(f *Field) []jql.Op {
	equal := []jql.Op{jql.Equal, jql.NotEqual, jql.In, jql.NotIn}
	exists := []jql.Op{jql.Is, jql.IsNot}
	order := []jql.Op{jql.Greater, jql.GreaterEqual, jql.Less, jql.LessEqual}
	var out []jql.Op
	switch {
	case f.ID == "text":
		return []jql.Op{jql.Contains}
	case f.said(): // that anything is there is refused in words of its own
		return []jql.Op{jql.Contains, jql.ContainsNot, jql.Is, jql.IsNot}
	case f.wordy():
		return slices.Concat([]jql.Op{jql.Contains, jql.ContainsNot}, exists)
	case f.ID == "attachments" || f.ID == "attachment":
		return exists
	case f.ID == "issuekey", f.ID == "votes", f.ID == "watches":
		out = slices.Concat(equal, order)
	case f.ID == "filter", f.Kind == ParentOf && w.Flavour == DataCenter:
		out = equal
	case timed(f), (&compiler{w: w}).weight(f) != nil && f.Kind != ParentOf:
		out = slices.Concat(equal, exists, order)
	default:
		out = slices.Concat(equal, exists)
	}
	if f.remembered() {
		out = append(out, jql.Was, jql.WasIn, jql.WasNot, jql.WasNotIn, jql.Changed)
	}
	return out
}

func shown(o jql.Operand) string {
	if o.Empty {
		return "EMPTY"
	}
	return jql.Quote(o.Text)
}

func listed(all []jql.Operand) string {
	var out []string
	for _, o := range all {
		out = append(out, shown(o))
	}
	return "(" + strings.Join(out, ", ") + ")"
}

// among compares with = != in, not in, is and is not, and orders what has a
// weight.
func (c *compiler) among(f *Field, e jql.Clause) test {
	want, ok := c.wanted(f, e)
	if !ok {
		return func(*Issue) bool { return false }
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
	weight := c.weight(f)
	if len(want) == 0 {
		return func(*Issue) bool { return false }
	}
	if f.ID == "issuekey" {
		// Keys of another project are neither greater nor less.
		than := c.w.Issues[want[0]]
		return func(i *Issue) bool { return i.Project == than.Project && ordered(e.Op, weight(i.ID)-weight(than.ID)) }
	}
	return func(i *Issue) bool {
		return slices.ContainsFunc(held(i), func(s string) bool { return s != "" && ordered(e.Op, weight(s)-weight(want[0])) })
	}
}

// wanted is what the operands of a clause stand for, as held gives it.
func (c *compiler) wanted(f *Field, e jql.Clause) (want []string, ok bool) {
	ok = true
	for _, o := range e.Operands {
		ids, known := []string(nil), false
		if o.Call {
			ids, known = c.called(f, e, o)
		} else {
			ids, known = c.resolve(f, e.Field, o)
		}
		ok = ok && known
		want = append(want, ids...)
	}
	return want, ok
}

// filtered fits what fits a saved filter.
func (c *compiler) filtered(e jql.Clause) test {
	var any []test
	for _, o := range e.Operands {
		f := c.w.filterOf(c.by.User, o.Text)
		if o.Empty {
			return c.refuse("The field '%s' does not support searching for EMPTY values.", e.Field)
		}
		if f == nil && o.ID {
			return c.refuse("A value with ID '%s' does not exist for the field '%s'.", o.Text, e.Field)
		}
		if f == nil || c.depth > mostNested {
			return c.refuse("The value '%s' does not exist for the field '%s'.", o.Text, e.Field)
		}
		q, err := jql.Parse(f.JQL)
		if err != nil {
			return c.refuse("The value '%s' does not exist for the field '%s'.", o.Text, e.Field)
		}
		c.depth++
		any = append(any, c.expr(q.Where))
		c.depth--
	}
	hit := func(i *Issue) bool { return slices.ContainsFunc(any, func(t test) bool { return t(i) }) }
	if e.Op == jql.NotEqual || e.Op == jql.NotIn {
		return func(i *Issue) bool { return !hit(i) }
	}
	return hit
}

// mostNested is how many filters may stand inside each other.
const mostNested = 10
