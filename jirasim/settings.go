package jirasim

import (
	"slices"

	"example.com/accord/jirasim/world"
)

func settingRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/configuration", both, configuration, "", "", 0, false},
		{"GET", "/rest/api/{v}/label", cloud, labels, "", "", 0, false},
	}
}

// configuration tells what is turned on.
func configuration(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	s := c.w.Settings
	o := object{"votingEnabled": s.Voting, "watchingEnabled": s.Watching, "unassignedIssuesAllowed": true, "subTasksEnabled": true,
		"issueLinkingEnabled": s.Linking, "timeTrackingEnabled": s.TimeTracking, "attachmentsEnabled": s.Attaching}
	if s.TimeTracking {
		o["timeTrackingConfiguration"] = object{"workingHoursPerDay": s.DayHours, "workingDaysPerWeek": s.WeekDays, "timeFormat": "pretty", "defaultUnit": "minute"}
	}
	return ok(o)
}

// A settingBody is what POST /_sim/settings takes. Members left out stay as
// they are.
type settingBody struct {
	Voting       *bool    `json:"votingEnabled"`
	Watching     *bool    `json:"watchingEnabled"`
	Linking      *bool    `json:"issueLinkingEnabled"`
	Attaching    *bool    `json:"attachmentsEnabled"`
	TimeTracking *bool    `json:"timeTrackingEnabled"`
	UploadLimit  *int64   `json:"uploadLimit"`
	DayHours     *float64 `json:"workingHoursPerDay"`
	WeekDays     *float64 `json:"workingDaysPerWeek"`
}

// changeSettings does what an administrator does in the UI.
func changeSettings(c *call) (reply, error) {
	var b settingBody
	if err := c.strict(&b); err != nil {
		return reply{}, refusal(err)
	}
	s := *c.w.Settings
	for to, from := range map[*bool]*bool{&s.Voting: b.Voting, &s.Watching: b.Watching, &s.Linking: b.Linking, &s.Attaching: b.Attaching, &s.TimeTracking: b.TimeTracking} {
		set(to, from)
	}
	set(&s.UploadLimit, b.UploadLimit)
	set(&s.DayHours, b.DayHours)
	set(&s.WeekDays, b.WeekDays)
	if s.UploadLimit < 0 || !(s.DayHours > 0 && s.DayHours <= 24) || !(s.WeekDays > 0 && s.WeekDays <= 7) {
		return reply{}, world.Refuse(400, "There is no such limit, day or week.")
	}
	*c.w.Settings = s
	return ok(object{"votingEnabled": s.Voting, "watchingEnabled": s.Watching, "issueLinkingEnabled": s.Linking, "attachmentsEnabled": s.Attaching,
		"timeTrackingEnabled": s.TimeTracking, "uploadLimit": s.UploadLimit, "workingHoursPerDay": s.DayHours, "workingDaysPerWeek": s.WeekDays})
}

// labels lists every label that an issue has which the caller may see.
func labels(c *call) (reply, error) {
	start, most, err := c.paging(1000)
	if err != nil {
		return reply{}, err
	}
	seen := map[string]bool{}
	for _, i := range c.w.Issues {
		if c.w.May(c.by.User, "BROWSE_PROJECTS", c.w.Home(i)) {
			for _, l := range i.Values["labels"].List {
				seen[l] = true
			}
		}
	}
	all := sortedKeys(seen)
	some := slices.Clone(page(all, start, most))
	if some == nil {
		some = []string{}
	}
	return ok(object{"maxResults": most, "startAt": start, "total": len(all), "isLast": start+len(some) >= len(all), "values": some})
}
