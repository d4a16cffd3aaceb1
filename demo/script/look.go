package script

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
)

// A field is one with a single value that the script compares.
type field struct {
	name   string // the script's own
	jira   string // Jira's id; empty: it is a custom field
	called string // what both Jiras call a custom field
}

var scalars = [...]field{
	{"type", "issuetype", ""}, {"summary", "summary", ""}, {"status", "status", ""}, {"priority", "priority", ""},
	{"assignee", "assignee", ""}, {"reporter", "reporter", ""}, {"duedate", "duedate", ""},
	{"reference", "", "Customer"}, {"points", "", "Effort"}, {"severity", "", "Severity"},
}

// A look is what one Jira shows of an issue.
type look struct {
	ID, Key     string
	Values      map[string]string // of scalars, as this Jira shows them; "" is empty
	Labels      []string
	Raw         json.RawMessage // the description as it stands
	Description rich
	Creator     string // account
	Link        string // the issue that the property "accord" names, "participant/id"
	Comments    []comment
	Log         []entry // of the whole look only
}

// A comment is one as a Jira shows it.
type comment struct {
	ID      string
	Author  string // account; "" if nobody is known
	Name    string // the author as displayed
	Limited bool   // not everybody may see it
	Raw     json.RawMessage
	Body    rich
}

// id returns Jira's id of a field of the script.
func (j *jira) id(name string) string {
	for _, f := range scalars {
		if f.name == name {
			return first(j.custom[name], f.jira)
		}
	}
	return name // labels and description are called so by both
}

// issue is an answer of Jira's.
type issueBody struct {
	ID, Key    string
	Fields     map[string]json.RawMessage
	Properties map[string]json.RawMessage
	Changelog  struct{ Histories []history }
}

// look reads an issue and its comments; whole adds its changelog.
func (j *jira) look(ctx context.Context, w Words, id string, whole bool) (look, error) {
	q := url.Values{"fields": {"*all"}, "properties": {"accord"}}
	if whole && j.side == server {
		q.Set("expand", "changelog")
	}
	var body issueBody
	if err := j.call(ctx, 0, "GET", j.api()+"/issue/"+id+"?"+q.Encode(), nil, &body); err != nil {
		return look{}, err
	}
	l := look{ID: body.ID, Key: body.Key, Values: map[string]string{}, Raw: body.Fields["description"]}
	for _, f := range scalars {
		l.Values[f.name] = shown(body.Fields[j.id(f.name)])
	}
	l.Creator = shown(body.Fields["creator"])
	var err error
	if l.Description, err = j.rich(w, l.Raw); err != nil {
		return look{}, fmt.Errorf("%s: %w", l.Key, err)
	}
	if raw := body.Fields["labels"]; raw != nil {
		err = json.Unmarshal(raw, &l.Labels)
	}
	var mark struct{ Link string }
	if raw := body.Properties["accord"]; raw != nil && err == nil {
		err = json.Unmarshal(raw, &mark)
	}
	l.Link = mark.Link
	if err == nil {
		l.Comments, err = j.comments(ctx, w, id)
	}
	if err == nil && whole {
		l.Log, err = j.log(ctx, body)
	}
	return l, err
}

// rich reads rich text as this Jira shows it.
func (j *jira) rich(w Words, raw json.RawMessage) (rich, error) {
	if j.side == cloud {
		if len(raw) == 0 {
			return nil, nil
		}
		return readADF(raw, w.person(cloud))
	}
	return readWiki(shown(raw), w.person(server)), nil
}

// shown is a field's value in one word: of an account its id, of anything else
// its value or name.
func shown(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case map[string]any:
		for _, k := range []string{"accountId", "value", "name"} {
			if s, ok := v[k].(string); ok {
				return s
			}
		}
	}
	return ""
}

func (j *jira) comments(ctx context.Context, w Words, id string) ([]comment, error) {
	var out []comment
	for {
		var page struct {
			Total    int
			Comments []struct {
				ID         string
				Body       json.RawMessage
				Author     json.RawMessage
				Visibility json.RawMessage
			}
		}
		path := fmt.Sprintf("%s/issue/%s/comment?startAt=%d&maxResults=100", j.api(), id, len(out))
		if err := j.call(ctx, 0, "GET", path, nil, &page); err != nil {
			return nil, err
		}
		for _, c := range page.Comments {
			var name struct{ DisplayName string }
			_ = json.Unmarshal(c.Author, &name) // an unknown author has none
			body, err := j.rich(w, c.Body)
			if err != nil {
				return nil, fmt.Errorf("comment %s: %w", c.ID, err)
			}
			limited := len(c.Visibility) > 0 && string(c.Visibility) != "null"
			out = append(out, comment{c.ID, shown(c.Author), name.DisplayName, limited, c.Body, body})
		}
		if len(out) >= page.Total || len(page.Comments) == 0 {
			return out, nil
		}
	}
}
