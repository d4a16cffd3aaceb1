package plan_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"example.com/accord/issue"
	"example.com/accord/plan"
	"example.com/accord/text"
)

var update = flag.Bool("update", false, "record what the stories come to")

// TestStories runs every story in testdata/stories. A story is a txtar file:
// what it is about, the file "story" with a line for each thing that happens,
// and the file "plan" with what came of it. testdata/stories/README.md lists
// the lines.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "story" })
			if i < 0 {
				t.Fatalf("%s has no story", file)
			}
			got := tellStory(t, string(a.Files[i].Data))
			if *update {
				a.Files = []txtar.File{a.Files[i], {Name: "plan", Data: []byte(got)}}
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(a.Files) < 2 {
				t.Fatalf("%s has no plan; record it with -update and read it", file)
			}
			if d := cmp.Diff(string(a.Files[1].Data), got); d != "" {
				t.Errorf("-recorded +now:\n%s", d)
			}
		})
	}
}

func tellStory(t *testing.T, story string) string {
	s := newStage(t)
	for n, line := range strings.Split(story, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if w := strings.Fields(line); len(w) > 0 {
			if err := s.happen(w); err != nil {
				t.Fatalf("story line %d: %q: %v", n+1, line, err)
			}
		}
	}
	return s.out.String()
}

// happen makes one line of a story happen.
func (s *stage) happen(w []string) error {
	if j := s.jiras[issue.Participant(w[0])]; j != nil {
		s.now = s.now.Add(time.Second)
		return s.person(j, w[1], w[2:])
	}
	args := w[1:]
	switch w[0] {
	case "sync":
		for _, who := range args {
			s.join(issue.Participant(who), true)
		}
	case "new":
		s.join(issue.Participant(args[0]), false)
	case "field":
		s.field(args[0], plan.Kind(args[1]), plan.Policy(args[2]))
	case "rows":
		s.rules.Times.Rows, _ = strconv.Atoi(args[0])
	case "forget":
		s.forget()
	case "plan":
		s.plan()
	case "look":
		s.views = s.look()
	case "write":
		s.write(issue.Participant(args[0]), slices.Contains(args, "lost"), slices.Contains(args, "late"))
	case "hop":
		return s.hop(issue.Participant(args[0]), args[1], s.value(args[1], args[2:]))
	case "turn":
		s.turnAll()
	case "turns":
		for range 60 {
			s.turnAll()
		}
		fmt.Fprintf(&s.out, "60 turns: writes %v\n", s.writes)
	case "settle":
		s.settle()
	case "quiet":
		if p := s.turnAll(); !p.Quiet() {
			return fmt.Errorf("is not quiet: %d changes", len(p.Changes))
		}
	case "wait":
		d, err := time.ParseDuration(args[0])
		s.now = s.now.Add(d)
		return err
	case "show":
		s.show()
	case "decide":
		return s.decide(args)
	default:
		return s.arrange(w[0], args)
	}
	return nil
}

// hop makes a step of what was sent at a field, maybe long after it was.
func (s *stage) hop(who issue.Participant, field string, to issue.Value) error {
	for _, sent := range s.link.Sides[who].Sent {
		if _, has := sent.Want[issue.Place{Field: field}]; has {
			s.now = s.now.Add(time.Second)
			s.jiras[who].set(field, to, "sync", sent.Turn, s.now)
			return nil
		}
	}
	return fmt.Errorf("nothing was sent at %s of %s", field, who)
}

// decide settles a held place, by what the person was shown now.
func (s *stage) decide(args []string) error {
	x, err := issue.ParsePlace(args[0])
	if err != nil {
		return err
	}
	l, _, err := plan.Decide(s.link, x, s.value(x.Field, args[2:]), s.link.Revision, "dora", s.now)
	if err == nil {
		l.Revision++
		s.link = l
	}
	return err
}

// value reads what a story says of a field.
func (s *stage) value(field string, args []string) issue.Value {
	switch s.rules.Fields[field].Kind {
	case plan.Set:
		return issue.SetOf(args...)
	case plan.Text:
		return issue.Text{Doc: blocks(args)}
	}
	return issue.Scalar(strings.Join(args, " "))
}

