package world

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Sprint is a stretch of time for which issues are planned: a value.
type Sprint struct {
	ID, Name, Goal string
	State          string // "future", "active" or "closed"
	Board          string // id of the board that it was made on
	Start, End     time.Time
	Activated      time.Time `json:",omitzero"`
	Complete       time.Time `json:",omitzero"`
	Created        time.Time
	Properties     map[string]json.RawMessage `json:",omitempty"`
}

// A SprintBody is what creating and changing a sprint takes; nil leaves a
// member as it is, a pointer to "" empties it.
type SprintBody struct {
	Name  *string `json:"name"`
	Goal  *string `json:"goal"`
	State *string `json:"state"`
	Start *string `json:"startDate"`
	End   *string `json:"endDate"`
	Board *Loose  `json:"originBoardId"`
}

// Sprint finds a sprint that u may see; nil if there is none.
func (w *World) Sprint(u *User, id string) *Sprint {
	for _, s := range w.Sprints {
		if s.ID == id && u != nil && (u.Admin || w.Board(u, s.Board) != nil) {
			return s
		}
	}
	return nil
}

// SprintsOf lists the sprints that were made on a board and those that its
// issues are in: closed ones first, then the active, then those to come.
func (w *World) SprintsOf(by By, b *Board) []*Sprint {
	used := map[string]bool{}
	if hits, err := w.Search(by, w.Query(b)); err == nil {
		if f := w.Sole(SprintOf); f != nil {
			for _, h := range hits {
				for _, id := range h.Issue.Values[f.ID].List {
					used[id] = true
				}
			}
		}
	}
	var out []*Sprint
	for _, state := range []string{"closed", "active", "future"} {
		for _, s := range w.Sprints {
			if s.State == state && (s.Board == b.ID || used[s.ID]) {
				out = append(out, s)
			}
		}
	}
	return out
}

// AddSprint makes a sprint that is yet to start. The words of the refusals of
// sprints are unverified.
func (w *World) AddSprint(by By, in SprintBody) (*Sprint, error) {
	if in.Board == nil {
		return nil, RefuseField("originBoardId", "The board ID must be specified.")
	}
	b := w.Board(by.User, string(*in.Board))
	switch {
	case b == nil:
		return nil, Refuse(404, "Board does not exist or you do not have permission to see it.")
	case b.Type != "scrum":
		return nil, Refuse(400, "The board does not support sprints")
	}
	if err := w.mayPlan(by.User, b); err != nil {
		return nil, err
	}
	in.State = nil
	s, err := Sprint{State: "future", Board: b.ID, Created: by.Now}.next(by, in)
	if err != nil {
		return nil, err
	}
	s.ID = w.Next("sprint")
	w.Sprints = append(w.Sprints, s)
	w.emit(Event{Kind: "sprint_created", At: by.Now, By: by.User, Sprint: s})
	return s, nil
}

// mayPlan refuses who may not manage the sprints of a board.
func (w *World) mayPlan(u *User, b *Board) error {
	p := (*Project)(nil)
	if b != nil {
		p = w.SeatOf(b)
	}
	if w.May(u, "SCHEDULE_ISSUES", p) {
		return nil
	}
	return Refuse(403, "You do not have permission to manage sprints on this board.")
}

// next is the next version of a sprint.
func (s Sprint) next(by By, in SprintBody) (*Sprint, error) {
	if in.Name != nil {
		s.Name = strings.TrimSpace(*in.Name)
	}
	setText(&s.Goal, in.Goal)
	switch {
	case s.Name == "":
		return nil, RefuseField("name", "Sprint name must not be empty.")
	case len([]rune(s.Name)) > 30 && in.Name != nil:
		return nil, RefuseField("name", "Sprint name must be shorter than 30 characters.")
	}
	for name, t := range map[string]struct {
		in *string
		to *time.Time
	}{"startDate": {in.Start, &s.Start}, "endDate": {in.End, &s.End}} {
		if t.in == nil {
			continue
		}
		at, ok := sprintTime(*t.in)
		if !ok {
			return nil, RefuseField(name, "The date '%s' is not valid.", *t.in)
		}
		*t.to = at
	}
	if !s.Start.IsZero() && !s.End.IsZero() && !s.End.After(s.Start) {
		return nil, RefuseField("endDate", "The start date of a sprint must be before the end date.")
	}
	return s.turn(by, in.State)
}

// turn starts or closes a sprint.
func (s Sprint) turn(by By, state *string) (*Sprint, error) {
	if state == nil || strings.EqualFold(*state, s.State) {
		return &s, nil
	}
	switch to := strings.ToLower(*state); {
	case to == "active" && s.State == "future":
		if s.Start.IsZero() || s.End.IsZero() {
			return nil, Refuse(400, "The sprint must have a start date and an end date to be started.")
		}
		s.Activated = by.Now
	case to == "closed" && s.State == "active":
		s.Complete = by.Now
	default:
		return nil, Refuse(400, "A sprint that is %s cannot become %s.", s.State, to)
	}
	s.State = strings.ToLower(*state)
	return &s, nil
}

