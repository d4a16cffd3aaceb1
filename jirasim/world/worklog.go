package world

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// A Worklog is one version of a note of work that was done: a value.
type Worklog struct {
	ID         string
	Author     string // user id
	Editor     string // who wrote it last
	Body       string `json:",omitempty"` // in the flavour's native form
	Started    time.Time
	Seconds    int64
	Created    time.Time
	Updated    time.Time
	Visibility *Visibility                `json:",omitempty"`
	Properties map[string]json.RawMessage `json:",omitempty"`
}

// A Work is what creating and changing a worklog takes.
type Work struct {
	Comment    json.RawMessage `json:"comment"`
	Started    string          `json:"started"`
	Spent      string          `json:"timeSpent"`
	Seconds    *int64          `json:"timeSpentSeconds"`
	Visibility *Visibility     `json:"visibility"`
	Properties []Property      `json:"properties"`

	Adjust
}

// An Adjust says what a worklog does to the remaining estimate: docs/JIRA.md "Worklogs".
type Adjust struct {
	How string `json:"adjustEstimate"` // "auto" (or empty), "leave", "new", "manual"
	New string `json:"newEstimate"`
	By  string `json:"reduceBy"` // of a deletion: increaseBy
}

// tracking refuses everything about worklogs while time is not tracked.
func (w *World) tracking() error {
	if w.Settings.TimeTracking {
		return nil
	}
	return Refuse(404, "Time Tracking is not enabled.") // unverified
}

// Log adds a worklog.
func (w *World) Log(by By, i *Issue, in Work) (*Worklog, error) {
	if err := w.tracking(); err != nil {
		return nil, err
	}
	if !w.May(by.User, "WORK_ON_ISSUES", w.Home(i)) {
		// So it was measured on a Server too, whose document says 403.
		return nil, Refuse(400, "You do not have the permission to associate a worklog to this issue.")
	}
	n := &Worklog{Author: by.User.ID, Editor: by.User.ID, Started: by.Now, Created: by.Now, Updated: by.Now}
	if err := w.fill(by, n, in); err != nil {
		return nil, err
	}
	if n.Seconds == 0 {
		return nil, RefuseField("timeLogged", "You must indicate the time spent working.")
	}
	left, err := w.adjusted(i, in.Adjust, n.Seconds)
	if err != nil {
		return nil, err
	}
	n.ID = w.Next(worklogPart)
	w.spend(by, i, with(i.Worklogs, n), left, n, "worklog_created", "issue_work_logged")
	return n, nil
}

// idle refuses for want of permission: docs/JIRA.md "Worklogs".
func (w *World) idle(words string) error {
	if w.Flavour == DataCenter {
		return Refuse(403, "%s", words)
	}
	return Refuse(400, "%s", words)
}

// fill reads what is given into a worklog.
func (w *World) fill(by By, n *Worklog, in Work) error {
	if in.Started != "" {
		v, c := instant(quote(in.Started))
		t, err := time.Parse(time.RFC3339Nano, v.Text)
		if c != "" || err != nil {
			return RefuseField("started", "%s", c) // unverified
		}
		n.Started = t.Truncate(time.Millisecond)
	}
	if in.Seconds != nil {
		n.Seconds = *in.Seconds
	}
	if in.Spent != "" {
		s, ok := w.Seconds(in.Spent)
		if !ok {
			return RefuseField("timeLogged", "Invalid time duration entered.")
		}
		n.Seconds = s
	}
	if n.Seconds < 0 || n.Seconds > 0 && n.Seconds < 60 {
		return RefuseField("timeLogged", "Invalid time duration entered.") // what is below a minute: unverified
	}
	n.Seconds -= n.Seconds % 60
	if !null(in.Comment) {
		body, c := w.rich(in.Comment, by)
		if c != "" {
			return RefuseField("comment", "%s", c)
		}
		n.Body = body
	}
	if v := in.Visibility.said(); v != nil {
		if err := w.closed(by, *v); err != nil {
			return err
		}
		n.Visibility = v
	}
	n.Properties = keep(n.Properties, in.Properties)
	return checkProperties(in.Properties)
}