// blocks reads paragraphs divided by "|"; one that begins with "*" is strong.
func blocks(args []string) text.Doc {
	var d text.Doc
	for p := range strings.SplitSeq(strings.Join(args, " "), "|") {
		p = strings.TrimSpace(p)
		if p == "" {
			continue
		}
		b := text.Of(strings.TrimPrefix(p, "*"))[0]
		if strings.HasPrefix(p, "*") {
			b.Spans[0].Marks = []text.Mark{{Kind: text.Strong}}
		}
		d = append(d, b)
	}
	return d
}

// person makes somebody edit an issue.
func (s *stage) person(j *jira, field string, args []string) error {
	if s.rules.Fields[field].Kind == plan.Rows {
		return s.comment(j, args)
	}
	if set, ok := j.fields[field].(issue.Set); ok && args[0] != "=" {
		for _, m := range args {
			if strings.HasPrefix(m, "+") {
				set = set.Plus(issue.SetOf(m[1:]))
			} else {
				set = set.Minus(issue.SetOf(m[1:]))
			}
		}
		j.set(field, set, "person", "", s.now)
		return nil
	}
	j.set(field, s.value(field, args[1:]), "person", "", s.now)
	return nil
}

func (s *stage) comment(j *jira, args []string) error {
	if args[0] == "+" {
		j.add(blocks(args[1:]), "Ada", issue.RowMark{}, s.now)
		return nil
	}
	c := j.find(args[0])
	switch {
	case c == nil:
		return fmt.Errorf("no comment %s", args[0])
	case args[1] == "-":
		j.comments = slices.DeleteFunc(j.comments, func(o *comment) bool { return o == c })
		j.updated = s.now
	default:
		c.body = blocks(args[2:])
		j.touch(c, "Ada", s.now)
	}
	return nil
}

// arrange sets what a site is like.
func (s *stage) arrange(what string, args []string) error {
	who := issue.Participant(args[0])
	j, e := s.jiras[who], s.rules.Eyes[who]
	rest := args[1:]
	switch what {
	case "down":
		j.down = true
	case "up":
		j.down = false
	case "unfound":
		j.unfound = true
	case "found":
		j.unfound = false
	case "lag":
		j.lag, _ = time.ParseDuration(rest[0])
	case "read-only":
		e.ReadOnly = true
	case "words":
		e.Fields[rest[0]] = plan.Lens{Words: words(rest[1:])}
		s.rules.Digest += "+"
	case "way":
		e.Fields[rest[0]] = plan.Lens{Way: plan.Way(rest[1]), Restore: slices.Contains(rest, "restore")}
	case "flat":
		e.Canon = flatten
	case "refuses":
		j.refuses[rest[0]] = strings.Join(rest[1:], " ")
	case "rewrites":
		j.rewrites[rest[0]] = func(v issue.Scalar) issue.Scalar {
			return issue.Scalar(strings.TrimSuffix(string(v), rest[1])) + issue.Scalar(rest[1])
		}
	case "robot":
		j.robot[rest[0]] = s.value(rest[0], rest[1:])
	case "default":
		j.defaults[rest[0]] = s.value(rest[0], rest[1:])
	case "longest":
		j.longest, _ = strconv.Atoi(rest[0])
	case "hides":
		j.hides = rest
	default:
		return fmt.Errorf("nobody knows how to %q", what)
	}
	s.rules.Eyes[who] = e
	return nil
}

func words(pairs []string) []plan.Word {
	var ws []plan.Word
	for _, p := range pairs {
		own, shared, _ := strings.Cut(p, "=")
		ws = append(ws, plan.Word{Own: strings.ReplaceAll(own, "_", " "), Shared: strings.ReplaceAll(shared, "_", " ")})
	}
	return ws
}

// flatten is a site that cannot show formatting.
func flatten(d issue.Document) issue.Document {
	out := issue.Document{}
	for x, v := range d {
		if t, ok := v.(issue.Text); ok {
			flat := text.Doc{}
			for _, b := range t.Doc {
				b.Spans = slices.Clone(b.Spans)
				for i := range b.Spans {
					b.Spans[i].Marks = nil
				}
				flat = append(flat, b)
			}
			v = issue.Text{Doc: text.Canonical(flat)}
		}
		out[x] = v
	}
	return out
}

func planEqual(p, q plan.Plan) bool {
	a, _ := json.Marshal(p)
	b, _ := json.Marshal(q)
	return bytes.Equal(a, b)
}
