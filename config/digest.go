package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"example.com/accord/issue"
	"example.com/accord/plan"
)

// finish turns what was read into rules.
func (d *draft) finish() {
	d.Rules.Sync = d.Name
	d.Rules.Eyes = map[issue.Participant]plan.Eye{}
	for i, p := range d.Participants {
		d.Rules.Order = append(d.Rules.Order, p.Name)
		d.Rules.Eyes[p.Name] = *d.eyes[string(p.Name)]
		slices.SortFunc(d.Participants[i].Fields, func(a, b Field) int {
			if a.Name < b.Name {
				return -1
			}
			return 1
		})
	}
	d.Rules.Digest = d.digest()
}

// digest is over all of a sync that could change a plan, in one form however
// the file is written: maps are sorted by encoding/json.
func (d *draft) digest() string {
	type eye struct {
		ReadOnly bool
		Fields   map[string]plan.Lens
		People   []plan.Word
	}
	eyes := map[issue.Participant]eye{}
	for p, e := range d.Rules.Eyes {
		eyes[p] = eye{e.ReadOnly, e.Fields, e.People}
	}
	b, err := json.Marshal(struct {
		Sync         string
		Order        []issue.Participant
		Fields       map[string]plan.Field
		Eyes         map[issue.Participant]eye
		Participants []Participant
		Times        plan.Times
	}{d.Name, d.Rules.Order, d.Rules.Fields, eyes, d.Participants, d.Rules.Times})
	if err != nil {
		panic(err) // strings, lists and maps of them always encode
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}
