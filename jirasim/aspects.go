package jirasim

import (
	"strings"

	"example.com/accord/jirasim/world"
)

// aspectRoutes are what there is about a project besides its issues.
func aspectRoutes() []route {
	const p = "/rest/api/{v}/project/{project}"
	return []route{
		{"GET", p + "/features", cloud, ofProject(features), "features of projects that teams manage", "", 0, false},
		{"PUT", p + "/features/{feature}", cloud, ofProject(toggle), "what they do", "", 0, false},
		{"GET", p + "/hierarchy", cloud, ofProject(hierarchy), "", "", 0, false},
		{"GET", p + "/email", cloud, ofProject(projectEmail), "", "", 0, false},
		{"PUT", p + "/email", cloud, ofProject(setProjectEmail), "", "", 0, false},
		{"POST", p + "/delete", cloud, deleteLater, "", "", 0, false},
		{"PUT", p + "/type/{type}", center, ofProject(setProjectType), "", "", 0, false},
		{"GET", "/rest/api/{v}/project/type/{type}/accessible", both, loggedIn(projectType), "", "", 0, false},
		{"GET", p + "/notificationscheme", both, ofProject(notificationsOf), "", "", 0, false},
		{"GET", p + "/securitylevel", both, loggedIn(securityLevels), "security levels", "", 0, false},
		{"GET", "/rest/api/{v}/notificationscheme", both, loggedIn(notificationSchemes), "schemes but the default one", "", 0, false},
		{"GET", "/rest/api/{v}/notificationscheme/project", cloud, byAdmin(notificationProjects), "", "", 0, false},
		{"GET", "/rest/api/{v}/notificationscheme/{scheme}", both, loggedIn(notificationScheme), "", "", 0, false},
		{"GET", "/rest/api/{v}/issuesecurityschemes", both, byAdmin(securitySchemes), "security levels: there are none", "", 0, false},
		{"GET", agileRoot + "board/{board}/features", cloud, loggedIn(onBoard(boardFeatures)), "", "", 0, false},
		{"GET", agileRoot + "board/{board}/reports", cloud, loggedIn(onBoard(boardReports)), "", "", 0, false},
		{"GET", agileRoot + "board/{board}/settings/refined-velocity", center, loggedIn(onBoard(velocity)), "", "", 0, false},
		{"PUT", agileRoot + "board/{board}/settings/refined-velocity", center, loggedIn(onBoard(setVelocity)), "", "", 0, false},
	}
}

// projectFeatures are what can be turned on and off in a software project.
var projectFeatures = [...][2]string{{"jsw.classic.roadmap", "Timeline"}, {"jsw.classic.backlog", "Backlog"}, {"jsw.classic.board", "Board"}, {"jsw.classic.reports", "Reports"},
	{"jsw.classic.code", "Code"}, {"jsw.classic.releases", "Releases"}, {"jsw.classic.deployments", "Deployments"}}

func features(c *call, p *world.Project) (reply, error) {
	out := []any{}
	for _, f := range projectFeatures {
		state := "ENABLED"
		if p.Off[f[0]] {
			state = "DISABLED"
		}
		out = append(out, object{"projectId": number(p.ID), "feature": f[0], "state": state, "toggleLocked": false, "imageUri": "", "localisedName": f[1], "localisedDescription": f[1] + " of the project.", "prerequisites": []string{}})
	}
	return ok(object{"features": out})
}