// adjusted is what remains after more work; less than nothing was spent where
// work is taken back.
func (w *World) adjusted(i *Issue, a Adjust, spent int64) (Value, error) {
	was := i.Values["timeestimate"]
	left, _ := i.Time("timeestimate")
	switch a.How {
	case "", "auto":
		if spent < 0 && was.Empty() {
			return was, nil
		}
		return seconds(max(left-spent, 0)), nil
	case "leave":
		return was, nil
	case "new":
		if a.New == "" {
			return Value{}, RefuseField("newEstimate", "Value is required when adjustEstimate is new")
		}
		n, ok := w.Seconds(a.New)
		if !ok {
			return Value{}, RefuseField("newEstimate", "You must supply a valid new estimate.")
		}
		return seconds(n), nil
	case "manual":
		if a.By == "" {
			return Value{}, RefuseField("reduceBy", "A value is required for manual estimate adjustment")
		}
		n, ok := w.Seconds(a.By)
		if !ok {
			return Value{}, RefuseField("adjustmentAmount", "You must supply a valid amount of time to adjust the estimate by.")
		}
		if spent < 0 {
			n = -n
		}
		return seconds(max(left-n, 0)), nil
	}
	return Value{}, Refuse(400, "The adjustment '%s' is not one of auto, leave, new and manual.", a.How) // unverified
}

// spend puts an issue with other worklogs, and tells of the one that was touched.
func (w *World) spend(by By, i *Issue, all []*Worklog, left Value, touched *Worklog, kind, name string, more ...Item) {
	n := *i
	n.Worklogs = all
	sum := int64(0)
	for _, l := range all {
		sum += l.Seconds
	}
	set := map[string]Value{"timespent": seconds(sum), "timeestimate": left}
	items := w.items(i.Values, set)
	n.Values = maps.Clone(i.Values)
	for id, v := range set {
		w.settle(&n, id, v, by)
	}
	c := w.note(by, &n, append(items, more...)...)
	w.emit(Event{Kind: kind, At: by.Now, By: by.User, Issue: &n, Worklog: touched})
	w.emit(Event{Kind: "jira:issue_updated", Name: name, At: by.Now, By: by.User, Issue: &n, Change: c})
}

// Relog changes a worklog.
func (w *World) Relog(by By, i *Issue, l *Worklog, in Work) (*Worklog, error) {
	if err := w.worker(by, i, l, "EDIT", "You do not have permission to edit this worklog."); err != nil {
		return nil, err
	}
	n := *l
	n.Editor, n.Updated = by.User.ID, by.Now
	if err := w.fill(by, &n, in); err != nil {
		return nil, err
	}
	if n.Seconds == 0 {
		return nil, RefuseField("timeLogged", "You must indicate the time spent working.")
	}
	if in.How == "manual" {
		return nil, RefuseField("adjustEstimate", "Manual adjustment of remaining estimate not allowed when editing a worklog")
	}
	left, err := w.adjusted(i, in.Adjust, n.Seconds-l.Seconds)
	if err != nil {
		return nil, err
	}
	w.spend(by, i, instead(i.Worklogs, l, &n), left, &n, "worklog_updated", "issue_worklog_updated", Item{Field: "WorklogId", Type: "jira", From: &l.ID, FromText: &l.ID, To: &l.ID, ToText: &l.ID})
	return &n, nil
}

// instead is a list with one element in the place of another.
func instead[T comparable](all []T, was, now T) []T {
	all = slices.Clone(all)
	all[slices.Index(all, was)] = now
	return all
}

// Unlog deletes a worklog.
func (w *World) Unlog(by By, i *Issue, l *Worklog, a Adjust) error {
	if err := w.worker(by, i, l, "DELETE", "You do not have permission to delete this worklog."); err != nil {
		return err
	}
	left, err := w.adjusted(i, a, -l.Seconds)
	if err != nil {
		return err
	}
	delete(w.parts, part{worklogPart, l.ID})
	w.Forgotten = append(w.Forgotten, Forgotten{l.ID, by.Now.UnixMilli()})
	w.spend(by, i, without(i.Worklogs, l), left, l, "worklog_deleted", "issue_worklog_deleted", Item{Field: "WorklogId", Type: "jira", From: &l.ID, FromText: &l.ID})
	return nil
}

