package jirasim

import (
	"slices"

	"example.com/accord/jirasim/world"
)

// fieldSetupRoutes are how fields are set up besides their contexts.
func fieldSetupRoutes() []route {
	const config, scheme = "/rest/api/{v}/fieldconfiguration", "/rest/api/{v}/fieldconfigurationscheme"
	return []route{
		{"GET", config, cloud, byAdmin(fieldConfigs), "configurations but the default one", "", 0, false},
		{"GET", config + "/{id}/fields", cloud, byAdmin(configuredFields), "", "", 0, false},
		{"GET", scheme, cloud, byAdmin(fieldConfigSchemes), "schemes but the default one, which Jira does not list", "", 0, false},
		{"GET", scheme + "/project", cloud, byAdmin(configuredProjects), "as above", "", 0, false},
		{"POST", "/rest/api/{v}/field/{field}/context/mapping", cloud, byAdmin(onField(contextMapping)), "", "", 0, false},
	}
}

func fieldConfigs(c *call) (reply, error) {
	return c.pageOf([]any{object{"id": 10000, "name": "Default Field Configuration", "description": "The default field configuration", "isDefault": true}}, 50)
}

// configuredFields says which fields must have a value: the summary, and what
// an issue always has.
func configuredFields(c *call) (reply, error) {
	if c.vars["id"] != "10000" {
		return reply{}, world.Refuse(404, "The field configuration with id '%s' does not exist.", c.vars["id"])
	}
	all := []any{}
	for _, f := range c.w.Fields {
		if f.Kind == world.Shown || f.Trashed {
			continue
		}
		o := object{"id": f.ID, "description": f.Description, "isHidden": false, "isRequired": slices.Contains([]string{"summary", "issuetype", "project"}, f.ID)}
		if f.Kind == world.Rich {
			o["renderer"] = "wiki-renderer"
		}
		all = append(all, o)
	}
	return c.pageOf(all, 50)
}

func fieldConfigSchemes(c *call) (reply, error) { return c.pageOf([]any{}, 50) }

func configuredProjects(c *call) (reply, error) {
	in, ids := []string{}, names("", c.query["projectId"]...)
	for _, p := range c.w.Projects {
		if ids.has(p.ID) {
			in = append(in, p.ID)
		}
	}
	if len(in) == 0 {
		return reply{}, world.Refuse(400, "The projectId parameter is required.")
	}
	return c.pageOf([]any{object{"projectIds": in}}, 50)
}

// contextMapping finds the context of a field for projects and types.
func contextMapping(c *call, f *world.Field) (reply, error) {
	var in struct {
		Mappings []struct {
			Project world.Loose `json:"projectId"`
			Type    world.Loose `json:"issueTypeId"`
		} `json:"mappings"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if len(in.Mappings) == 0 {
		return reply{}, world.Refuse(400, "At least one mapping is required.")
	}
	all := []any{}
	for _, m := range in.Mappings {
		p := c.w.Project(c.by.User, string(m.Project))
		if p == nil || c.w.Type(string(m.Type)) == nil {
			return reply{}, world.Refuse(404, "The project or the issue type of a mapping does not exist.")
		}
		o := object{"projectId": p.ID, "issueTypeId": string(m.Type), "contextId": nil}
		if x := f.In(p, string(m.Type)); x != nil {
			o["contextId"] = x.ID
		}
		all = append(all, o)
	}
	return c.pageOf(all, 50)
}