func toggle(c *call, p *world.Project) (reply, error) {
	var in struct {
		State string `json:"state"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	known := false
	for _, f := range projectFeatures {
		known = known || f[0] == c.vars["feature"]
	}
	if !known {
		return reply{}, world.Refuse(404, "The feature '%s' does not exist.", c.vars["feature"])
	}
	if in.State != "ENABLED" && in.State != "DISABLED" {
		return reply{}, world.Refuse(400, "The state '%s' is not valid.", in.State)
	}
	if p.Off == nil {
		p.Off = map[string]bool{}
	}
	p.Off[c.vars["feature"]] = in.State == "DISABLED"
	return features(c, p)
}

func hierarchy(c *call, p *world.Project) (reply, error) {
	levels := []any{}
	for k, name := range []string{"Sub-task", "Story", "Epic"} {
		n, types := k-1, []any{}
		for _, id := range p.Types {
			if t := c.w.Type(id); t.Level == n {
				types = append(types, object{"id": number(t.ID), "name": t.Name, "avatarId": 10318})
			}
		}
		levels = append(levels, object{"entityId": world.UUID("level " + name), "level": n, "name": name, "issueTypes": types})
	}
	return ok(object{"projectId": number(p.ID), "hierarchy": levels})
}

// projectEmail is the address that notifications come from.
func projectEmail(_ *call, p *world.Project) (reply, error) {
	at := p.Email
	if at == "" {
		at = "jira@example.com"
	}
	return ok(object{"emailAddress": at})
}

func setProjectEmail(c *call, p *world.Project) (reply, error) {
	var in struct {
		Address string `json:"emailAddress"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Address != "" && !strings.Contains(in.Address, "@") {
		return reply{}, world.Refuse(400, "The email address '%s' is not valid.", in.Address)
	}
	p.Email = in.Address
	return none()
}

// deleteLater is deleting a project as a task; it is gone for good.
func deleteLater(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	if err := c.w.DeleteProject(c.by, p, false); err != nil {
		return reply{}, err
	}
	t := c.w.Finish(c.by, "Delete project "+p.Key, nil)
	r := reply{status: 303, body: c.v.task(t)}
	r.set("Location", c.v.rest("task", t.ID))
	return r, nil
}

func setProjectType(c *call, p *world.Project) (reply, error) {
	kind := c.vars["type"]
	if err := c.w.EditProject(c.by, p, world.Charter{Kind: &kind}); err != nil {
		return reply{}, err
	}
	return ok(c.whole(p))
}

const mailScheme = "10000"

// mail is the one notification scheme.
func (c *call) mail() object {
	o := object{"id": number(mailScheme), "self": c.v.rest("notificationscheme", mailScheme), "name": "Default Notification Scheme", "description": "", "expand": "notificationSchemeEvents,user,group,projectRole,field,all"}
	if len(names("", c.query["expand"]...)) == 0 {
		return o
	}
	events := []any{}
	for n, name := range happenings {
		to := []any{}
		for k, who := range []string{"CurrentAssignee", "Reporter", "AllWatchers"} {
			to = append(to, object{"id": 10000 + 3*n + k, "notificationType": who})
		}
		events = append(events, object{"event": object{"id": n + 1, "name": name, "description": ""}, "notifications": to})
	}
	o["notificationSchemeEvents"] = events
	if !c.v.cloud() {
		o["notificationSchemeEvents"] = object{"events": events}
	}
	return o
}

func notificationsOf(c *call, _ *world.Project) (reply, error) { return ok(c.mail()) }

func notificationSchemes(c *call) (reply, error) { return c.pageOf([]any{c.mail()}, 50) }

func notificationScheme(c *call) (reply, error) {
	if c.vars["scheme"] != mailScheme {
		return reply{}, world.Refuse(404, "The notification scheme with id '%s' does not exist.", c.vars["scheme"])
	}
	return ok(c.mail())
}

func notificationProjects(c *call) (reply, error) {
	all := []any{}
	for _, p := range c.visible() {
		all = append(all, object{"notificationSchemeId": mailScheme, "projectId": p.ID})
	}
	return c.pageOf(all, 50)
}

func securitySchemes(*call) (reply, error) { return ok(object{"issueSecuritySchemes": []any{}}) }

func securityLevels(c *call) (reply, error) {
	if _, err := c.theProject(); err != nil {
		return reply{}, err
	}
	return ok(object{"levels": []any{}})
}

func boardFeatures(c *call, b *world.Board) (reply, error) {
	out := []any{}
	for _, f := range [][2]string{{"SIMPLE_ROADMAP", "Roadmap"}, {"BACKLOG", "Backlog"}, {"SPRINTS", "Sprints"}, {"REPORTS", "Reports"}, {"ESTIMATION", "Estimation"}} {
		state := "ENABLED"
		if b.Type != "scrum" && (f[0] == "SPRINTS" || f[0] == "ESTIMATION") {
			state = "DISABLED"
		}
		out = append(out, object{"boardFeature": f[0], "boardId": number(b.ID), "state": state, "localisedName": f[1], "localisedDescription": f[1] + " of the board.", "localisedGroup": "Planning",
			"featureId": strings.ToLower(f[0]), "featureType": "BASIC", "toggleLocked": true, "imageUri": "", "learnMoreLink": "", "learnMoreArticleId": ""})
	}
	return ok(object{"features": out})
}

func boardReports(*call, *world.Board) (reply, error) {
	out := []any{}
	for _, name := range []string{"Burndown Chart", "Sprint Report", "Velocity Chart", "Cumulative Flow Diagram", "Control Chart"} {
		out = append(out, object{"name": name, "key": strings.ToLower(strings.ReplaceAll(name, " ", "-"))})
	}
	return ok(object{"reports": out})
}

func velocity(_ *call, b *world.Board) (reply, error) { return ok(object{"value": b.Refined}) }

func setVelocity(c *call, b *world.Board) (reply, error) {
	var in struct {
		Value *bool `json:"value"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Value == nil {
		return reply{}, world.Refuse(400, "The value is required.")
	}
	if p := c.w.SeatOf(b); p == nil || !c.w.May(c.by.User, "ADMINISTER_PROJECTS", p) {
		return reply{}, world.Refuse(403, "You do not have permission to change the settings of the board.")
	}
	b.Refined = *in.Value
	return reply{status: 200}, nil
}
