package config

import (
	"slices"
	"strings"

	"example.com/accord/issue"
	"example.com/accord/plan"
)

// Kinds are how Jira holds a custom field that can be kept in step.
func Kinds() []string {
	return []string{"line", "richtext", "option", "number", "date", "user", "labels", "named"}
}

// Known returns the fields that every Jira has, under the names of the sync.
func Known() []Field {
	return []Field{
		{"type", "issuetype", "issuetype"},
		{"summary", "summary", "line"},
		{"description", "description", "richtext"},
		{"environment", "environment", "richtext"},
		{"status", "status", "status"},
		{"priority", "priority", "named"},
		{"labels", "labels", "labels"},
		{"assignee", "assignee", "user"},
		{"reporter", "reporter", "user"},
		{"duedate", "duedate", "date"},
		{"comments", "comment", "comments"},
	}
}

// fields reads what is kept in step. The type always is: no issue can be
// created without.
func (r *reader) fields(d *draft, n node, people bool) {
	d.Rules.Fields = map[string]plan.Field{}
	entries := r.named(n)
	for _, e := range entries {
		if r.name(e.node, e.key) {
			r.field(d, e, people)
		}
	}
	if entries != nil && len(entries) == 0 {
		r.fault(n, "there is none; begin with summary, description, status and comments")
	}
	if _, ok := d.Rules.Fields["type"]; !ok {
		r.field(d, entry{node{path: n.path + ".type", at: n.at}, "type"}, people)
	}
}

func (r *reader) field(d *draft, e entry, people bool) {
	o, policy := map[string]node{}, plan.Hold
	if _, short := r.scalar(e.node); short {
		policy = r.policy(e.node)
	} else {
		o = r.object(e.node, "policy", "kind", "id", "words", "via", "way", "restore")
	}
	if n, ok := o["policy"]; ok {
		policy = r.policy(n)
	}
	kind, ids := r.identity(d, e, o)
	d.Rules.Fields[e.key] = plan.Field{Kind: planKind(kind), Policy: policy, Follows: kind == "status"}
	if kind == "user" && !people {
		r.fault(e.node, "people is missing in %s: who is who at each participant; or say people: same", d.Name)
	}
	words := r.table(d, e, o, kind)
	lenses := r.ways(d, o)
	for i, name := range d.peers {
		lens := lenses[name]
		if words != nil {
			lens.Words = words.words(issue.Participant(name))
		}
		d.eyes[name].Fields[e.key] = lens
		p := &d.Participants[i]
		p.Fields = append(p.Fields, Field{e.key, ids[name], kind})
	}
	if n, ok := o["via"]; ok {
		r.via(d, e.key, n, kind)
	}
}

func (r *reader) policy(n node) plan.Policy {
	return plan.Policy(r.oneOf(n, string(plan.Hold), string(plan.First), string(plan.Newest)))
}

func planKind(kind string) plan.Kind {
	switch kind {
	case "labels":
		return plan.Set
	case "richtext":
		return plan.Text
	case "comments":
		return plan.Rows
	}
	return plan.Scalar
}

// identity says which of Jira's fields this is at each participant.
func (r *reader) identity(d *draft, e entry, o map[string]node) (kind string, ids map[string]string) {
	ids = map[string]string{}
	known := Known()
	if i := slices.IndexFunc(known, func(f Field) bool { return f.Name == e.key }); i >= 0 {
		for _, key := range []string{"kind", "id"} {
			if n, ok := o[key]; ok {
				r.fault(n, "Jira's own field %s needs no %s", e.key, key)
			}
		}
		for _, p := range d.peers {
			ids[p] = known[i].ID
		}
		return known[i].Kind, ids
	}
	_, hasKind := o["kind"]
	_, hasID := o["id"]
	if !hasKind && !hasID {
		r.fault(e.node, "this is neither a field of Jira's own nor a custom field, which needs kind and id%s", nearest(e.key, names(known)))
		return "", ids
	}
	if r.need(e.node, o, "kind", "one of "+strings.Join(Kinds(), ", ")) {
		kind = r.oneOf(o["kind"], Kinds()...)
	}
	if r.need(e.node, o, "id", "such as customfield_10010, or the field's name as Jira shows it; for all, or for each participant") {
		ids = r.ids(d, o["id"])
	}
	return kind, ids
}

