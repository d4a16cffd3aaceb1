package clients_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A walk calls the methods of a client as a script says, one to a line:
//
//	name = Issue.Create({"fields": {"summary": "A"}}, null) -> key="SUP-1"
//	! Issue.Get("SUP-9", null) -> does not exist
//	- Team.Gets: served by another host
//
// The arguments are JSON, read into the types that the method takes, without
// the context; $name.path stands for a part of what an earlier line was
// answered. What follows "->" is a part of the answer, or of the error of a call
// that is refused ("!"); an answer with nothing in it needs "-> empty". A method
// that no line calls fails the test, unless a line with "-" says why.
type walk struct {
	t      *testing.T
	known  map[string]any
	called map[string]bool
	roots  []reflect.Value
	spy    *spy
}

// follow walks through a script on clients, whose services are fields of them.
func follow(t *testing.T, script string, spy *spy, known map[string]any, clients ...any) {
	t.Helper()
	w := &walk{t: t, spy: spy, known: known, called: map[string]bool{}}
	for _, c := range clients {
		w.roots = append(w.roots, reflect.ValueOf(c))
	}
	b, err := os.ReadFile(filepath.Join("testdata", script))
	sure(t, err, "script")
	for i, line := range strings.Split(string(b), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if err := w.step(line); err != nil {
			t.Errorf("%s:%d: %s\n\t%v", script, i+1, line, err)
		}
	}
	for _, root := range w.roots {
		w.census(root, "")
	}
}

var line = regexp.MustCompile(`^(!\s*)?(?:(\w+) = )?([\w.]+)\((.*)\)(?: -> (.*))?$`)

func (w *walk) step(text string) error {
	if left, ok := strings.CutPrefix(text, "- "); ok {
		name, _, _ := strings.Cut(left, ":")
		w.called[name] = true
		return nil
	}
	m := line.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("cannot be read")
	}
	refused, name, method, want := m[1] != "", m[2], m[3], m[5]
	w.called[method] = true
	args, err := w.filled(m[4])
	if err != nil {
		return err
	}
	if want, err = w.filled(want); err != nil {
		return err
	}
	w.spy.last = ""
	answer, err := w.call(method, args)
	if err != nil {
		err = fmt.Errorf("%w\n\t%s", err, w.spy.last)
	}
	switch {
	case refused && err == nil:
		return fmt.Errorf("not refused")
	case refused:
		if !strings.Contains(err.Error(), want) {
			return fmt.Errorf("refused with %v", err)
		}
		return nil
	case err != nil:
		return err
	}
	if name != "" {
		w.known[name] = answer
	}
	return met(answer, want)
}

// met compares an answer with what a line wants of it.
func met(answer any, want string) error {
	if want == "" || want == "empty" {
		if void(answer) != (want == "empty") {
			return fmt.Errorf("the answer is %s", text(answer))
		}
		return nil
	}
	path, value, _ := strings.Cut(want, "=")
	have, err := dig(answer, path)
	if err != nil {
		return err
	}
	if value != "" && text(have) != value {
		return fmt.Errorf("%s is %s", path, text(have))
	}
	return nil
}

