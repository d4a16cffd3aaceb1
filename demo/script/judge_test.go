package script

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// A world is one issue at both sides, and what was done to it.
type world struct {
	*court
	t *track
}

// newWorld returns an issue that is equal on both sides.
func newWorld() *world {
	t := newTrack(cloud, "1")
	t.id[server] = "2"
	values := func(status, priority string) map[string]string {
		return map[string]string{"type": "Bug", "summary": "s tkaaaa00001", "status": status, "priority": priority}
	}
	body := readWiki("words tkaaaa00002", known)
	return &world{t: t, court: &court{
		words: Words{
			People: cast, Types: []Word{{"Bug", "Bug"}},
			Statuses: []Word{{"To Do", "Open"}, {"Done", "Closed"}},
			Priority: []Word{{"Highest", "Blocker"}, {"Low", "Low"}, {"Lowest", ""}},
			Severity: []Word{{"Cosmetic", ""}, {"Major", "Major"}},
		},
		sync: [2]string{"sync", "accord"}, names: [2]string{"sup", "dev"}, tracks: []*track{t},
		looks: map[*track][2]look{t: {
			{ID: "1", Key: "SUP-1", Values: values("To Do", "Highest"), Description: body},
			{ID: "2", Key: "DEV-1", Values: values("Open", "Blocker"), Description: body, Link: "sup/1"},
		}},
	}}
}

// change changes what s shows.
func (w *world) change(s side, f func(*look)) {
	looks := w.looks[w.t]
	f(&looks[s])
	w.looks[w.t] = looks
}

func (w *world) set(s side, field, v string) { w.change(s, func(l *look) { l.Values[field] = v }) }

func (w *world) say(s side, wiki string) {
	w.change(s, func(l *look) { l.Description = readWiki(wiki, known) })
}

// logs adds an entry to the changelog of s, a minute after noon.
func (w *world) logs(s side, by, field, from, to string) {
	w.change(s, func(l *look) {
		l.Log = append(l.Log, entry{At: noon.Add(time.Minute), By: by, Field: field, From: [2]string{"", from}, To: [2]string{"", to}})
	})
}

func (w *world) did(e edit) *edit {
	e.N, e.Track, e.At = len(w.edits)+1, w.t, noon
	w.edits = append(w.edits, &e)
	return &e
}

// summary records an edit of the summary at s in an epoch.
func (w *world) summary(s side, to string, epoch int) {
	w.did(edit{Kind: "summary", Field: "summary", Side: s, To: to, Adds: tokensIn(to)[0], Epoch: epoch})
}