// sprintTime reads an instant in the forms that sprints take.
func sprintTime(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	for _, layout := range []string{time.RFC3339, Stamp, "2006-01-02T15:04:05.000Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// ChangeSprint changes what is given; with whole, what is not given is
// emptied. A sprint that is closed stays in its issues: those that are not
// done are then in no open sprint.
func (w *World) ChangeSprint(by By, s *Sprint, in SprintBody, whole bool) (*Sprint, error) {
	if err := w.mayPlan(by.User, w.boardOf(s)); err != nil {
		return nil, err
	}
	if whole {
		none := ""
		for _, p := range []**string{&in.Name, &in.Goal, &in.Start, &in.End} {
			if *p == nil {
				*p = &none
			}
		}
	}
	if s.State == "closed" {
		in.Start, in.End, in.State = nil, nil, nil
	}
	was := *s
	n, err := was.next(by, in)
	if err != nil {
		return nil, err
	}
	*s = *n
	kind := "sprint_updated"
	if s.State != was.State {
		kind = map[string]string{"active": "sprint_started", "closed": "sprint_closed"}[s.State]
	}
	now := *s
	w.emit(Event{Kind: kind, At: by.Now, By: by.User, Sprint: &now, OldSprint: &was})
	return s, nil
}

func (w *World) boardOf(s *Sprint) *Board {
	n := slices.IndexFunc(w.Boards, func(b *Board) bool { return b.ID == s.Board })
	if n < 0 {
		return nil
	}
	return w.Boards[n]
}

// DropSprint ends a sprint; its issues go back to the backlog.
func (w *World) DropSprint(by By, s *Sprint) error {
	if err := w.mayPlan(by.User, w.boardOf(s)); err != nil {
		return err
	}
	if s.State == "closed" {
		return Refuse(400, "A closed sprint cannot be deleted.")
	}
	f := w.Sole(SprintOf)
	for _, i := range w.inSprint(s.ID) {
		w.plan(by, f, i, without(i.Values[f.ID].List, s.ID))
	}
	w.Sprints = without(w.Sprints, s)
	w.emit(Event{Kind: "sprint_deleted", At: by.Now, By: by.User, Sprint: s})
	return nil
}

// inSprint lists the issues that a sprint has or had, by id.
func (w *World) inSprint(id string) []*Issue {
	f := w.Sole(SprintOf)
	if f == nil {
		return nil
	}
	var out []*Issue
	for _, i := range w.Issues {
		if slices.Contains(i.Values[f.ID].List, id) {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b *Issue) int { return compare(nil, Hit{Issue: b}, Hit{Issue: a}) })
	return out
}

// MoveTo puts issues into a sprint, or with nil into the backlog: out of
// every sprint that is not closed.
func (w *World) MoveTo(by By, s *Sprint, issues []*Issue) error {
	f := w.Sole(SprintOf)
	if f == nil {
		return Refuse(400, "The site has no field for sprints.")
	}
	if s != nil && s.State == "closed" {
		return Refuse(400, "Issues can be moved only to open or active sprints.")
	}
	for _, i := range issues {
		if !w.May(by.User, "SCHEDULE_ISSUES", w.Home(i)) || !w.May(by.User, "EDIT_ISSUES", w.Home(i)) {
			return Refuse(403, "You do not have permission to schedule the issue '%s'.", i.Key)
		}
	}
	for _, i := range issues {
		w.plan(by, f, i, w.planned(i.Values[f.ID].List, s))
	}
	return nil
}

// planned are the sprints of an issue once it is in s: the closed ones and s.
func (w *World) planned(was []string, s *Sprint) []string {
	out := slices.DeleteFunc(slices.Clone(was), func(id string) bool {
		n := slices.IndexFunc(w.Sprints, func(x *Sprint) bool { return x.ID == id })
		return n >= 0 && w.Sprints[n].State != "closed"
	})
	if s != nil && !slices.Contains(out, s.ID) {
		out = append(out, s.ID)
	}
	return out
}

func (w *World) plan(by By, f *Field, i *Issue, ids []string) {
	if c := w.change(by, w.Issues[i.ID], map[string]Value{f.ID: {List: ids}}, nil); c != nil {
		w.emit(Event{Kind: "jira:issue_updated", Name: "issue_updated", At: by.Now, By: by.User, Issue: w.Issues[i.ID], Change: c})
	}
}

// sprint reads the one number that the Sprint field takes.
func (w *World) sprint(raw json.RawMessage, by By, was Value) (Value, complaint) {
	if null(raw) {
		return Value{List: w.planned(was.List, nil)}, ""
	}
	var id json.Number
	if json.Unmarshal(raw, &id) != nil {
		return Value{}, "Number value expected as the Sprint id."
	}
	s := w.Sprint(by.User, id.String())
	if _, err := strconv.Atoi(id.String()); err != nil || s == nil {
		return Value{}, "Sprint with id " + id.String() + " does not exist or you do not have permission to view it."
	}
	if s.State == "closed" {
		return Value{}, "Issue can be assigned only active or future sprints."
	}
	return Value{List: w.planned(was.List, s)}, ""
}

// Swap lets two sprints change places in the order of their lists.
func (w *World) Swap(a, b *Sprint) {
	i, j := slices.Index(w.Sprints, a), slices.Index(w.Sprints, b)
	w.Sprints[i], w.Sprints[j] = b, a
}
