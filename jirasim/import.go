package jirasim

import (
	"encoding/json"
	"time"

	"example.com/accord/jirasim/world"
)

// A recorded issue, as GET shows it in any flavour and version of the API.
type recorded struct {
	Key    string                     `json:"key"`
	Fields map[string]json.RawMessage `json:"fields"`
}

// importIssue makes an issue out of one that was recorded, in the project that
// ?project= names, else in the first. Types, statuses, priorities, resolutions,
// versions, components and people that the site does not know are made; fields that it does not
// know are left out.
func importIssue(c *call) (reply, error) {
	var in recorded
	if json.Unmarshal(c.body, &in) != nil {
		return reply{}, &unread{}
	}
	if in.Fields == nil {
		return reply{}, world.Refuse(400, "This is no Jira issue: it has no fields.")
	}
	c.by.User, c.by.API = c.w.Users[0], 3
	p := c.w.Projects[0]
	if k := c.query.Get("project"); k != "" {
		if p = c.w.Project(c.by.User, k); p == nil {
			return reply{}, world.Refuse(404, "No project could be found with key '%s'.", k)
		}
	}
	r := world.Record{Project: p, Values: map[string]world.Value{}}
	for _, id := range sortedKeys(in.Fields) {
		if f := c.w.Field(id); f != nil && !f.Custom {
			if v, known := c.w.Adopt(c.by, p, f, in.Fields[id]); known {
				r.Values[id] = v
			}
		}
	}
	r.Created, r.Comments = moment(in.Fields["created"]), remarks(in.Fields["comment"])
	i, err := c.w.Import(c.by, r)
	if err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: object{"id": i.ID, "key": i.Key, "self": c.v.rest("issue", i.ID)}}, nil
}

func moment(raw json.RawMessage) time.Time {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return time.Time{}
	}
	for _, layout := range []string{world.Stamp, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// remarks are the comments inside an issue.
func remarks(raw json.RawMessage) []world.Recall {
	var in struct {
		Comments []struct {
			Author  json.RawMessage `json:"author"`
			Body    json.RawMessage `json:"body"`
			Created json.RawMessage `json:"created"`
		} `json:"comments"`
	}
	if json.Unmarshal(raw, &in) != nil {
		return nil
	}
	var out []world.Recall
	for _, m := range in.Comments {
		out = append(out, world.Recall{Author: m.Author, Body: m.Body, Created: moment(m.Created)})
	}
	return out
}
