package config

import (
	"slices"
	"strings"
	"time"

	"example.com/accord/issue"
	"example.com/accord/plan"
)

// A draft is a sync while it is read.
type draft struct {
	Sync
	all   map[issue.Participant]string // every participant of the file so far, and its sync
	peers []string                     // names of this sync's participants, in order
	eyes  map[string]*plan.Eye
	table *table // of the people; nil: the same user ids everywhere
}

func (r *reader) syncs(n node, sites []Site) []Sync {
	var out []Sync
	all := map[issue.Participant]string{}
	for _, e := range r.named(n) {
		r.name(e.node, e.key)
		out = append(out, r.sync(e, sites, all))
	}
	if len(out) == 0 {
		r.fault(n, "there is none: a sync names the projects that are kept in step")
	}
	slices.SortFunc(out, func(a, b Sync) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (r *reader) sync(e entry, sites []Site, all map[issue.Participant]string) Sync {
	o := r.object(e.node, "participants", "people", "fields", "sweep", "times")
	d := &draft{Sync: Sync{Name: e.key, Every: 5 * time.Minute}, all: all, eyes: map[string]*plan.Eye{}}
	if r.need(e.node, o, "participants", "the projects that are kept in step") {
		r.participants(d, o["participants"], sites)
	}
	people, ok := o["people"]
	if ok {
		r.people(d, people)
	}
	if r.need(e.node, o, "fields", "what of an issue is kept in step, such as summary") {
		r.fields(d, o["fields"], ok)
	}
	if n, ok := o["sweep"]; ok {
		s := r.object(n, "every")
		if n, ok := s["every"]; ok {
			d.Every = r.duration(n, 10*time.Second)
		}
	}
	if n, ok := o["times"]; ok {
		d.Rules.Times = r.times(n)
	}
	d.finish()
	return d.Sync
}

// times reads the constants of the algorithm; those that are missing are the default.
func (r *reader) times(n node) plan.Times {
	t := plan.DefaultTimes
	o := r.object(n, "turn_max", "late")
	if n, ok := o["turn_max"]; ok {
		t.TurnMax = r.duration(n, time.Second)
	}
	if n, ok := o["late"]; ok {
		t.Late = r.duration(n, time.Second)
	}
	if t.Late <= t.TurnMax {
		r.fault(n, "late (%v) must be longer than turn_max (%v): a call that begins at the end of a turn may still take effect", t.Late, t.TurnMax)
	}
	return t
}

func (r *reader) participants(d *draft, n node, sites []Site) {
	list := r.list(n, false)
	if len(list) < 2 {
		r.fault(n, "a sync needs two participants or more")
	}
	for _, n := range list {
		if p, ok := r.participant(d, n, sites); ok {
			d.Participants = append(d.Participants, p)
			d.peers = append(d.peers, string(p.Name))
			d.eyes[string(p.Name)] = &plan.Eye{ReadOnly: p.ReadOnly, Fields: map[string]plan.Lens{}}
		}
	}
	if len(list) > 1 && len(list) == len(d.Participants) && !slices.ContainsFunc(d.Participants, func(p Participant) bool { return !p.ReadOnly }) {
		r.fault(n, "all are read_only: nothing could ever be written")
	}
}

func (r *reader) participant(d *draft, n node, sites []Site) (p Participant, ok bool) {
	o := r.object(n, "name", "site", "project", "read_only")
	if r.need(n, o, "name", "what this sync calls the project, such as acme-support") {
		w, _ := r.word(o["name"])
		p.Name, ok = issue.Participant(w), w != "" && r.name(o["name"], w)
	}
	if sync, twice := d.all[p.Name]; ok && twice {
		r.fault(o["name"], "the name %q is taken by a participant of %s; names are unique in the whole file", p.Name, sync)
		ok = false
	}
	if ok {
		d.all[p.Name] = d.Name
	}
	if r.need(n, o, "site", "one of the sites above") {
		var names []string
		for _, s := range sites {
			names = append(names, s.Name)
		}
		p.Site = r.oneOf(o["site"], names...)
	}
	if r.need(n, o, "project", "the key of the project, such as SUP") {
		p.Project = r.project(o["project"])
	}
	if n, ok := o["read_only"]; ok {
		p.ReadOnly = r.yes(n)
	}
	same := func(q Participant) bool { return p.Site != "" && q.Site == p.Site && q.Project == p.Project }
	if i := slices.IndexFunc(d.Participants, same); i >= 0 {
		r.fault(n, "%s is project %s on %s already", d.Participants[i].Name, p.Project, p.Site)
	}
	return p, ok
}

// project reads a project's key. Keys are upper case: docs/JIRA.md "Shapes".
func (r *reader) project(n node) string {
	w, ok := r.word(n)
	if ok && strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		r.fault(n, "%q is no project key; keys are upper case, such as SUP", w)
	}
	return w
}

// people reads the table of people, or the word same: the participants know
// everybody by the same ids.
func (r *reader) people(d *draft, n node) {
	if w, ok := r.scalar(n); ok && w == "same" {
		return
	}
	d.table = &table{rows: r.rows(d, n, false)}
	for name, eye := range d.eyes {
		eye.People = d.table.words(issue.Participant(name))
	}
	r.lawful(d, d.table)
}