func names(fs []Field) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Name)
	}
	return out
}

func (r *reader) ids(d *draft, n node) map[string]string {
	ids := map[string]string{}
	if w, ok := r.scalar(n); ok {
		for _, p := range d.peers {
			ids[p] = w
		}
		return ids
	}
	o := r.object(n, d.peers...)
	for _, p := range d.peers {
		if r.need(n, o, p, "what the field is called there") {
			ids[p], _ = r.word(o[p])
		}
	}
	return ids
}

// table reads the words of a field, or takes the people where it holds some.
func (r *reader) table(d *draft, e entry, o map[string]node, kind string) *table {
	n, ok := o["words"]
	switch {
	case kind == "user":
		if ok {
			r.fault(n, "the words of %s are the people of %s", e.key, d.Name)
		}
		return d.table
	case !ok:
		return nil
	case !slices.Contains([]string{"", "issuetype", "status", "option", "named", "line"}, kind):
		r.fault(n, "a field of the kind %s has no words", kind)
		return nil
	}
	t := &table{rows: r.rows(d, n, true)}
	if len(t.rows) == 0 {
		r.fault(n, "there is none; leave it out where all participants use the same words")
		return nil
	}
	r.lawful(d, t)
	return t
}

// ways reads the direction of a field at each participant.
func (r *reader) ways(d *draft, o map[string]node) map[string]plan.Lens {
	lenses := map[string]plan.Lens{}
	for p, n := range r.perPeer(d, o, "way") {
		switch r.oneOf(n, "in", "out", "both") {
		case "in":
			lenses[p] = plan.Lens{Way: plan.In}
		case "out":
			lenses[p] = plan.Lens{Way: plan.Out}
			if d.eyes[p].ReadOnly {
				r.fault(n, "%s is read_only: nothing is written there", p)
			}
		}
	}
	restore, ok := o["restore"]
	if ok && r.yes(restore) {
		some := false
		for p, l := range lenses {
			if l.Way == plan.Out {
				lenses[p], some = plan.Lens{Way: plan.Out, Restore: true}, true
			}
		}
		if !some {
			r.fault(restore, "works only with way: out at a participant, whose edits are then written over")
		}
	}
	r.oneWay(d, o["way"], lenses)
	return lenses
}

// oneWay says where nobody is heard, or nobody is written to.
func (r *reader) oneWay(d *draft, n node, lenses map[string]plan.Lens) {
	heard, written := false, false
	for _, p := range d.peers {
		heard = heard || lenses[p].Way != plan.Out
		written = written || lenses[p].Way != plan.In && !d.eyes[p].ReadOnly
	}
	switch {
	case n.ast == nil || len(d.peers) == 0:
	case !heard:
		r.fault(n, "every participant is out: no edit would ever be heard")
	case !written:
		r.fault(n, "no participant is ever written to")
	}
}

func (r *reader) perPeer(d *draft, o map[string]node, key string) map[string]node {
	n, ok := o[key]
	if !ok {
		return nil
	}
	return r.object(n, d.peers...)
}

// via reads the paths through each participant's workflow.
func (r *reader) via(d *draft, field string, n node, kind string) {
	if kind != "status" {
		r.fault(n, "only status has a workflow")
		return
	}
	for p, n := range r.object(n, d.peers...) {
		var paths [][]string
		for _, n := range r.list(n, false) {
			var path []string
			for _, n := range r.list(n, false) {
				if w, ok := r.word(n); ok {
					path = append(path, w)
				}
			}
			if len(path) < 2 {
				r.fault(n, "a path names two or more of this participant's statuses, in order: [Open, In Progress, Closed]")
			}
			paths = append(paths, path)
		}
		i := slices.Index(d.peers, p)
		d.Participants[i].Via = map[string][][]string{field: paths}
	}
}
