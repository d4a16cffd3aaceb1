package script

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"
)

// A track is all that the script knows of one issue, which is to be one at
// both Jiras. Its mutex is held while somebody looks at the issue and edits it,
// so the script's own record has an order.
type track struct {
	mu      sync.Mutex
	born    side
	id      [2]string           // "" where no issue is known yet
	guest   bool                // it was there before; its words need not be in the script's tables
	epoch   map[string]int      // by field: how often it was seen equal after an edit
	fresh   map[string][]string // by field: the values it had since it was last seen equal, by the script's names
	taken   map[string]bool     // fields that nobody may edit any more
	removed map[string]bool     // labels that somebody took away at one side
	talks   []*talk
	twins   []string // keys of further issues that say they are this one
}

// A talk is the script's record of one comment. It is edited only while it is
// equal on both sides, so its edits have one order.
type talk struct {
	tokens []string // of its texts, the last one stands
	born   side
	gone   bool
	equal  time.Time // when it was first seen equal since it was last edited; zero: it was not
}

// An edit is the record of one thing that somebody did.
type edit struct {
	N        int
	Kind     string
	Track    *track
	Field    string
	Side     side
	At       time.Time // before the call was made
	From, To string    // as shown at Side; of a field with one value
	Adds     string    // the token that it brought
	Drops    []string  // the tokens that it took away, knowing them
	Epoch    int       // of the field; two edits in one epoch did not see each other
}

func (e edit) String() string {
	what := e.Adds
	switch {
	case e.To != "" || e.From != "":
		what = fmt.Sprintf("%q → %q", e.From, e.To)
	case len(e.Drops) > 0:
		what = fmt.Sprintf("%s for %v", first(e.Adds, "nothing"), e.Drops)
	}
	return fmt.Sprintf("edit %d (%s at the %v, %s): %s", e.N, e.Kind, e.Side, e.At.Format("15:04:05.000"), what)
}

// tokenForm is a token in a text.
var tokenForm = regexp.MustCompile(`tk[a-z]{4}\d{5}`)

// tokensIn returns the tokens that stand in s, each once.
func tokensIn(s string) []string {
	found := tokenForm.FindAllString(s, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func newTrack(born side, id string) *track {
	t := &track{born: born, epoch: map[string]int{}, fresh: map[string][]string{}, taken: map[string]bool{}, removed: map[string]bool{}}
	t.id[born] = id
	return t
}

// paired reports whether the issue is known at both Jiras. The mutex is held.
func (t *track) paired() bool { return t.id[cloud] != "" && t.id[server] != "" }

// saw records which fields were seen equal: whatever is done to them later is
// done knowing what was done before.
func (t *track) saw(w Words, a, b look) {
	for f := range t.fresh {
		if equalAt(w, f, a, b) {
			t.epoch[f]++
			delete(t.fresh, f)
		}
	}
}

// edited records that a field was edited, and between which values.
func (t *track) edited(field string, values ...string) int {
	t.fresh[field] = append(t.fresh[field], values...)
	return t.epoch[field]
}

// equalAt reports whether a field says the same at both Jiras.
func equalAt(w Words, field string, a, b look) bool {
	switch field {
	case "description":
		return a.Description.equal(b.Description)
	case "labels":
		return slices.Equal(slices.Sorted(slices.Values(a.Labels)), slices.Sorted(slices.Values(b.Labels)))
	}
	x, okX := w.one(field, cloud, a.Values[field])
	y, okY := w.one(field, server, b.Values[field])
	return okX && okY && x == y
}
