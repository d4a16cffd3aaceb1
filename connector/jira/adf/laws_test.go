package adf_test

import (
	"encoding/json"
	"slices"
	"testing"

	"example.com/accord/connector/jira/adf"
	"example.com/accord/text"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) {
	searchFor("1000")
	m.Run()
}

func TestWhatFitsIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := fitting.Draw(t, "doc")
		if diff := cmp.Diff(text.Canonical(d), adf.Canon(d)); diff != "" {
			t.Fatalf("written and read (-had +have):\n%s\n%s", diff, adf.Encode(d))
		}
	})
}

func TestWhatDoesNotFitIsShownInOneValidForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := wild.Draw(t, "doc")
		before, _ := json.Marshal(d)
		once := adf.Canon(d)
		if after, _ := json.Marshal(d); string(before) != string(after) {
			t.Fatalf("writing changed the document:\n%s\n%s", before, after)
		}
		if diff := cmp.Diff(once, adf.Canon(once)); diff != "" {
			t.Fatalf("once and twice (-once +twice):\n%s", diff)
		}
		if b := adf.Encode(d); string(b) != "null" {
			if err := adf.Valid(b); err != nil {
				t.Fatalf("%v\n%s", err, b)
			}
		}
	})
}

func TestReadingIgnoresWhatSaysNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var v any
		if err := json.Unmarshal(adf.Encode(fitting.Draw(t, "doc")), &v); err != nil || v == nil {
			return
		}
		plain, _ := json.Marshal(v)
		for i, n := range nodesOf([]any{v}) {
			if marks, ok := n["marks"].([]any); ok {
				slices.Reverse(marks)
			}
			if attrs, ok := n["attrs"].(map[string]any); ok || i > 0 && n["type"] != "text" {
				if attrs == nil {
					attrs = map[string]any{}
				}
				attrs["localId"] = "made by the server"
				n["attrs"] = attrs
			}
		}
		noisy, _ := json.Marshal(v)
		a, _ := adf.Decode(plain)
		b, _ := adf.Decode(noisy)
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("%s\n%s", diff, noisy)
		}
	})
}

// Whatever Jira may hold comes back to it valid and with the same meaning.
func TestValidDocumentsComeBackValid(t *testing.T) {
	seeds := []any{rare()}
	for _, s := range handWritten {
		var v any
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, v)
	}
	valid := 0
	rapid.Check(t, func(t *rapid.T) {
		b, _ := json.Marshal(mutate(t, rapid.SampledFrom(seeds).Draw(t, "document"), seeds))
		d, err := adf.Decode(b)
		if adf.Valid(b) != nil {
			return // it need only not panic
		}
		valid++
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		again := adf.Encode(d)
		if err := adf.Valid(again); err != nil && len(d) > 0 {
			t.Fatalf("%v\n%s\n%s", err, b, again)
		}
		if diff := cmp.Diff(d, adf.Canon(d)); diff != "" {
			t.Fatalf("%s\n%s\n%s", diff, b, again)
		}
	})
	if valid == 0 {
		t.Error("no document was valid")
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range append(handWritten, "", "null", "[]", `{"type":"doc","content":[1,"a",null,[],{}]}`, `{"type":"doc","content":{}}`,
		`{"type":"doc","version":1,"content":[{"type":"text","text":"at block level"}]}`, `{"type":"doc"} {}`, "\xff") {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := adf.Decode(b)
		if err != nil {
			return
		}
		once := adf.Canon(d) // not d: b may be no document that Jira takes
		if diff := cmp.Diff(once, adf.Canon(once)); diff != "" {
			t.Errorf("%s\n%s", diff, b)
		}
		if adf.Valid(b) == nil && !once.Equal(d) {
			t.Errorf("valid, but comes back as\n%s\nnot\n%s", adf.Encode(d), b)
		}
	})
}
