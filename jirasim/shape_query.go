package jirasim

import (
	"strings"

	"example.com/accord/jirasim/jql"
)

// structure is a query taken apart, as Cloud tells it.
func structure(q jql.Query) object {
	o := object{}
	if q.Where != nil {
		o["where"] = condition(q.Where)
	}
	if len(q.Order) > 0 {
		fields := []any{}
		for _, s := range q.Order {
			o := object{"field": queried(s.Field)}
			switch {
			case s.Desc:
				o["direction"] = "desc"
			case !s.Own:
				o["direction"] = "asc"
			}
			fields = append(fields, o)
		}
		o["orderBy"] = object{"fields": fields}
	}
	return o
}

func condition(e jql.Expr) object {
	join := func(op string, terms []jql.Expr) object {
		all := []any{}
		for _, t := range terms {
			all = append(all, condition(t))
		}
		return object{"operator": op, "clauses": all}
	}
	switch e := e.(type) {
	case jql.And:
		return join("and", e)
	case jql.Or:
		return join("or", e)
	case jql.Not:
		return join("not", []jql.Expr{e.Of})
	case jql.Clause:
		return clause(e)
	}
	return object{}
}

func clause(e jql.Clause) object {
	o := object{"field": queried(e.Field), "operator": strings.ToLower(string(e.Op))}
	if e.Op != jql.Changed {
		o["operand"] = operand(e.Operands, e.List)
	}
	switch e.Op {
	case jql.Was, jql.WasIn, jql.WasNot, jql.WasNotIn, jql.Changed:
		all := []any{}
		for _, h := range e.History {
			all = append(all, object{"operator": h.Word, "operand": operand(h.Operands, len(h.Operands) > 1)})
		}
		o["predicates"] = all
	}
	return o
}

// queried is a field of a query; issue.property[key].path names a property.
func queried(name string) object {
	o := object{"name": name, "encodedName": inQuery(name)}
	if head, rest, is := strings.Cut(name, "["); is && strings.HasSuffix(strings.ToLower(head), ".property") {
		key, path, _ := strings.Cut(rest, "]")
		entity, _, _ := strings.Cut(head, ".")
		p := object{"entity": entity, "key": key}
		if path = strings.Trim(path, "."); path != "" {
			p["path"] = path
		}
		o["property"] = []any{p}
	}
	return o
}

func operand(all []jql.Operand, list bool) object {
	if list {
		values, written := []any{}, []string{}
		for _, x := range all {
			o := operand([]jql.Operand{x}, false)
			values = append(values, o)
			written = append(written, encoded(x))
		}
		return object{"values": values, "encodedOperand": "(" + strings.Join(written, ", ") + ")"}
	}
	switch x := all[0]; {
	case x.Empty:
		return object{"keyword": "empty", "encodedOperand": "empty"}
	case x.Call:
		return object{"function": x.Text, "arguments": append([]string{}, x.Args...), "encodedOperand": encoded(x)}
	default:
		return object{"value": x.Text, "encodedValue": encoded(x)}
	}
}

// encoded is an operand as a query writes it.
func encoded(x jql.Operand) string {
	switch {
	case x.Empty:
		return "empty"
	case x.Call:
		var args []string
		for _, a := range x.Args {
			args = append(args, inQuery(a))
		}
		return x.Text + "(" + strings.Join(args, ", ") + ")"
	}
	return inQuery(x.Text)
}
