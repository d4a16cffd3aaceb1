package script

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// newPlay returns a run on two simulated Jiras that nobody keeps in step.
func newPlay(t *testing.T) *run {
	t.Helper()
	o := Options{Edits: Least, Seed: 1, Words: Sample(), Standing: func(context.Context) ([]byte, error) { return []byte("{}"), nil }}
	for s, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		sim := jirasim.New(jirasim.Options{Flavour: f, Lag: -1, Accounts: []jirasim.Account{{Email: "sync@example.com", Name: "Sync", Token: "sync"}}})
		srv := httptest.NewServer(sim)
		t.Cleanup(func() { srv.Close(); sim.Close() })
		o.Sites[s] = Site{URL: srv.URL, Project: []string{"SUP", "DEV"}[s], Participant: []string{"sup", "dev"}[s],
			Accounts: []Account{{"admin@example.com", "example"}, {"ada@example.com", "ada"}}, Sync: Account{"sync@example.com", "sync"}}
	}
	r, err := newRun(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// twin makes an issue at s as the sync would, marked as the other half of t.
func (r *run) twin(t *testing.T, s side, of *track) {
	t.Helper()
	j := r.jiras[s]
	mark := map[string]any{"key": "accord", "value": map[string]string{"link": r.jiras[of.born].name(of.id[of.born])}}
	var made struct{ ID string }
	err := j.call(t.Context(), theSync, "POST", j.api()+"/issue", map[string]any{"properties": []any{mark}, "fields": map[string]any{
		"project": map[string]string{"key": j.Project}, "issuetype": map[string]string{"name": "Bug"}, "summary": "twin"}}, &made)
	if err != nil {
		t.Fatal(err)
	}
}

func TestPeopleAreAsked(t *testing.T) {
	r := newPlay(t)
	p := r.Words.People
	if len(p) != 2 || p[1].Name != "Ada Brandt" || p[1].Server != "ada" || !strings.HasPrefix(p[1].Cloud, "712020:") {
		t.Errorf("people %+v", p)
	}
	if r.jiras[server].ours != "sync" || r.jiras[cloud].custom["severity"] == r.jiras[server].custom["severity"] {
		t.Errorf("sync %q, severity %q", r.jiras[server].ours, r.jiras[cloud].custom["severity"])
	}
}

// TestEveryCardCanBePlayed plays each kind of edit that needs no other half at
// both Jiras, and finds what it did there.
func TestEveryCardCanBePlayed(t *testing.T) {
	r := newPlay(t)
	h := r.hand(1)
	for _, s := range []side{cloud, server} {
		made, err := h.create(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, card := range []string{"summary", "description", "description", "label added", "label removed", "priority", "assignee", "due date", "reference", "points", "severity", "transition", "comment"} {
			looks, err := h.look(t.Context(), made)
			if err != nil {
				t.Fatal(err)
			}
			before := len(r.edits)
			switch card {
			case "description":
				err = h.description(t.Context(), made, s, looks)
			case "label added":
				err = h.addLabel(t.Context(), made, s)
			case "label removed":
				err = h.removeLabel(t.Context(), made, s, looks)
			case "transition":
				err = h.transition(t.Context(), made, s, looks, "")
			case "comment":
				err = h.comment(t.Context(), made, s)
			default:
				err = h.scalar(t.Context(), made, s, looks, card)
			}
			if err != nil || len(r.edits) != before+1 {
				t.Fatalf("%s at the %v: %v, %d edits", card, s, err, len(r.edits)-before)
			}
			after, err := h.look(t.Context(), made)
			if err != nil {
				t.Fatal(err)
			}
			e := r.edits[before]
			b := &bench{court: &court{words: r.Words, looks: map[*track][2]look{made: after}}}
			if e.Kind != card || e.Side != s || card != "comment" && !b.stands(e, s) || card == "comment" && shows(after[s], e.Adds) != 1 {
				t.Errorf("%v is not what is shown: %+v", e, after[s])
			}
		}
	}
}

// TestCommentsAreEditedOnlyWhenEqual holds that a comment is left alone until
// the other side has a copy of it, and is then changed at either side.
func TestCommentsAreEditedOnlyWhenEqual(t *testing.T) {
	r := newPlay(t)
	h := r.hand(0)
	made, err := h.create(t.Context(), cloud)
	if err != nil {
		t.Fatal(err)
	}
	r.twin(t, server, made)
	if err := r.find(t.Context()); err != nil || !made.paired() {
		t.Fatalf("paired: %v, %v", made.paired(), err)
	}
	if err := h.comment(t.Context(), made, cloud); err != nil {
		t.Fatal(err)
	}
	looks := see(t, h, made)
	if err := h.editComment(t.Context(), made, looks); !errors.Is(err, errNotNow) {
		t.Fatalf("without a copy: %v", err)
	}
	copyComment(t, r, made, looks[cloud].Comments[0])
	if err := h.editComment(t.Context(), made, see(t, h, made)); err != nil {
		t.Fatal(err)
	}
	if got := made.talks[0].tokens; len(got) != 2 {
		t.Fatalf("tokens %q", got)
	}
	if err := h.deleteComment(t.Context(), made, see(t, h, made)); !errors.Is(err, errNotNow) {
		t.Fatalf("with a copy that says what it said before: %v", err)
	}
	for _, s := range []side{cloud, server} { // what a copy says is not edited away with its header
		for _, c := range see(t, h, made)[s].Comments {
			if s == server && !strings.HasPrefix(c.Body.words(), "Alex Admin wrote:") {
				t.Errorf("the copy says %q", c.Body)
			}
		}
	}
}

func see(t *testing.T, h *hand, of *track) [2]look {
	t.Helper()
	looks, err := h.look(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	return looks
}

// copyComment writes a comment of the Cloud's to the Data Center, as the sync
// would if it were made of plain words.
func copyComment(t *testing.T, r *run, of *track, c comment) {
	t.Helper()
	j := r.jiras[server]
	of.talks[0].tokens = tokensIn(c.Body.words())
	words := "*" + c.Name + "* wrote:\n\n" + of.talks[0].last()
	if err := j.call(t.Context(), theSync, "POST", j.api()+"/issue/"+of.id[server]+"/comment", map[string]string{"body": words}, nil); err != nil {
		t.Fatal(err)
	}
	doc, err := json.Marshal(map[string]any{"type": "doc", "version": 1, "content": []node{{Type: "paragraph", Content: []node{{Type: "text", Text: of.talks[0].last()}}}}})
	if err != nil {
		t.Fatal(err)
	}
	j = r.jiras[cloud]
	if err := j.call(t.Context(), 0, "PUT", j.api()+"/issue/"+of.id[cloud]+"/comment/"+c.ID, map[string]json.RawMessage{"body": doc}, nil); err != nil {
		t.Fatal(err)
	}
}

// TestTwinsAreFound holds that a second issue with the same mark is noticed,
// and that a mark counts only on what the sync made.
func TestTwinsAreFound(t *testing.T) {
	r := newPlay(t)
	made, err := r.hand(0).create(t.Context(), cloud)
	if err != nil {
		t.Fatal(err)
	}
	r.twin(t, server, made)
	r.twin(t, server, made)
	stranger, err := r.hand(0).create(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.find(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(made.twins) != 1 || made.id[server] == "" || stranger.id[cloud] != "" || len(r.tracks) != 2 {
		t.Errorf("twins %q, other half %q, %d tracks", made.twins, made.id[server], len(r.tracks))
	}
}

// TestChangelogsAreReadAlike does the same at both Jiras and reads it there.
func TestChangelogsAreReadAlike(t *testing.T) {
	r := newPlay(t)
	h := r.hand(0)
	for _, s := range []side{cloud, server} {
		made, err := h.create(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range [][2]string{{"summary", "one tkaaaa00001"}, {"severity", "Major"}, {"assignee", r.Words.People[1].at(s)}, {"severity", "Minor"}, {"due date", "2027-02-03"}, {"points", "2.5"}} {
			if err := h.set(t.Context(), made, s, look{Values: map[string]string{}}, c[0], c[1]); err != nil {
				t.Fatal(err)
			}
		}
		l, err := r.jiras[s].look(t.Context(), r.Words, made.id[s], true)
		if err != nil {
			t.Fatal(err)
		}
		var fields []string
		for _, e := range l.Log {
			fields = append(fields, e.Field)
			if e.By != r.Words.People[0].at(s) {
				t.Errorf("%s was changed by %q", e.Field, e.By)
			}
		}
		fields = fields[max(0, len(fields)-6):]
		if want := []string{"summary", "severity", "assignee", "severity", "duedate", "points"}; !slices.Equal(fields, want) {
			t.Fatalf("%v: changelog of %q, want %q", s, fields, want)
		}
		last := l.Log[len(l.Log)-6:]
		if !last[0].is("one tkaaaa00001") || !last[2].is("Ada Brandt") || !last[3].was("Major") || !last[3].is("Minor") || !last[4].is("2027-02-03") || !last[5].is("2.5") {
			t.Errorf("%v: %+v", s, last)
		}
	}
}
