package jql_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/jirasim/jql"
)

func clause(field string, op jql.Op, values ...string) jql.Clause {
	c := jql.Clause{Field: field, Op: op}
	for _, v := range values {
		_, err := strconv.ParseInt(v, 10, 64)
		c.Operands = append(c.Operands, jql.Operand{Text: v, ID: err == nil})
	}
	return c
}

func list(c jql.Clause) jql.Clause {
	c.List = true
	return c
}

func TestQueriesAreRead(t *testing.T) {
	empty := jql.Clause{Field: "assignee", Op: jql.Is, Operands: []jql.Operand{{Empty: true}}}
	for query, want := range map[string]jql.Query{
		"":                 {},
		"order by updated": {Order: []jql.Sort{{Field: "updated", Own: true}}},
		"project = SUP":    {Where: clause("project", "=", "SUP")},
		"PROJECT=SUP":      {Where: clause("PROJECT", "=", "SUP")},
		`project = "A \"quoted\" name" ORDER BY created DESC, key asc`: {
			Where: clause("project", "=", `A "quoted" name`), Order: []jql.Sort{{Field: "created", Desc: true}, {Field: "key"}}},
		"project = A and status != 'To Do' or labels ~ x": {Where: jql.Or{
			jql.And{clause("project", "=", "A"), clause("status", "!=", "To Do")}, clause("labels", "~", "x")}},
		"project = A && (status = B || status = C)": {Where: jql.And{clause("project", "=", "A"),
			jql.Or{clause("status", "=", "B"), clause("status", "=", "C")}}},
		"not project = A and ! (x = y)": {Where: jql.And{jql.Not{Of: clause("project", "=", "A")}, jql.Not{Of: clause("x", "=", "y")}}},
		"key in (A-1, A-2)":             {Where: list(clause("key", jql.In, "A-1", "A-2"))},
		"key NOT  IN (A-1)":             {Where: list(clause("key", jql.NotIn, "A-1"))},
		"assignee is EMPTY":             {Where: empty},
		"assignee is null":              {Where: empty},
		"assignee is not empty":         {Where: jql.Clause{Field: "assignee", Op: jql.IsNot, Operands: []jql.Operand{{Empty: true}}}},
		`updated >= "2026/01/02 03:04"`: {Where: clause("updated", ">=", "2026/01/02 03:04")},
		"updated > -5m":                 {Where: clause("updated", ">", "-5m")},
		"x = '5'":                       {Where: jql.Clause{Field: "x", Op: "=", Operands: []jql.Operand{{Text: "5"}}}},
		"cf[10010] = 5":                 {Where: clause("cf[10010]", "=", "5")},
		"reporter = currentUser()":      {Where: jql.Clause{Field: "reporter", Op: "=", Operands: []jql.Operand{{Text: "currentUser", Call: true}}}},
		`created >= startOfDay("-1d")`:  {Where: jql.Clause{Field: "created", Op: ">=", Operands: []jql.Operand{{Text: "startOfDay", Call: true, Args: []string{"-1d"}}}}},
		"status was not in (A, B)":      {Where: list(clause("status", jql.WasNotIn, "A", "B"))},
		"status changed":                {Where: jql.Clause{Field: "status", Op: jql.Changed}},
		"status changed from A to (B, empty) by f() after -1d during ('x', 'y')": {Where: jql.Clause{Field: "status", Op: jql.Changed, History: []jql.When{
			{Word: "from", Operands: []jql.Operand{{Text: "A"}}}, {Word: "to", Operands: []jql.Operand{{Text: "B"}, {Empty: true}}}, {Word: "by", Operands: []jql.Operand{{Text: "f", Call: true}}},
			{Word: "after", Operands: []jql.Operand{{Text: "-1d"}}}, {Word: "during", Operands: []jql.Operand{{Text: "x"}, {Text: "y"}}}}}},
		"status was A on B and x = y": {Where: jql.And{jql.Clause{Field: "status", Op: jql.Was, Operands: []jql.Operand{{Text: "A"}},
			History: []jql.When{{Word: "on", Operands: []jql.Operand{{Text: "B"}}}}}, clause("x", "=", "y")}},
		"issue.property[a.b].c.d = 5":      {Where: clause("issue.property[a.b].c.d", "=", "5")},
		`issue.property["a b"].c = 'from'`: {Where: clause("issue.property[a b].c", "=", "from")},
		"x in f(a, 'b c')":                 {Where: jql.Clause{Field: "x", Op: jql.In, Operands: []jql.Operand{{Text: "f", Call: true, Args: []string{"a", "b c"}}}}},
	} {
		got, err := jql.Parse(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: -want +got\n%s", query, d)
		}
	}
}

