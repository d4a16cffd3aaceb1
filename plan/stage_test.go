package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/accord/issue"
	"example.com/accord/plan"
)

// start is when every story begins.
var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// A stage is a world without chance: the story says what happens when.
type stage struct {
	t       *testing.T
	rules   plan.Rules
	link    issue.Link
	jiras   map[issue.Participant]*jira
	now     time.Time
	turn    int
	pending []issue.Change // planned and not yet written
	begun   time.Time      // when the pending changes were planned
	writes  map[issue.Participant]int
	views   map[issue.Participant]issue.View // of a look that was taken for a later plan
	out     strings.Builder
	silent  bool          // tells nothing and plans once
	lost    []issue.Claim // overruled so far
}

func newStage(t *testing.T) *stage {
	return &stage{t: t, now: start, jiras: map[issue.Participant]*jira{}, writes: map[issue.Participant]int{}, rules: plan.Rules{
		Sync: "story", Digest: "1", Times: plan.DefaultTimes, Fields: map[string]plan.Field{}, Eyes: map[issue.Participant]plan.Eye{},
	}}
}

// join adds a participant; one with an issue is where the link begins.
func (s *stage) join(who issue.Participant, has bool) {
	j := &jira{who: who, fields: map[string]issue.Value{}, refuses: map[string]string{}, defaults: map[string]issue.Value{},
		rewrites: map[string]func(issue.Scalar) issue.Scalar{}, robot: map[string]issue.Value{}, created: s.now, updated: s.now}
	s.jiras[who] = j
	s.rules.Order = append(s.rules.Order, who)
	s.rules.Eyes[who] = plan.Eye{Fields: map[string]plan.Lens{}}
	if s.link.Sides == nil {
		s.link.Sides = map[issue.Participant]issue.Side{}
	}
	if has {
		j.id = "1"
		s.link.Sides[who] = issue.Side{Ref: issue.Ref{Participant: who, ID: "1"}}
		if s.link.ID == (issue.Ref{}) {
			s.link.ID = s.link.Sides[who].Ref
		}
	}
}

// field adds a field to the sync, and to every issue as empty.
func (s *stage) field(name string, kind plan.Kind, policy plan.Policy) {
	s.rules.Fields[name] = plan.Field{Kind: kind, Policy: policy, Follows: name == "status"}
	for who, j := range s.jiras {
		s.rules.Eyes[who].Fields[name] = plan.Lens{}
		if kind != plan.Rows {
			j.fields[name] = empty(kind)
		}
	}
}

func empty(k plan.Kind) issue.Value {
	switch k {
	case plan.Set:
		return issue.Set{}
	case plan.Text:
		return issue.Text{}
	}
	return issue.Scalar("")
}

// look looks at every side that can be reached.
func (s *stage) look() map[issue.Participant]issue.View {
	views := map[issue.Participant]issue.View{}
	for who, j := range s.jiras {
		side, begun := s.link.Sides[who]
		known := side.Ref.ID != ""
		switch {
		case j.down || !begun && who != s.link.ID.Participant:
		case known:
			views[who] = s.gone(j, j.look(s.now))
		case j.id != "" && j.mark == s.link.ID && !j.unfound:
			views[who] = j.look(s.now)
		default:
			views[who] = issue.View{State: issue.Absent, Looked: s.now}
		}
	}
	return views
}

// gone adds what a GET by id says of rows that were on no page.
func (s *stage) gone(j *jira, v issue.View) issue.View {
	for x, at := range s.link.Sides[j.who].Rows {
		if j.find(at.ID) == nil {
			v.Doc[issue.Place{Field: x.Field, Row: issue.Ref{Participant: j.who, ID: at.ID}}] = nil
		}
	}
	return v
}

// plan looks, plans and commits; it writes nothing.
func (s *stage) plan() plan.Plan {
	s.turn++
	s.now = s.now.Add(10 * time.Second)
	views := s.views
	if views == nil {
		views = s.look()
	}
	s.views = nil
	p := plan.Make(s.rules, s.link, views, fmt.Sprintf("t%d", s.turn), s.now)
	if !s.silent && !planEqual(p, plan.Make(s.rules, s.link, views, p.Turn, s.now)) {
		s.t.Errorf("turn %d: two plans of one input differ", s.turn)
	}
	s.pending, s.begun = p.Changes, s.now
	if !p.Quiet() {
		rev := s.link.Revision
		s.link = p.After
		s.link.Revision = rev + 1
		for _, cs := range p.Overruled {
			s.lost = append(s.lost, cs...)
		}
		if !s.silent {
			s.tell(p)
		}
	}
	return p
}