// Rebook moves worklogs from one issue to another: nothing is told or logged
// of it, and the estimates stay unless they are asked to follow.
func (w *World) Rebook(by By, from, to *Issue, all []*Worklog, follow bool) error {
	if !w.May(by.User, "DELETE_ALL_WORKLOGS", w.Home(from)) || !w.May(by.User, "WORK_ON_ISSUES", w.Home(to)) {
		return w.idle("You do not have the permission to move these worklogs.") // unverified
	}
	for _, l := range all {
		if l.Visibility != nil && l.Visibility.Type == "role" {
			return Refuse(400, "Worklogs restricted by project roles cannot be moved.") // unverified
		}
	}
	a, b := *from, *to
	a.Worklogs = slices.DeleteFunc(slices.Clone(a.Worklogs), func(l *Worklog) bool { return slices.Contains(all, l) })
	b.Worklogs = append(b.Worklogs[:len(b.Worklogs):len(b.Worklogs)], all...)
	moved := int64(0)
	for _, l := range all {
		moved += l.Seconds
	}
	w.reckon(by, &a, from.Values, -moved, follow)
	w.reckon(by, &b, to.Values, moved, follow)
	return nil
}

// reckon puts an issue whose worklogs have become more or less.
func (w *World) reckon(by By, n *Issue, was map[string]Value, more int64, follow bool) {
	spent, _ := n.Time("timespent")
	left, known := n.Time("timeestimate")
	n.Values = maps.Clone(was)
	n.Values["timespent"] = seconds(spent + more)
	if follow && known {
		n.Values["timeestimate"] = seconds(max(left-more, 0))
	}
	n.Updated = by.Now
	w.put(n, by.Now)
}

// worker refuses whoever may not touch a worklog.
func (w *World) worker(by By, i *Issue, l *Worklog, verb, words string) error {
	p := w.Home(i)
	own := by.User != nil && l.Author == by.User.ID && w.May(by.User, verb+"_OWN_WORKLOGS", p)
	if own || w.May(by.User, verb+"_ALL_WORKLOGS", p) {
		return nil
	}
	return w.idle(words)
}

// Witnesses reports whether u may see a worklog.
func (w *World) Witnesses(u *User, l *Worklog) bool {
	return l.Visibility == nil || u != nil && w.Belongs(u, *l.Visibility)
}

// FindWorklog finds a worklog that u may see, on whatever issue.
func (w *World) FindWorklog(u *User, id string) (*Issue, *Worklog, error) {
	if err := w.tracking(); err != nil {
		return nil, nil, err
	}
	if i := w.holder(u, worklogPart, id); i != nil {
		for _, l := range i.Worklogs {
			if l.ID == id && w.Witnesses(u, l) {
				return i, l, nil
			}
		}
	}
	return nil, nil, Refuse(404, "Cannot find worklog with id: '%s'.", id)
}

// SetWorklogProperty sets (or with a nil value removes) one property of a
// worklog. It moves nothing else.
func (w *World) SetWorklogProperty(by By, i *Issue, l *Worklog, p Property) error {
	if err := w.worker(by, i, l, "EDIT", "You do not have permission to edit this worklog."); err != nil {
		return err
	}
	props, err := changed(l.Properties, p)
	if err != nil {
		return err
	}
	n, j := *l, *i
	n.Properties = props
	j.Worklogs = instead(i.Worklogs, l, &n)
	w.put(&j, j.Updated)
	return nil
}

// work reads a worklog of an edit.
func (d *draft) work(raw json.RawMessage) {
	var in Work
	if json.Unmarshal(raw, &in) != nil {
		d.blame("worklog", "Specify a valid worklog.") // unverified
		return
	}
	d.later = append(d.later, func(i *Issue) error {
		_, err := d.w.Log(d.by, i, in)
		return err
	})
}

// Logged lists the worklogs that u may see and that changed between two
// instants (in milliseconds), in the order of their change, with that instant.
func (w *World) Logged(u *User, since, until int64) []Forgotten {
	var out []Forgotten
	for _, i := range w.Issues {
		if !w.May(u, "BROWSE_PROJECTS", w.Home(i)) {
			continue
		}
		for _, l := range i.Worklogs {
			if at := l.Updated.UnixMilli(); at >= since && at <= until && w.Witnesses(u, l) {
				out = append(out, Forgotten{l.ID, at})
			}
		}
	}
	slices.SortFunc(out, later)
	return out
}

func later(a, b Forgotten) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
}