// void says whether there is nothing in an answer: no value but zeros.
func void(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		for k, part := range v {
			if k != "self" && k != "maxResults" && !void(part) {
				return false
			}
		}
		return true
	case float64:
		return v == 0
	case string:
		return v == "" || v == "0001-01-01T00:00:00Z"
	case bool:
		return !v
	}
	return false
}

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// dig finds the part of a value that a path with dots names.
func dig(v any, path string) (any, error) {
	at := v
	for part := range strings.SplitSeq(path, ".") {
		switch x := at.(type) {
		case map[string]any:
			at = x[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(x) {
				return nil, fmt.Errorf("no %s in %s", path, text(v))
			}
			at = x[i]
		default:
			return nil, fmt.Errorf("no %s in %s", path, text(v))
		}
	}
	return at, nil
}

var reference = regexp.MustCompile(`([+]?)\$(\w+(?:\.\w+)*)`)

// filled writes what is known for its names, after "+" without quotes.
func (w *walk) filled(s string) (string, error) {
	var err error
	return reference.ReplaceAllStringFunc(s, func(ref string) string {
		part, bad := dig(w.known, strings.TrimLeft(ref, "+$"))
		if bad != nil || part == nil {
			err = fmt.Errorf("%s is not known", ref)
		}
		if ref[0] == '+' {
			return strings.Trim(text(part), `"`)
		}
		return text(part)
	}), err
}

// call calls a method with arguments and returns its first answer as JSON has it.
func (w *walk) call(method, args string) (answer any, err error) {
	var raw []json.RawMessage
	if err := json.Unmarshal([]byte("["+args+"]"), &raw); err != nil {
		return nil, fmt.Errorf("arguments: %w", err)
	}
	f := w.find(method)
	if !f.IsValid() {
		return nil, fmt.Errorf("there is no such method")
	}
	in, err := arguments(f.Type(), raw)
	if err != nil {
		return nil, err
	}
	return answered(f.Call(in))
}

// answered takes the answer and the error out of what a method returned.
func answered(out []reflect.Value) (answer any, err error) {
	for i, v := range out {
		if e, ok := v.Interface().(error); ok {
			return nil, e
		}
		if i > 0 || v.Type().Implements(reflect.TypeFor[error]()) || strings.Contains(v.Type().String(), "Response") && v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct && v.Elem().FieldByName("Response").IsValid() {
			continue
		}
		b, err := json.Marshal(v.Interface())
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(b, &answer); err != nil {
			return nil, err
		}
	}
	if len(out) < 3 && answer == nil {
		answer = true // there is nothing to be answered
	}
	return answer, nil
}

// arguments reads what a method is called with.
func arguments(f reflect.Type, raw []json.RawMessage) (in []reflect.Value, err error) {
	for i := range f.NumIn() {
		p := f.In(i)
		if p == reflect.TypeFor[context.Context]() {
			in = append(in, reflect.ValueOf(context.Background()))
			continue
		}
		if f.IsVariadic() && i == f.NumIn()-1 {
			for _, r := range raw {
				v, err := argument(p.Elem(), r)
				if err != nil {
					return nil, err
				}
				in = append(in, v)
			}
			return in, nil
		}
		if len(raw) == 0 {
			return nil, fmt.Errorf("too few arguments for %s", f)
		}
		v, err := argument(p, raw[0])
		if err != nil {
			return nil, err
		}
		in, raw = append(in, v), raw[1:]
	}
	if len(raw) > 0 {
		return nil, fmt.Errorf("too many arguments for %s", f)
	}
	return in, nil
}

// argument reads one. Ids are given as the number or the string that is taken.
func argument(p reflect.Type, raw json.RawMessage) (reflect.Value, error) {
	s := string(raw)
	if p == reflect.TypeFor[io.Reader]() {
		var content string
		err := json.Unmarshal(raw, &content)
		return reflect.ValueOf(strings.NewReader(content)), err
	}
	if _, err := strconv.Atoi(strings.Trim(s, `"`)); err == nil {
		switch p.Kind() {
		case reflect.Int, reflect.Int64:
			raw = json.RawMessage(strings.Trim(s, `"`))
		case reflect.String:
			raw = json.RawMessage(`"` + strings.Trim(s, `"`) + `"`)
		}
	}
	v := reflect.New(p)
	if p.Kind() == reflect.Func {
		return v.Elem(), nil
	}
	if err := json.Unmarshal(raw, v.Interface()); err != nil {
		return v, fmt.Errorf("argument %s: %w", s, err)
	}
	return v.Elem(), nil
}

// find finds a method by the names of the services that lead to it.
func (w *walk) find(method string) reflect.Value {
	for _, at := range w.roots {
		parts := strings.Split(method, ".")
		for _, name := range parts[:len(parts)-1] {
			for at.Kind() == reflect.Pointer || at.Kind() == reflect.Interface {
				at = at.Elem()
			}
			if at.Kind() == reflect.Struct {
				at = at.FieldByName(name)
			}
		}
		if at.IsValid() {
			if m := at.MethodByName(parts[len(parts)-1]); m.IsValid() {
				return m
			}
		}
	}
	return reflect.Value{}
}

// census complains of every method of a service that was not called.
func (w *walk) census(at reflect.Value, path string) {
	inner := at
	for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Interface {
		inner = inner.Elem()
	}
	if inner.Kind() != reflect.Struct {
		return
	}
	for i := range inner.NumField() {
		f := inner.Type().Field(i)
		if f.IsExported() && f.Type.Kind() != reflect.Func && slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Interface}, f.Type.Kind()) && served(f.Type) {
			w.census(inner.Field(i), path+f.Name+".")
		}
	}
	if path == "" {
		return
	}
	for i := range at.Type().NumMethod() {
		name := path + at.Type().Method(i).Name
		if !w.called[name] && !strings.HasSuffix(name, "WithContext") {
			w.t.Errorf("no line calls %s", name)
		}
	}
}

// served says whether a type is a service of a client.
func served(p reflect.Type) bool {
	name := strings.TrimLeft(p.String(), "*")
	return strings.HasSuffix(name, "Service") || strings.HasSuffix(name, "Connector")
}

// A spy remembers the last answers that were refusals.
type spy struct{ last string }

func (s *spy) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || res.StatusCode < 300 {
		return res, err
	}
	b, err := io.ReadAll(res.Body)
	res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(b))
	s.last = fmt.Sprintf("%d %s %s: %s", res.StatusCode, r.Method, r.URL.RequestURI(), b)
	return res, err
}
