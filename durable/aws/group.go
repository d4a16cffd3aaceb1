package aws

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// A group is what one item holds: all parts at one place, or one sent. Its name
// begins with "p" or "s". A group without parts is gone.
type group struct {
	name  string
	value []byte // JSON: part → its value; nil: gone
}

// groupOf names the group of a part; empty: it belongs to the head.
func groupOf(p durable.Part) string {
	switch p.Kind {
	case durable.PartHead:
		return ""
	case durable.PartSent:
		return "s" + string(p.Side) + "#" + p.Place
	}
	return "p" + p.Place
}

// groups returns the groups that differ between two links, whole, as they are
// in after, and the head of after.
func groups(before, after issue.Link) (changed []group, head []byte, err error) {
	parts, err := durable.Split(before, after)
	if err != nil {
		return nil, nil, err
	}
	names := map[string]bool{}
	places := map[issue.Place]bool{}
	for _, p := range parts {
		name := groupOf(p)
		if len(name) > maxKey {
			return nil, nil, fmt.Errorf("the place %.80q is too long: at most %d bytes may be", p.Place, maxKey)
		}
		if names[name] = true; strings.HasPrefix(name, "p") {
			place, err := issue.ParsePlace(p.Place)
			if err != nil {
				return nil, nil, err
			}
			places[place] = true
		}
	}
	delete(names, "")
	whole, err := durable.Split(issue.Link{}, at(after, places))
	if err != nil {
		return nil, nil, err
	}
	return join(whole, names)
}

// join puts parts into the groups named and the head.
func join(parts []durable.Part, names map[string]bool) (changed []group, head []byte, err error) {
	byGroup := map[string]map[string]json.RawMessage{"": {}}
	for _, p := range parts {
		name := groupOf(p)
		if name != "" && !names[name] {
			continue
		}
		if byGroup[name] == nil {
			byGroup[name] = map[string]json.RawMessage{}
		}
		byGroup[name][partName(p)] = p.Value
	}
	if head, err = json.Marshal(byGroup[""]); err != nil {
		return nil, nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		g := group{name: name}
		if held := byGroup[name]; held != nil {
			if g.value, err = json.Marshal(held); err != nil {
				return nil, nil, err
			}
		}
		changed = append(changed, g)
	}
	return changed, head, nil
}

// at is l with what it holds at the places alone.
func at(l issue.Link, places map[issue.Place]bool) issue.Link {
	l.Agreed, l.Said, l.Held = pick(l.Agreed, places), pick(l.Said, places), pick(l.Held, places)
	l.Sides = maps.Clone(l.Sides)
	for p, s := range l.Sides {
		s.Shown, s.Base, s.Rows, s.Tried = pick(s.Shown, places), pick(s.Base, places), pick(s.Rows, places), pick(s.Tried, places)
		l.Sides[p] = s
	}
	return l
}

func pick[M ~map[issue.Place]V, V any](m M, places map[issue.Place]bool) M {
	out := M{}
	for place := range places {
		if v, ok := m[place]; ok {
			out[place] = v
		}
	}
	return out
}

// partName is the name of a part within its group: "agreed", "shown acme".
func partName(p durable.Part) string {
	if p.Side == "" {
		return p.Kind
	}
	return p.Kind + " " + string(p.Side)
}

// partsOf reads the parts of a group, the heads first.
func partsOf(name string, value []byte) (parts []durable.Part, err error) {
	held := map[string]json.RawMessage{}
	if err := json.Unmarshal(value, &held); err != nil {
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	place := ""
	switch {
	case strings.HasPrefix(name, "p"):
		place = name[1:]
	case strings.HasPrefix(name, "s"):
		place = name[strings.LastIndexByte(name, '#')+1:]
	}
	for _, key := range slices.Sorted(maps.Keys(held)) {
		kind, side, _ := strings.Cut(key, " ")
		parts = append(parts, durable.Part{Side: issue.Participant(side), Kind: kind, Place: place, Value: held[key]})
	}
	return parts, nil
}
