package jira

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/accord/issue"
)

// A catalog is what a site says of its fields.
type catalog struct {
	title map[string]string   // id → name as displayed
	kind  map[string]string   // id → "text" for rich text, "line" for one line, else the type in its schema; may be empty
	ids   map[string][]string // lower-case name → ids
}

// A field is a field of the sync as it is here.
type field struct {
	Field
	id    string // Jira's; empty: the site has no such field
	title string // as displayed; may be empty
}

// The fields of a participant, by the sync's name.
type fields map[string]field

// fields resolves the participant's fields on the site.
func (p *Participant) fields(ctx context.Context) (fields, error) {
	cat, err := p.c.fieldCatalog(ctx)
	if err != nil {
		return nil, err
	}
	out := fields{}
	for _, f := range p.project.Fields {
		r := field{Field: f}
		if title, ok := cat.title[f.ID]; ok {
			r.id, r.title = f.ID, title
		} else if ids := cat.ids[strings.ToLower(f.ID)]; len(ids) == 1 {
			r.id, r.title = ids[0], cat.title[ids[0]]
		}
		out[f.Name] = r
	}
	return out, nil
}

// fieldCatalog loads the site's fields once an hour.
func (c *Client) fieldCatalog(ctx context.Context) (catalog, error) {
	return c.catalog.get(c.now(), time.Hour, func() (catalog, error) {
		var all []struct {
			ID     string `json:"id"`
			Name   string `json:"name"`
			Schema struct {
				Type   string `json:"type"`
				System string `json:"system"`
				Custom string `json:"custom"`
			} `json:"schema"`
		}
		if err := c.do(ctx, get("/field"), &all); err != nil {
			return catalog{}, fmt.Errorf("list fields: %w", err)
		}
		cat := catalog{title: map[string]string{"comment": "Comment"}, kind: map[string]string{}, ids: map[string][]string{}}
		for _, f := range all {
			low := strings.ToLower(f.Name)
			cat.title[f.ID], cat.kind[f.ID] = f.Name, f.Schema.Type
			switch _, custom, _ := strings.Cut(f.Schema.Custom, ":"); cmp.Or(custom, f.Schema.System) {
			case "textarea", "description", "environment":
				cat.kind[f.ID] = "text"
			case "textfield", "url", "summary":
				cat.kind[f.ID] = "line"
			}
			cat.ids[low] = append(cat.ids[low], f.ID)
		}
		return cat, nil
	})
}

// logged returns the field that an item of the changelog is about. Data Center
// names no id, only the name: docs/JIRA.md "Changelog".
func (fs fields) logged(it item) (field, bool) {
	for _, f := range fs {
		switch {
		case f.id == "" || f.Type == Comments:
		case it.FieldID != "" && it.FieldID == f.id:
			return f, true
		case it.FieldID == "" && (it.Field == f.id || strings.EqualFold(it.Field, f.title)):
			return f, true
		}
	}
	return field{}, false
}

// named returns the places that an error names, with its sentence for each.
func (fs fields) named(f *failure, places []issue.Place) map[issue.Place]string {
	out := map[issue.Place]string{}
	for _, p := range places {
		if why, ok := f.fields[fs[p.Field].id]; ok {
			out[p] = why
		}
	}
	return out
}

// people remembers which name belongs to which key, for sites whose changelog
// names people by key.
type people struct {
	mu   sync.Mutex
	name map[string]string // by key; "": the site does not tell
}

func (p *people) learn(who person) {
	if who.Key != "" && who.Name != "" {
		p.set(who.Key, who.Name)
	}
}

func (p *people) set(key, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.name == nil {
		p.name = map[string]string{}
	}
	p.name[key] = name
}

func (p *people) find(key string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name, ok := p.name[key]
	return name, ok
}

// nameOf returns the name of the person with a key, and whether the site tells
// it to us. Nobody has no name.
func (c *Client) nameOf(ctx context.Context, key string) (string, bool, error) {
	if name, ok := c.people.find(key); ok || key == "" {
		return name, name != "" || key == "", nil
	}
	who := person{Key: key}
	err := c.do(ctx, get("/user").with("key", key).with("includeDeleted", "true"), &who)
	if f := statusOf(err); err != nil && f != http.StatusNotFound && f != http.StatusForbidden {
		return "", false, fmt.Errorf("read the name of %s: %w", key, err)
	}
	c.people.set(key, who.Name)
	return who.Name, who.Name != "", nil
}