func TestQueriesAreRefusedInJirasWords(t *testing.T) {
	for query, want := range map[string]string{
		"project = PUB status":                "Expecting either 'OR' or 'AND' but got 'status'. (line 1, character 15)",
		"project = PUB and":                   "Expecting a field name at the end of the query.",
		`project = "unclosed`:                 "The quoted string 'unclosed' has not been completed. (line 1, character 11)",
		"project":                             "Expecting operator before the end of the query. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.",
		"project SUP":                         "Expecting operator but got 'SUP'. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'. (line 1, character 9)",
		"project =":                           "Expecting either a value, list or function before the end of the query.",
		"project = and":                       "Expecting either a value, list or function but got 'and'. You must surround 'and' in quotation marks to use it as a value. (line 1, character 11)",
		"(project = A":                        "Expecting ')' before the end of the query.",
		"project in (A":                       "Expecting ')' before the end of the query.",
		"x = f(a":                             "Expecting ')' before the end of the query.",
		"project = A )":                       "Expecting either 'OR' or 'AND' but got ')'. (line 1, character 13)",
		"(project = A status = B)":            "Expecting either 'OR' or 'AND' but got 'status'. (line 1, character 14)",
		"order = A":                           "Expecting either 'OR' or 'AND' but got 'order'. (line 1, character 1)",
		"and = A":                             "'and' is a reserved JQL word. You must surround it in quotation marks to use it in a query. (line 1, character 1)",
		"= A":                                 "Expecting a field name but got '='. You must surround '=' in quotation marks to use it as a field name. (line 1, character 1)",
		"project = 5%":                        `The character '%' is a reserved JQL character. You must enclose it in a string or use the escape '\u0025' instead. (line 1, character 12)`,
		"a = b\nand c = d e":                  "Expecting either 'OR' or 'AND' but got 'e'. (line 2, character 11)",
		"a = b order by c d":                  "Expecting either 'ASC', 'DESC' or ',' but got 'd'. (line 1, character 18)",
		"a = b order by":                      "Expecting a field name at the end of the query.",
		`a = "\q"`:                            `'\q' is an illegal JQL escape sequence. The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX. (line 1, character 5)`,
		strings.Repeat("not ", 300) + "a = b": "The JQL query is too deeply nested.",
		"project = select":                    "'select' is a reserved JQL word. You must surround it in quotation marks to use it in a query. (line 1, character 11)",
		"from = a":                            "'from' is a reserved JQL word. You must surround it in quotation marks to use it in a query. (line 1, character 1)",
		"cf = 1":                              "'cf' is a reserved JQL word. You must surround it in quotation marks to use it in a query. (line 1, character 1)",
		"status changed from":                 "Expecting either a value, list or function before the end of the query.",
		"status was A by (b":                  "Expecting ')' before the end of the query.",
		"cf[":                                 "Expecting a field identifier in 'cf['.",
	} {
		_, err := jql.Parse(query)
		if err == nil {
			t.Errorf("%s: read, want refused", query)
			continue
		}
		if got := err.Error(); got != "Error in the JQL Query: "+want {
			t.Errorf("%s:\n got  %s\n want Error in the JQL Query: %s", query, got, want)
		}
	}
}

func TestQuoteIsReadBack(t *testing.T) {
	for _, s := range []string{"a", `with "quotes" and \ slashes`, "two words", "and", "ünï"} {
		q, err := jql.Parse("summary = " + jql.Quote(s))
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		if got := q.Where.(jql.Clause).Operands[0].Text; got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
	}
}

// FuzzParse holds that every text is read or refused in Jira's form, and that
// both are the same each time.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "project = SUP", `a in (1, "2", f(x, y)) or not b is empty order by c desc`, `"`, `\`, "((((", "a = '\\u00", "cf[1] = 2", "\xff\xfe = \x00", "a was not in (b) and c changed", "a was b by c during (d, e)", "issue.property[k].a.b = 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := jql.Parse(s)
		again, err2 := jql.Parse(s)
		if (err == nil) != (err2 == nil) || !cmp.Equal(q, again) {
			t.Fatalf("%q is read in two ways", s)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "Error in the JQL Query: ") {
			t.Fatalf("%q: refused with %q", s, err)
		}
		if err == nil && q.Where == nil && len(q.Order) == 0 && strings.TrimSpace(s) != "" {
			t.Fatalf("%q is read as nothing", s)
		}
	})
}
