package jira

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"example.com/accord/issue"
)

// create makes the issue, with the mark as a property in the body: there it is
// set with the issue or not at all. Fields that the create screen lacks are
// left to the next turn. What the site refuses is left out and the create made
// again at once; a create that is refused for other reasons is refused whole.
func (w *writing) create(ctx context.Context) {
	for _, at := range w.places() {
		w.reply(issue.NotDone, "not part of a create", at)
	}
	todo := w.plain()
	typeID, screen, err := w.form(ctx)
	if err != nil && statusOf(err) == 0 {
		w.spare(err, append(todo, issue.Whole())...)
		return
	}
	todo = slices.DeleteFunc(todo, func(at issue.Place) bool { return screen != nil && !screen[w.fields[at.Field].id] })
	for {
		body, left := w.update(todo)
		fields, _ := body["fields"].(map[string]any)
		if fields == nil {
			fields = map[string]any{}
			body["fields"] = fields
		}
		fields["project"] = map[string]string{"key": w.p.project.Key}
		if typeID != "" {
			fields["issuetype"] = map[string]string{"id": typeID}
		}
		body["properties"] = []map[string]any{{"key": markKey, "value": markJSON{Link: w.c.Link}}}
		todo = w.made(ctx, body, left)
		if todo == nil {
			return
		}
	}
}

// made sends one create and replies. It returns what to send in the next one,
// nil if there is to be none.
func (w *writing) made(ctx context.Context, body any, todo []issue.Place) []issue.Place {
	var o struct {
		ID  id     `json:"id"`
		Key string `json:"key"`
	}
	err := w.do(ctx, w.call(http.MethodPost, "/issue", body), &o)
	if err == nil && o.ID == "" {
		err = fmt.Errorf("%s: create: no id in the answer", w.p.c.site.Name)
	}
	if state, _ := outcome(err); state == issue.Refused {
		if rest := w.named(err, todo); len(rest) < len(todo) {
			return append([]issue.Place{}, rest...)
		}
	}
	if w.settle(err, append(todo, issue.Whole())...) == issue.Done {
		w.receipt.Ref, w.receipt.Key = issue.Ref{Participant: w.p.project.Participant, ID: string(o.ID)}, o.Key
	}
	return nil
}

// form returns the id of the type that the issue is to have, "" if the site has
// no such type: then the create names it in its own words and is refused in
// Jira's. And which fields the create screen has; nil: the site does not say.
func (w *writing) form(ctx context.Context) (typeID string, screen map[string]bool, err error) {
	types, err := w.p.types(ctx)
	if err != nil {
		return "", nil, err
	}
	typeID = w.typeOf(types)
	screen, err = w.p.screen(ctx, typeID)
	return typeID, screen, err
}

// typeOf picks the type named in the patch, or the first one by name.
func (w *writing) typeOf(types map[string]string) string {
	for at, v := range w.c.Patch {
		if w.fields[at.Field].Type == IssueType {
			return types[fmt.Sprint(v)]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		return types[name]
	}
	return ""
}

// screens remembers what can be created in a project.
type screens struct {
	types memo[map[string]string] // name → id
	mu    sync.Mutex
	shown map[string]*memo[map[string]bool] // by type id: field id → is on the create screen
}

// screensFor is how long that is believed.
const screensFor = 10 * time.Minute

// types returns the ids of the issue types that can be created, by name.
func (p *Participant) types(ctx context.Context) (map[string]string, error) {
	return p.screens.types.get(p.c.now(), screensFor, func() (map[string]string, error) {
		out := map[string]string{}
		err := p.meta(ctx, get("/issue/createmeta/{}/issuetypes", p.project.Key), func(m metaJSON) {
			if !m.Subtask {
				out[m.Name] = string(m.ID)
			}
		})
		return out, err
	})
}

// screen returns which fields the create screen of a type has; nil: not known.
func (p *Participant) screen(ctx context.Context, typeID string) (map[string]bool, error) {
	if typeID == "" {
		return nil, nil
	}
	p.screens.mu.Lock()
	if p.screens.shown == nil {
		p.screens.shown = map[string]*memo[map[string]bool]{}
	}
	m := p.screens.shown[typeID]
	if m == nil {
		m = &memo[map[string]bool]{}
		p.screens.shown[typeID] = m
	}
	p.screens.mu.Unlock()
	return m.get(p.c.now(), screensFor, func() (map[string]bool, error) {
		out := map[string]bool{}
		err := p.meta(ctx, get("/issue/createmeta/{}/issuetypes/{}", p.project.Key, typeID), func(m metaJSON) { out[m.FieldID] = true })
		if err != nil {
			return nil, err
		}
		out["issuetype"] = true
		return out, nil
	})
}

// A metaJSON is an issue type or a field in the metadata of creates.
type metaJSON struct {
	ID      id     `json:"id"`
	Name    string `json:"name"`
	Subtask bool   `json:"subtask"`
	FieldID string `json:"fieldId"`
}

// meta pages the metadata of creates. The array has another name on each
// flavour: docs/JIRA.md "Create and edit".
func (p *Participant) meta(ctx context.Context, c call, each func(metaJSON)) error {
	for at := 0; ; {
		var o struct {
			Total  int        `json:"total"`
			Values []metaJSON `json:"values"`
			Types  []metaJSON `json:"issueTypes"`
			Fields []metaJSON `json:"fields"`
		}
		if err := p.c.do(ctx, c.with("startAt", strconv.Itoa(at)).with("maxResults", "200"), &o); err != nil {
			return fmt.Errorf("read what can be created in %s: %w", p.project.Key, err)
		}
		all := slices.Concat(o.Values, o.Types, o.Fields)
		for _, m := range all {
			each(m)
		}
		if at += len(all); len(all) == 0 || at >= o.Total {
			return nil
		}
	}
}