// comment puts a comment and its copy there.
func (w *world) comment(token string) {
	w.t.talks = append(w.t.talks, &talk{tokens: []string{token}, born: cloud})
	w.did(edit{Kind: "comment", Field: "comments", Side: cloud, Adds: token})
	w.change(cloud, func(l *look) {
		l.Comments = append(l.Comments, comment{ID: "10", Author: "5b10:ada", Name: "Ada Lovelace", Body: readWiki("see "+token, known)})
	})
	w.change(server, func(l *look) {
		l.Comments = append(l.Comments, comment{ID: "20", Author: "accord", Name: "Accord", Body: readWiki("*Ada Lovelace* wrote:\n\nsee "+token, known)})
	})
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		reason string
		do     func(w *world)
		fates  string // of the edits, in order of the alphabet
		found  string // a part of each finding in order; "" none
	}{
		{"nothing was done", func(w *world) {}, "", ""},
		{"an edit that is shown on both sides stands", func(w *world) { w.summary(cloud, "s tkaaaa00001", 0) }, stands, ""},
		{"one that a person replaced is superseded", func(w *world) {
			w.summary(cloud, "x tkaaaa00009", 0)
			w.logs(server, "ada", "summary", "x tkaaaa00009", "s tkaaaa00001")
		}, superseded, ""},
		{"one that the sync wrote over is lost", func(w *world) {
			w.summary(cloud, "x tkaaaa00009", 0)
			w.logs(cloud, "sync", "summary", "x tkaaaa00009", "s tkaaaa00001")
		}, lost, "lost: edit 1 (summary at the Cloud"},
		{"a side that has not got it", func(w *world) {
			w.summary(cloud, "x tkaaaa00009", 0)
			w.set(cloud, "summary", "x tkaaaa00009")
		}, lost, "summary is “x tkaaaa00009” at the Cloud|lost: edit 1"},
		{"a field that was edited on both sides may be held, with both values", func(w *world) {
			w.summary(cloud, "x tkaaaa00008", 3)
			w.summary(server, "y tkaaaa00009", 3)
			w.set(cloud, "summary", "x tkaaaa00008")
			w.set(server, "summary", "y tkaaaa00009")
			w.standing.Held = []Held{{Link: "sup/1", Field: "summary", Agreed: []byte(`"x tkaaaa00008"`), Claims: []byte(`[{"value":"y tkaaaa00009"}]`)}}
		}, isHeld + " " + isHeld, ""},
		{"but not when it was seen equal between", func(w *world) {
			w.summary(cloud, "x tkaaaa00008", 3)
			w.summary(server, "y tkaaaa00009", 4)
			w.logs(server, "ada", "summary", "x tkaaaa00008", "y tkaaaa00009")
			w.set(cloud, "summary", "x tkaaaa00008")
			w.set(server, "summary", "y tkaaaa00009")
			w.standing.Held = []Held{{Link: "sup/1", Field: "summary", Agreed: []byte(`"x tkaaaa00008"`), Claims: []byte(`[{"value":"y tkaaaa00009"}]`)}}
		}, isHeld + " " + superseded, "summary is held"},
		{"nor when one of the values is missing", func(w *world) {
			w.summary(cloud, "x tkaaaa00008", 3)
			w.summary(server, "y tkaaaa00009", 3)
			w.standing.Held = []Held{{Link: "sup/1", Field: "summary", Agreed: []byte(`"x tkaaaa00008"`), Claims: []byte(`[]`)}}
		}, isHeld + " " + lost, "lost: edit 2"},
		{"words are compared by the table", func(w *world) {
			w.did(edit{Kind: "priority", Field: "priority", Side: server, To: "Low"})
			w.set(cloud, "priority", "Low")
			w.set(server, "priority", "Low")
		}, stands, ""},
		{"a person is known by id and by name", func(w *world) {
			w.did(edit{Kind: "assignee", Field: "assignee", Side: cloud, To: "5b10:ada"})
			w.set(cloud, "assignee", "5b10:grace")
			w.set(server, "assignee", "grace")
			w.logs(server, "ben", "assignee", "Ada Lovelace", "Grace Hopper")
		}, superseded, ""},
		{"a value without a word there is refused there", func(w *world) {
			w.did(edit{Kind: "severity", Field: "severity", Side: cloud, To: "Cosmetic"})
			w.set(cloud, "severity", "Cosmetic")
			w.standing.Refused = []Refused{{Link: "sup/1", Participant: "dev", Field: "severity", Why: "no"}}
		}, isRefused, ""},
		{"if the sync says so", func(w *world) {
			w.did(edit{Kind: "severity", Field: "severity", Side: cloud, To: "Cosmetic"})
			w.set(cloud, "severity", "Cosmetic")
		}, lost, "severity is “Cosmetic” at the Cloud and “” at the Data Center|lost: edit 1"},
		{"one that has a word may not be refused", func(w *world) {
			w.set(cloud, "priority", "Low")
			w.standing.Refused = []Refused{{Link: "sup/1", Participant: "dev", Field: "priority", Why: "because"}}
		}, "", "priority is refused at dev though it has a word for it: because"},
		{"a label that came back was not removed", func(w *world) {
			w.did(edit{Kind: "label removed", Field: "labels", Side: cloud, Drops: []string{"tkaaaa00005"}})
			w.change(cloud, func(l *look) { l.Labels = []string{"tkaaaa00005"} })
			w.change(server, func(l *look) { l.Labels = []string{"tkaaaa00005"} })
		}, lost, "lost: edit 1"},
		{"a label that a person removed is superseded", func(w *world) {
			w.did(edit{Kind: "label added", Field: "labels", Side: cloud, Adds: "tkaaaa00005"})
			w.logs(server, "ada", "labels", "a tkaaaa00005 b", "a b")
		}, superseded, ""},
		{"a block that stands", func(w *world) {
			w.did(edit{Kind: "description", Field: "description", Side: cloud, Adds: "tkaaaa00002", Drops: []string{"tkaaaa00007"}})
		}, stands, ""},
		{"a block that was replaced and is there again", func(w *world) {
			w.did(edit{Kind: "description", Field: "description", Side: cloud, Adds: "tkaaaa00002", Drops: []string{"tkaaaa00007"}})
			w.say(cloud, "words tkaaaa00002\n\ntkaaaa00007")
			w.say(server, "words tkaaaa00002\n\ntkaaaa00007")
		}, lost, "lost: edit 1"},
		{"a mark that got lost on the way", func(w *world) { w.say(server, "*words* tkaaaa00002") }, "", `description is block 1 is paragraph: "words tkaaaa00002" here and paragraph: "words"(strong) " tkaaaa00002" there`},
		{"a comment and its copy", func(w *world) { w.comment("tkaaaa00003") }, stands, ""},
		{"a comment that came twice", func(w *world) {
			w.comment("tkaaaa00003")
			w.change(server, func(l *look) { l.Comments = append(l.Comments, l.Comments[0]) })
		}, lost, "is a copy of nothing|lost: edit 1"},
		{"a copy that says something else", func(w *world) {
			w.comment("tkaaaa00003")
			w.change(server, func(l *look) {
				l.Comments[0].Body = readWiki("*Ada Lovelace* wrote:\n\nsee *tkaaaa00003*", known)
			})
		}, stands, `has no copy: paragraph: "see tkaaaa00003"; the one with its token: block 1|is a copy of nothing`},
		{"a copy that names nobody", func(w *world) {
			w.comment("tkaaaa00003")
			w.change(server, func(l *look) { l.Comments[0].Body = l.Comments[0].Body[1:] })
		}, stands, "has no copy|is a copy of nothing"},
		{"a deleted comment that is still there", func(w *world) {
			w.comment("tkaaaa00003")
			w.t.talks[0].gone = true
			w.did(edit{Kind: "comment deleted", Field: "comments", Side: cloud, Drops: []string{"tkaaaa00003"}})
			w.change(cloud, func(l *look) { l.Comments = nil })
		}, lost + " " + lost, "is a copy of nothing|lost: edit 1|lost: edit 2"},
		{"a comment that not everybody may see is not copied", func(w *world) {
			w.comment("tkaaaa00003")
			w.change(cloud, func(l *look) { l.Comments[0].Limited = true })
		}, stands, "is a copy of nothing"},
		{"an issue that is not there", func(w *world) { w.t.id[server] = "" }, "", "it is not at the Data Center"},
		{"an issue that is there twice", func(w *world) { w.t.twins = []string{"DEV-2"} }, "", "DEV-2 is it a second time"},
	} {
		w := newWorld()
		c.do(w)
		b := &bench{court: w.court, wrong: map[*track]bool{}, res: Result{Issues: 1, Kinds: map[string]int{}, Fates: map[string]int{}}}
		b.compare(w.t)
		for _, e := range w.edits {
			b.follow(e)
		}
		var fates []string
		for f, n := range b.res.Fates {
			fates = append(fates, slices.Repeat([]string{f}, n)...)
		}
		slices.Sort(fates)
		if got := strings.Join(fates, " "); got != c.fates {
			t.Errorf("%s: fates %q, want %q", c.reason, got, c.fates)
		}
		if !fits(b.res.Findings, c.found) {
			t.Errorf("%s: found\n%s\nwant %s", c.reason, strings.Join(b.res.Findings, "\n"), c.found)
		}
	}
}

