package config

import (
	"slices"

	"example.com/accord/issue"
	"example.com/accord/plan"
)

// A table is the words of a field, or the people of a sync: a row for each
// shared word.
type table struct{ rows []row }

// A row is a shared word and what each participant shows for it; of several
// the first is written. A participant that is missing has no word for it.
type row struct {
	entry
	own map[issue.Participant][]string
}

// rows reads a table. A participant that a row does not name shows the shared
// word itself if itself, else has none.
func (r *reader) rows(d *draft, n node, itself bool) []row {
	var out []row
	for _, e := range r.named(n) {
		x := row{e, map[issue.Participant][]string{}}
		named := map[string]bool{}
		for _, p := range r.named(e.node) {
			if !slices.Contains(d.peers, p.key) {
				r.fault(p.node, "%q is no participant of %s%s", p.key, d.Name, nearest(p.key, d.peers))
				continue
			}
			named[p.key] = true
			if own := r.own(p.node); own != nil {
				x.own[issue.Participant(p.key)] = own
			}
		}
		for _, p := range d.peers {
			if itself && !named[p] {
				x.own[issue.Participant(p)] = []string{e.key}
			}
		}
		if len(x.own) == 0 {
			r.fault(e.node, "no participant has a word for this")
		}
		out = append(out, x)
	}
	return out
}

// own reads one own word or a list of them; null means that there is none.
func (r *reader) own(n node) []string {
	var out []string
	for _, n := range r.list(n, true) {
		w, ok := r.word(n)
		switch {
		case !ok:
		case slices.Contains(out, w):
			r.fault(n, "%q stands here twice", w)
		default:
			out = append(out, w)
		}
	}
	return out
}

// words returns the table as one participant's lens. It is not nil: a word that
// the table does not have is not taken for itself.
func (t *table) words(p issue.Participant) []plan.Word {
	out := []plan.Word{}
	for _, x := range t.rows {
		for _, own := range x.own[p] {
			out = append(out, plan.Word{Own: own, Shared: x.key})
		}
	}
	return out
}

// lawful says where one own word stands for two shared ones. The participant
// then keeps what it shows when the agreed word changes from one to the other,
// and the first is what its own edits mean.
func (r *reader) lawful(d *draft, t *table) {
	for _, p := range d.peers {
		first := map[string]string{}
		for _, x := range t.rows {
			for _, own := range x.own[issue.Participant(p)] {
				if other, twice := first[own]; twice {
					r.note(x.node, "%s shows %q for both %q and %q; when it is chosen there, it means %q", p, own, other, x.key, other)
				} else {
					first[own] = x.key
				}
			}
		}
	}
}
