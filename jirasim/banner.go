package jirasim

import (
	"fmt"
	"hash/fnv"

	"example.com/accord/jirasim/world"
)

func readBanner(c *call) (reply, error) {
	b, seen := c.w.Settings.Banner, "public"
	if b.Private {
		seen = "private"
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%+v", b)
	return ok(object{"message": b.Message, "isEnabled": b.Enabled, "isDismissible": b.Dismissible, "visibility": seen, "hashId": fmt.Sprint(h.Sum64())})
}

func setBanner(c *call) (reply, error) {
	var in struct {
		Message     *string `json:"message"`
		Enabled     *bool   `json:"isEnabled"`
		Dismissible *bool   `json:"isDismissible"`
		Seen        *string `json:"visibility"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	b := &c.w.Settings.Banner
	if in.Seen != nil {
		if *in.Seen != "public" && *in.Seen != "private" {
			return reply{}, world.RefuseField("visibility", "The visibility must be public or private.")
		}
		b.Private = *in.Seen == "private"
	}
	set(&b.Message, in.Message)
	set(&b.Enabled, in.Enabled)
	set(&b.Dismissible, in.Dismissible)
	return none()
}

// applicationRole is who may use Jira Software, the only application.
func (v view) applicationRole() object {
	const users = "jira-software-users"
	n := 0
	for _, u := range v.w.Users {
		if !u.Inactive {
			n++
		}
	}
	o := object{"key": "jira-software", "name": "Jira Software", "groups": []string{users}, "defaultGroups": []string{users}, "selectedByDefault": false, "defined": true,
		"numberOfSeats": -1, "remainingSeats": -1, "userCount": n, "userCountDescription": "users", "hasUnlimitedSeats": true, "platform": false}
	if v.cloud() {
		o["groupDetails"], o["defaultGroupsDetails"] = []any{v.group(users)}, []any{v.group(users)}
	}
	return o
}

func applications(c *call) (reply, error) { return ok([]any{c.v.applicationRole()}) }

func application(c *call) (reply, error) {
	if c.vars["key"] != "jira-software" {
		return reply{}, world.Refuse(404, "The application role with key '%s' does not exist.", c.vars["key"])
	}
	return ok(c.v.applicationRole())
}
