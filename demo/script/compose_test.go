package script

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var cast = []Person{{"Ada Lovelace", "5b10:ada", "ada"}, {"Grace Hopper", "5b10:grace", "grace"}}

// known names people by either of their ids.
func known(id string) string {
	for _, p := range cast {
		if id == p.Cloud || id == p.Server {
			return p.Name
		}
	}
	return id
}

func TestWhatIsWrittenTwiceReadsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := writer{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)), cast}
		var doc node
		var wiki []string
		for range rapid.IntRange(1, 4).Draw(t, "blocks") {
			p := w.write("tk00000001")
			doc.Content = append(doc.Content, p.adf())
			wiki = append(wiki, p.wiki())
		}
		raw, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		a, err := readADF(raw, known)
		if err != nil {
			t.Fatal(err)
		}
		b := readWiki(strings.Join(wiki, "\n\n"), known)
		if d := a.difference(b); d != "" {
			t.Fatalf("%s\nADF %s\nwiki %s", d, raw, strings.Join(wiki, "\n\n"))
		}
		if n := strings.Count(a.words(), "tk00000001"); n != len(wiki) {
			t.Fatalf("%d tokens of %d in %q", n, len(wiki), a.words())
		}
		if n := len(wikiBlocks(strings.Join(wiki, "\n\n"))); n != len(wiki) {
			t.Fatalf("%d blocks of %d in %q", n, len(wiki), wiki)
		}
	})
}

func TestABlockOfEveryKindHoldsItsToken(t *testing.T) {
	w := writer{rand.New(rand.NewPCG(1, 2)), cast}
	for _, k := range proseKinds {
		for range 50 {
			if p := w.block(k, "tk00000002"); strings.Count(p.wiki(), "tk00000002") != 1 {
				t.Fatalf("%s: token not once in %q", k, p.wiki())
			}
		}
	}
}
