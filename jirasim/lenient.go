package jirasim

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
)

// leniently reads JSON as the library that Jira uses does: where a text is wanted, a
// number is one, and the other way round. Unverified, but for clients that send
// ids as either.
func leniently(body []byte, to any) error {
	err := json.Unmarshal(body, to)
	if wrong := (*json.UnmarshalTypeError)(nil); !errors.As(err, &wrong) {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return err
	}
	bent, err := json.Marshal(bend(v, reflect.TypeOf(to)))
	if err != nil {
		return err
	}
	return json.Unmarshal(bent, to)
}

// bend makes of the scalars in a value those that a type has.
func bend(v any, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return v
	}
	switch x := v.(type) {
	case []any:
		if t.Kind() == reflect.Slice {
			for i := range x {
				x[i] = bend(x[i], t.Elem())
			}
		}
	case map[string]any:
		for k := range x {
			if at := member(t, k); at != nil {
				x[k] = bend(x[k], at)
			}
		}
	case json.Number:
		if t.Kind() == reflect.String {
			return string(x)
		}
	case bool:
		if t.Kind() == reflect.String {
			return strconv.FormatBool(x)
		}
	case string:
		return parsed(x, t.Kind())
	}
	return v
}

// member is the type of a member of a struct or a map; nil if there is none.
func member(t reflect.Type, name string) reflect.Type {
	if t.Kind() == reflect.Map {
		return t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		called, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if called == "" && !f.Anonymous {
			called = f.Name
		}
		if strings.EqualFold(called, name) {
			return f.Type
		}
	}
	return nil
}

// parsed is the number or the truth value that a text is, where one is wanted.
func parsed(s string, want reflect.Kind) any {
	switch {
	case want == reflect.Bool && (s == "true" || s == "false"):
		return s == "true"
	case want >= reflect.Int && want <= reflect.Float64:
		if _, err := strconv.ParseFloat(s, 64); err == nil && json.Valid([]byte(s)) {
			return json.Number(s)
		}
	}
	return s
}
