package config_test

import (
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"testing"

	"example.com/accord/config"
	gocmp "github.com/google/go-cmp/cmp"
)

func parsed(t *testing.T, src []byte) config.Config {
	t.Helper()
	c, faults := config.Parse("accord.yaml", src)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompiledLoadsTheSame(t *testing.T) {
	c := parsed(t, example(t))
	src, name, err := c.Compile()
	if err != nil {
		t.Fatal(err)
	}
	c.State, c.TLS = "elsewhere", config.TLS{Cert: "a", Key: "b"}
	if _, same, err := c.Compile(); err != nil || same != name {
		t.Errorf("in another folder it has the name %s, not %s: %v", same, name, err)
	}
	got, err := config.Load(src)
	c.State, c.TLS = "", config.TLS{}
	if diff := gocmp.Diff(c, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	again, same, err := parsed(t, example(t)).Compile()
	if err != nil || string(again) != string(src) || same != name || len(name) != 64+len(".json") {
		t.Errorf("the same file compiles to %s and to %s: %v", name, same, err)
	}
	c.Syncs[0].Rules.Digest = "x"
	if _, other, err := c.Compile(); err != nil || other == name {
		t.Errorf("another configuration has the same name %s: %v", other, err)
	}
}

// shape writes down what JSON makes of a type: the members of structs, by name.
func shape(w *strings.Builder, t reflect.Type, in string, seen map[reflect.Type]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		shape(w, t.Elem(), in+"[]", seen)
	case reflect.Struct:
		if seen[t] || t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
			fmt.Fprintln(w, in, t)
			return
		}
		seen[t] = true
		for f := range t.Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.IsExported() && name != "-" {
				shape(w, f.Type, in+"."+cmp.Or(name, f.Name), seen)
			}
		}
	default:
		fmt.Fprintln(w, in, t.Kind())
	}
}

// TestAnotherShapeIsAnotherFormat: a build that is older, or newer, must not take
// for its own what it would not understand. Where the shape is another, raise
// config.Format, and write the file of the new one with -update.
func TestAnotherShapeIsAnotherFormat(t *testing.T) {
	var w strings.Builder
	shape(&w, reflect.TypeFor[config.Config](), "", map[reflect.Type]bool{})
	file := fmt.Sprintf("testdata/format-%d.txt", config.Format)
	want, err := os.ReadFile(file)
	if *update && errors.Is(err, fs.ErrNotExist) { // one that was published keeps its shape
		err = os.WriteFile(file, []byte(w.String()), 0o644)
		want = []byte(w.String())
	}
	if diff := gocmp.Diff(string(want), w.String()); diff != "" || err != nil {
		t.Errorf("format %d had another shape: %v (-want +got)\n%s", config.Format, err, diff)
	}
}

func TestLoadRefusesWhatItDoesNotKnow(t *testing.T) {
	for src, want := range map[string]string{
		``:                              "EOF",
		`{"Format":1,"Config":{"X":1}}`: "unknown field",
		`{"Format":2}`:                  "it has format 2, and this build reads 1; publish it again",
	} {
		if _, err := config.Load([]byte(src)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", src, err, want)
		}
	}
}

func TestPortable(t *testing.T) {
	c := config.Config{Sites: []config.Site{
		{Name: "one", Token: config.Credential{Env: "T"}, Secret: config.Credential{Env: "S"}},
		{Name: "two", Token: config.Credential{File: "t"}, Secret: config.Credential{File: "s"}, CAFile: "c.pem"},
		{Name: "three", OAuth: config.OAuth{Client: config.Credential{File: "i"}, Secret: config.Credential{File: "s"}}},
	}}
	err := c.Portable()
	for _, want := range []string{"two: token is the file t", "two: secret is the file s", "two: ca_file is the file c.pem", "three: oauth.client is the file i", "three: oauth.secret is the file s"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	if c.Sites = c.Sites[:1]; c.Portable() != nil {
		t.Errorf("what is in the environment is said to be on this machine only: %v", c.Portable())
	}
}