func fits(found []string, want string) bool {
	if want == "" {
		return len(found) == 0
	}
	parts := strings.Split(want, "|")
	if len(found) != len(parts) {
		return false
	}
	for i, f := range found {
		if !strings.Contains(f, parts[i]) {
			return false
		}
	}
	return true
}

func TestARunMustHaveWhatItIsFor(t *testing.T) {
	w := newWorld()
	got := w.judge().Findings
	if len(got) != 2 {
		t.Errorf("of a run without edits: %q", got)
	}
	for range 20 {
		w.did(edit{Kind: "summary", Field: "summary", Side: cloud, To: "s tkaaaa00001"})
	}
	if got := w.judge(); got.Differing != len(kinds)-1+2 || got.Equal != 1 {
		t.Errorf("of a run with one kind of edit: %+v", got)
	}
}

func TestHopsAreThoseAfterTheLastStatusWasChosen(t *testing.T) {
	w := newWorld()
	w.climbed = w.t
	w.did(edit{Kind: "transition", Field: "status", Side: cloud, To: "Done"})
	b := &bench{court: w.court}
	w.logs(server, "accord", "status", "Open", "In Progress")
	if b.hopped() {
		t.Error("one hop is not several")
	}
	w.logs(server, "ada", "status", "In Progress", "Review")
	if b.hopped() {
		t.Error("a person's transition is no hop")
	}
	w.logs(server, "accord", "status", "Review", "Closed")
	if !b.hopped() {
		t.Error("two hops are several")
	}
}

func TestWordsOfOneValueAreOne(t *testing.T) {
	w := Words{Types: []Word{{"Bug", "Bug"}, {"Task", "Task"}, {"Story", "Task"}, {"Epic", ""}}}
	task, _ := w.one("type", server, "Task")
	for _, shown := range []string{"Task", "Story"} {
		if got, ok := w.one("type", cloud, shown); got != task || !ok {
			t.Errorf("%s is %q, a Task there is %q", shown, got, task)
		}
	}
	for _, shown := range []string{"Epic", "Sub-task"} {
		if got, ok := w.one("type", cloud, shown); ok {
			t.Errorf("%s has the word %q there", shown, got)
		}
	}
	if got, ok := w.one("summary", cloud, "as it is"); got != "as it is" || !ok {
		t.Errorf("a field without a table: %q", got)
	}
}
