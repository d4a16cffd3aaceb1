package world

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Watch lets u hear of an issue; or, with on false, no longer. It moves
// nothing else: unverified.
func (w *World) Watch(by By, i *Issue, u *User, on bool) error {
	if !w.Settings.Watching {
		return Refuse(404, "Watching is disabled.") // unverified
	}
	if u.ID != by.User.ID && !w.May(by.User, "MANAGE_WATCHERS", w.Home(i)) {
		if w.Flavour == DataCenter {
			return Refuse(401, "You do not have permission to manage the watcher list.")
		}
		return Refuse(403, "You do not have permission to manage the watcher list.") // unverified
	}
	if !w.May(u, "BROWSE_PROJECTS", w.Home(i)) {
		return Refuse(400, "The user %q does not have permission to view this issue. This user will not be added to the watch list.", u.Display)
	}
	if slices.Contains(i.Watchers, u.ID) == on {
		return nil
	}
	n := *i
	n.Watchers = toggle(i.Watchers, u.ID, on)
	w.put(&n, n.Updated)
	return nil
}

// toggle is a list with or without one element.
func toggle(all []string, x string, on bool) []string {
	if on {
		return with(all, x)
	}
	return without(all, x)
}

// Vote adds the caller's vote for an issue, or takes it back. Neither the
// reporter may vote nor anybody once the issue is resolved; the words are
// unverified.
func (w *World) Vote(by By, i *Issue, on bool) error {
	switch {
	case !w.Settings.Voting:
		return Refuse(404, "Voting for issues is currently not enabled for this Jira instance.")
	case i.Values["reporter"].Text == by.User.ID:
		return Refuse(404, "You cannot vote for an issue you have reported.")
	case !i.Resolved.IsZero():
		return Refuse(404, "You cannot vote or change your vote on a resolved issue.")
	case !on && !slices.Contains(i.Voters, by.User.ID):
		return Refuse(404, "Cannot remove a vote for an issue that the user has not already voted for.")
	case slices.Contains(i.Voters, by.User.ID) == on:
		return nil
	}
	n := *i
	n.Voters = toggle(i.Voters, by.User.ID, on)
	w.put(&n, n.Updated)
	return nil
}

// View remembers that u looked at an issue.
func (w *World) View(u *User, i *Issue, now time.Time) {
	if u == nil {
		return
	}
	if w.Viewed == nil {
		w.Viewed = map[string]map[string]time.Time{}
	}
	if w.Viewed[u.ID] == nil {
		w.Viewed[u.ID] = map[string]time.Time{}
	}
	w.Viewed[u.ID][i.ID] = now
}

// mostViewed is how many issues the history of an account names.
const mostViewed = 50

// Recent are the ids of the issues that u looked at, the last first.
func (w *World) Recent(u *User) []string {
	seen := w.Viewed[u.ID]
	ids := slices.DeleteFunc(slices.Collect(maps.Keys(seen)), func(id string) bool {
		_, no := w.Issue(u, id)
		return no != nil
	})
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(seen[b].Compare(seen[a]), cmp.Compare(b, a)) })
	return ids[:min(len(ids), mostViewed)]
}

// attend lets whoever makes an issue or comments on it watch it, as the
// preference of a new account has it: n is the version about to be put.
func (w *World) attend(by By, n *Issue) {
	if w.Settings.Watching && by.User != nil && by.User.Preference("user.autowatch.disabled") != "true" && !slices.Contains(n.Watchers, by.User.ID) {
		n.Watchers = with(n.Watchers, by.User.ID)
	}
}
