package world

import "slices"

// A part is what an issue holds and what is found by an id of its own.
type part struct{ kind, id string }

// The kinds of part.
const (
	linkPart       = "issuelink"
	remotePart     = "remotelink"
	attachmentPart = "attachment"
	worklogPart    = "worklog"
)

// enter lets the parts of an issue be found by their ids.
func (w *World) enter(i *Issue) {
	for _, l := range i.Links {
		w.parts[part{linkPart, l.ID}] = l.From
	}
	for _, r := range i.Remotes {
		w.parts[part{remotePart, r.ID}] = i.ID
	}
	for _, a := range i.Attachments {
		w.parts[part{attachmentPart, a.ID}] = i.ID
		w.names[a.Media] = a.Name
	}
	for _, l := range i.Worklogs {
		w.parts[part{worklogPart, l.ID}] = i.ID
	}
}

// holder finds the issue that holds a part; nil if none does that u may see.
func (w *World) holder(u *User, kind, id string) *Issue {
	i := w.Issues[w.parts[part{kind, id}]]
	if i == nil || !w.May(u, "BROWSE_PROJECTS", w.Home(i)) {
		return nil
	}
	return i
}

// note puts the next version of an issue, with an entry in its history where
// there is something to say.
func (w *World) note(by By, n *Issue, items ...Item) *Change {
	n.Updated = by.Now
	if len(items) == 0 {
		w.put(n, by.Now)
		return nil
	}
	c := &Change{ID: w.Next("change"), Author: by.User.ID, At: by.Now, Items: items}
	n.History = append(n.History[:len(n.History):len(n.History)], c)
	w.put(n, by.Now)
	return c
}

// without is a list without one element.
func without[T comparable](all []T, x T) []T {
	return slices.DeleteFunc(slices.Clone(all), func(y T) bool { return y == x })
}

// with is a list with one element more.
func with[T any](all []T, x T) []T { return append(all[:len(all):len(all)], x) }

// Settings are those of the site that an administrator turns on and off.
type Settings struct {
	Voting, Watching, Linking, Attaching, TimeTracking bool

	UploadLimit int64   // bytes of one file
	DayHours    float64 // of work
	WeekDays    float64 // of work
}

// A Forgotten is a worklog that was deleted.
type Forgotten struct {
	ID string
	At int64 // milliseconds
}

// furnish gives a site what one has from the start.
func (w *World) furnish() {
	if w.Settings == nil {
		w.Settings = &Settings{Voting: true, Watching: true, Linking: true, Attaching: true, TimeTracking: true, UploadLimit: 10 << 20, DayHours: 8, WeekDays: 5}
	}
	if w.Roles == nil {
		all := []Actor{{Group: w.Everybody()}}
		w.Roles = []*Role{{"10002", "Administrators", "A project role that represents administrators in a project", []Actor{{Group: "jira-administrators"}}},
			{"10001", "Developers", "A project role that represents developers in a project", all}, {"10000", "Users", "A project role that represents users in a project", all}}
		w.Last["role"] = 10002
	}
	for _, p := range w.Projects {
		if p.Actors == nil {
			w.cast(p)
		}
	}
	if w.LinkTypes == nil {
		w.LinkTypes = []*LinkType{
			{"10000", "Blocks", "is blocked by", "blocks"}, {"10001", "Cloners", "is cloned by", "clones"},
			{"10002", "Duplicate", "is duplicated by", "duplicates"}, {"10003", "Relates", "relates to", "relates to"},
		}
		w.Last["issuelinktype"] = 10003
	}
}
