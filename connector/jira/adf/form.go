package adf

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// has reports whether v has a form.
func has(form string, v any) bool {
	s, isString := v.(string)
	num, isNumber := v.(json.Number)
	switch form {
	case "any":
		return true
	case "string":
		return isString
	case "text":
		return s != ""
	case "newline":
		return s == "\n"
	case "number":
		return isNumber
	case "bool":
		_, ok := v.(bool)
		return ok
	case "datasource":
		return isObject(v, "id!=string parameters!=any views!=views")
	case "views":
		list, _ := v.([]any)
		return len(list) > 0 && every(v, "view")
	case "view":
		return isObject(v, "type!=string properties=any")
	case "color":
		return isColor(s)
	case "color8":
		return isColor(s) || len(s) == 9 && isColor(s[:7]) && isColor("#"+s[3:])
	case "lozenge":
		return isColor(s) || slices.Contains([]string{"neutral", "purple", "blue", "red", "yellow", "green"}, s)
	case "numbers":
		return every(v, "number")
	case "strings":
		list, _ := v.([]any)
		return len(list) > 0 && every(v, "string")
	}
	if low, high, ok := strings.Cut(form, ".."); ok {
		return isNumber && within(num, low, high)
	}
	return isString && slices.Contains(strings.Split(form, "|"), s)
}

// isObject reports whether v is an object with these members.
func isObject(v any, members string) bool {
	n, ok := v.(node)
	return ok && validAlternative(n, members) == nil
}

func every(v any, form string) bool {
	list, ok := v.([]any)
	return ok && !slices.ContainsFunc(list, func(w any) bool { return !has(form, w) })
}

// within reports whether low ≤ n ≤ high; an empty high is no limit.
func within(n json.Number, low, high string) bool {
	f, err := n.Float64()
	l, _ := strconv.ParseFloat(low, 64)
	h, _ := strconv.ParseFloat(high, 64)
	return err == nil && f >= l && (high == "" || f <= h)
}
