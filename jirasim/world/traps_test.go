package world_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

// made makes an issue in the first project.
func made(t interface{ Fatal(...any) }, w *world.World, api int, fields map[string]json.RawMessage) *world.Issue {
	all := map[string]json.RawMessage{"project": raw(fmt.Sprintf(`{"key":%q}`, w.Projects[0].Key)), "issuetype": raw(`{"name":"Bug"}`), "summary": raw(`"s"`)}
	maps.Copy(all, fields)
	i, err := w.Create(world.By{User: w.Users[0], Now: noon, API: api}, world.Body{Fields: all})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// TestWhatIsNormalisedStaysSo: written again as it was read it does not change,
// no blank is at an end, and no word is lost.
func TestWhatIsNormalisedStaysSo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom([]world.Flavour{world.Cloud, world.DataCenter}).Draw(t, "flavour")
		w := world.Found(f, 1, []world.Seat{{Key: "SUP", Name: "Support"}})
		w.Normalises = true
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"a", " ", "\u00a0", "\n", "\r\n", "b ", "\t", "c", "*d*", "\n\n"}), 1, 12).Draw(t, "text")
		given := "x" + strings.Join(words, "")
		text := raw(string(mustMarshal(t, given)))
		one := made(t, w, 2, map[string]json.RawMessage{"description": text}).Values["description"].Text
		api := map[world.Flavour]int{world.Cloud: 3, world.DataCenter: 2}[f]
		shown := mustMarshal(t, w.Rich(one, api))
		two := made(t, w, api, map[string]json.RawMessage{"description": raw(string(shown))}).Values["description"].Text
		if one != two {
			t.Fatalf("%q is kept as\n%q and, written again, as\n%q", given, one, two)
		}
		if strings.Contains(one, "\u00a0") {
			t.Errorf("%q is kept as %q", given, one)
		}
		letters := func(s string) string {
			return strings.Map(func(r rune) rune {
				if strings.ContainsRune("xabcd", r) {
					return r
				}
				return -1
			}, s)
		}
		if got := letters(w.Wiki(one)); got != letters(given) {
			t.Errorf("of %q is left %q", given, w.Wiki(one))
		}
	})
}

func mustMarshal(t *rapid.T, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAnOptionIsGone from its field, from those below it, and from every issue.
func TestAnOptionIsGone(t *testing.T) {
	w := world.Found(world.Cloud, 1, []world.Seat{{Key: "SUP", Name: "Support"}})
	by := world.By{User: w.Users[0], Now: noon, API: 2}
	field := func(name, style string, options ...world.Option) *world.Field {
		f, err := w.AddField(by, name, "", world.StylePrefix+style, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		f.Options = options
		w.Screen(f, true)
		return f
	}
	many := field("Many", "multiselect", world.Option{ID: "1", Value: "a"}, world.Option{ID: "2", Value: "b"})
	deep := field("Deep", "cascadingselect", world.Option{ID: "3", Value: "c"}, world.Option{ID: "4", Value: "d", Parent: "3"})
	i := made(t, w, 2, map[string]json.RawMessage{many.ID: raw(`[{"value":"a"},{"value":"b"}]`), deep.ID: raw(`{"value":"c","child":{"value":"d"}}`)})
	other := made(t, w, 2, map[string]json.RawMessage{many.ID: raw(`[{"value":"a"}]`)})
	if !w.DropOption(by, many, "a") || !w.DropOption(by, deep, "3") || w.DropOption(by, many, "a") || w.DropOption(by, many, "z") {
		t.Fatal("it is gone the first time only")
	}
	if got := w.Issues[i.ID].Values[many.ID].List; !slices.Equal(got, []string{"2"}) {
		t.Errorf("of two is left %v", got)
	}
	if _, has := w.Issues[i.ID].Values[deep.ID]; has || len(deep.Options) != 0 {
		t.Errorf("below is left %v, %v", w.Issues[i.ID].Values[deep.ID], deep.Options)
	}
	if _, has := w.Issues[other.ID].Values[many.ID]; has {
		t.Error("an issue that held nothing else holds something")
	}
	if n := len(w.Issues[i.ID].History); n != 0 {
		t.Errorf("the history has %d entries", n)
	}
}

func TestATransitionIsGone(t *testing.T) {
	w := world.Found(world.DataCenter, 1, []world.Seat{{Key: "ONE", Name: "One"}, {Key: "TWO", Name: "Two"}})
	i := made(t, w, 2, nil)
	if !w.DropTransition(w.Projects[0], "4") || w.DropTransition(w.Projects[0], "4") {
		t.Fatal("it is gone the first time only")
	}
	if n := len(w.Open(w.Users[0], i)); n != 0 {
		t.Errorf("%d transitions are open", n)
	}
	if !w.DropTransition(w.Projects[1], "4") {
		t.Error("it is gone from another project too")
	}
}

// TestAnIssueLagsAsWasSaid of it, by id or by key, and the others as all.
func TestAnIssueLagsAsWasSaid(t *testing.T) {
	w := world.Found(world.DataCenter, 1, []world.Seat{{Key: "ONE", Name: "One"}})
	w.Lag, w.Lags = 10*time.Second, map[string]time.Duration{"ONE-1": time.Minute, "ONE-3": 0}
	for range 3 {
		made(t, w, 2, nil)
	}
	q, err := jql.Parse("project = ONE")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {10 * time.Second, 2}, {59 * time.Second, 2}, {time.Minute, 3}} {
		hits, err := w.Search(world.By{User: w.Users[0], Now: noon.Add(c.after), API: 2}, q)
		if err != nil || len(hits) != c.want {
			t.Errorf("after %v %d are found, want %d (%v)", c.after, len(hits), c.want, err)
		}
	}
}
