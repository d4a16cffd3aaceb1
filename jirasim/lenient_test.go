package jirasim

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLeniently(t *testing.T) {
	type part struct {
		IDs  []string `json:"ids"`
		Most *int     `json:"maxResults"`
	}
	type whole struct {
		part
		Name string
		Flag bool
		Rate float64 `json:"rate,omitempty"`
		Raw  json.RawMessage
		By   map[string][]string `json:"by"`
		Of   []part
	}
	for in, want := range map[string]whole{
		`{"ids":[1,"2",3.5]}`:                                 {part: part{IDs: []string{"1", "2", "3.5"}}},
		`{"maxResults":"50","name":7,"flag":"true"}`:          {part: part{Most: new(50)}, Name: "7", Flag: true},
		`{"NAME":true,"rate":"1e3","raw":{"a":"1"}}`:          {Name: "true", Rate: 1000, Raw: json.RawMessage(`{"a":"1"}`)},
		`{"by":{"x":[1]},"of":[{"ids":[10000000000000001]}]}`: {By: map[string][]string{"x": {"1"}}, Of: []part{{IDs: []string{"10000000000000001"}}}},
		`{"name":null,"unknown":[1]}`:                         {},
	} {
		var have whole
		if err := leniently([]byte(in), &have); err != nil {
			t.Errorf("%s: %v", in, err)
		}
		if d := cmp.Diff(want, have, cmp.AllowUnexported(whole{})); d != "" {
			t.Errorf("%s: -want +have\n%s", in, d)
		}
	}
	for _, in := range []string{`{"ids":5}`, `{"ids":[{}]}`, `{"maxResults":"many"}`, `{"flag":"yes"}`, `{"rate":"0x10"}`, `{"rate":"NaN"}`, `{"name":`, `[]`} {
		if err := leniently([]byte(in), &whole{}); err == nil {
			t.Errorf("%s is taken", in)
		}
	}
}