// write carries out the pending changes of one side; lost: the replies never come.
// late: the call takes effect long after it was made.
func (s *stage) write(who issue.Participant, lost, late bool) {
	for _, c := range s.pending {
		if c.On.Participant != who {
			continue
		}
		s.now = s.now.Add(time.Second)
		if s.now.After(c.Start) && !late {
			s.t.Errorf("a call to %s would start after %v", who, c.Start)
		}
		s.writes[who]++
		o := s.jiras[who].write(c, s.now)
		if !lost {
			s.link = plan.Answer(s.link, who, c.Turn, s.begun, o)
		}
	}
}

func (s *stage) turnAll() plan.Plan {
	p := s.plan()
	for _, who := range s.rules.Order {
		if s.jiras[who].down {
			continue
		}
		s.write(who, false, false)
	}
	s.pending = nil
	return p
}

// settle takes turns until nothing is left to do for now.
func (s *stage) settle() {
	for range 12 {
		if s.turnAll().Quiet() {
			return
		}
	}
	s.t.Errorf("turn %d: does not settle", s.turn)
}

// tell adds a plan to the story's golden text.
func (s *stage) tell(p plan.Plan) {
	for _, x := range sorted(p.Heard) {
		for _, c := range p.Heard[x] {
			verb := "says"
			if c.Lost {
				verb = "was overwritten at"
			}
			fmt.Fprintf(&s.out, "%s: %s %s %s → %s\n", p.Turn, c.By, verb, x, plan.Words(c.Value))
		}
	}
	for _, x := range sorted(p.Overruled) {
		for _, c := range p.Overruled[x] {
			v := c.Value
			if v == nil {
				v = c.Raw
			}
			fmt.Fprintf(&s.out, "%s: overruled %s %s %s\n", p.Turn, x, c.By, plan.Words(v))
		}
	}
	for _, c := range p.Changes {
		what := "write"
		if c.On.ID == "" {
			what = "create"
		}
		for _, x := range issue.Places(c.Patch) {
			fmt.Fprintf(&s.out, "%s: %s %s %s = %s\n", p.Turn, what, c.On.Participant, x, plan.Words(c.Patch[x]))
		}
	}
	for _, who := range s.rules.Order {
		if n := p.Left[who]; n > 0 {
			fmt.Fprintf(&s.out, "%s: left for %s %d\n", p.Turn, who, n)
		}
	}
}

func sorted[V any](m map[issue.Place]V) []issue.Place {
	d := issue.Document{}
	for x := range m {
		d[x] = nil
	}
	return issue.Places(d)
}

// show adds what stands where to the story's golden text.
func (s *stage) show() {
	fmt.Fprintf(&s.out, "---\n")
	for _, f := range slices.Sorted(func(yield func(string) bool) {
		for f := range s.rules.Fields {
			if !yield(f) {
				return
			}
		}
	}) {
		if s.rules.Fields[f].Kind == plan.Rows {
			continue
		}
		for _, who := range s.rules.Order {
			if s.jiras[who].id != "" {
				fmt.Fprintf(&s.out, "%s %s: %s\n", who, f, plan.Words(s.jiras[who].fields[f]))
			}
		}
	}
	for _, who := range s.rules.Order {
		for _, c := range s.jiras[who].comments {
			fmt.Fprintf(&s.out, "%s comment %s: %s\n", who, c.id, plan.Words(issue.Text{Doc: c.body}))
		}
	}
	for _, x := range sorted(s.link.Held) {
		fmt.Fprintf(&s.out, "held %s: agreed %s", x, plan.Words(s.link.Agreed[x]))
		for _, c := range s.link.Held[x].Claims {
			lost := ""
			if c.Lost {
				lost = ", overwritten"
			}
			fmt.Fprintf(&s.out, "; %s says %s%s", c.By, plan.Words(c.Value), lost)
		}
		fmt.Fprintln(&s.out)
	}
	for _, who := range s.rules.Order {
		for _, x := range sorted(s.link.Sides[who].Tried) {
			if t := s.link.Sides[who].Tried[x]; t.Refused() {
				fmt.Fprintf(&s.out, "refused %s %s: %s\n", who, x, t.Why)
			}
		}
	}
	fmt.Fprintf(&s.out, "---\n")
}
