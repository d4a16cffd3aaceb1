package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/accord/connector"
)

// A check gathers the findings about one participant.
type check struct {
	p   *Participant
	out []connector.Finding
}

// Check implements [connector.Checker]. It stops at a fault behind which
// nothing can be seen: the site does not answer, the log-in is refused, the
// project is not there.
func (p *Participant) Check(ctx context.Context) []connector.Finding {
	p.c.askAgain()
	c := &check{p: p}
	for _, look := range []func(context.Context) bool{c.site, c.login, c.project, c.permissions, c.fields, c.words} {
		if !look(ctx) {
			break
		}
	}
	return c.out
}

func (c *check) fault(format string, args ...any) {
	c.out = append(c.out, connector.Finding{Fault: true, What: c.where() + fmt.Sprintf(format, args...)})
}

func (c *check) note(format string, args ...any) {
	c.out = append(c.out, connector.Finding{What: c.where() + fmt.Sprintf(format, args...)})
}

func (c *check) where() string { return string(c.p.project.Participant) + ": " }

// site asks what kind of Jira it is. The answer needs no log-in.
func (c *check) site(ctx context.Context) bool {
	var o struct {
		Type    string `json:"deploymentType"`
		Version string `json:"version"`
	}
	ask := get("/rest/api/2/serverInfo")
	ask.open = true
	err := c.p.c.do(ctx, ask, &o)
	if f, ok := errors.AsType[*failure](err); ok && f.status == http.StatusUnauthorized {
		return true // a site may ask for a log-in even here; that comes next
	}
	if statusOf(err) == http.StatusNotFound {
		c.fault("%v (no Jira answers there: give its url as a browser shows it, with its path if it has one, such as /jira)", err)
		return false
	}
	if err != nil {
		c.fault("%v", err)
		return false
	}
	is := DataCenter
	if o.Type == "Cloud" {
		is = Cloud
	}
	if want := c.p.c.site.Flavour; o.Type != "" && is != want {
		c.fault("site %s: it is Jira %s (%s), and the file says %s; set kind: %s", c.p.c.site.Name, dialectOf(is).name, o.Version, want, is)
		return false
	}
	return true
}

func (c *check) login(ctx context.Context) bool {
	me, err := c.p.c.probe(ctx)
	if err != nil {
		c.fault("%v", err)
		return false
	}
	if _, err := c.p.fields(ctx); err != nil {
		c.fault("%v", err)
		return false
	}
	c.note("site %s: logged in as %s; use an account that nobody else works with", c.p.c.site.Name, me.Display)
	return true
}

func (c *check) project(ctx context.Context) bool {
	var o struct {
		Key      string `json:"key"`
		Archived bool   `json:"archived"`
	}
	key := c.p.project.Key
	err := c.p.c.do(ctx, get("/project/{}", key), &o)
	switch {
	case statusOf(err) == http.StatusNotFound:
		c.fault("site %s: project %s: it does not exist, or the account may not browse it; check the key, or give the account Browse Projects", c.p.c.site.Name, key)
	case err != nil:
		c.fault("%v", err)
	case o.Key != key:
		c.fault("site %s: project %s is called %s now; write that in the file", c.p.c.site.Name, key, o.Key)
	case o.Archived:
		c.fault("site %s: project %s is archived, so it is read-only; restore it", c.p.c.site.Name, key)
	default:
		return true
	}
	return false
}

// A need is a permission and what cannot be done without it.
type need struct {
	key, name, without string
	field              string // needed only if this field of Jira takes part; empty: always
	soft               bool   // the sync works without it
}

// needs are the permissions that a sync uses: docs/JIRA.md "Create and edit",
// "Transitions", "Comments".
func needs() []need {
	return []need{
		{key: "BROWSE_PROJECTS", name: "Browse Projects", without: "no issue can be read"},
		{key: "CREATE_ISSUES", name: "Create Issues", without: "issues of the others cannot appear here"},
		{key: "EDIT_ISSUES", name: "Edit Issues", without: "no field can be written"},
		{key: "TRANSITION_ISSUES", name: "Transition Issues", without: "the status cannot be written", field: "status"},
		{key: "ASSIGN_ISSUES", name: "Assign Issues", without: "the assignee cannot be written", field: "assignee"},
		{key: "MODIFY_REPORTER", name: "Modify Reporter", without: "the reporter cannot be written", field: "reporter"},
		{key: "SCHEDULE_ISSUES", name: "Schedule Issues", without: "the due date cannot be written", field: "duedate"},
		{key: "ADD_COMMENTS", name: "Add Comments", without: "comments cannot be written", field: "comment"},
		{key: "EDIT_OWN_COMMENTS", name: "Edit Own Comments", without: "edits of comments cannot be written", field: "comment"},
		{key: "DELETE_OWN_COMMENTS", name: "Delete Own Comments", without: "deletions of comments cannot be written", field: "comment"},
		{key: "EDIT_ALL_COMMENTS", name: "Edit All Comments", without: "edits that others make to a comment born here do not come back to it", field: "comment", soft: true},
		{key: "DELETE_ALL_COMMENTS", name: "Delete All Comments", without: "a comment born here stays when others delete theirs", field: "comment", soft: true},
		{key: "ADMINISTER_PROJECTS", name: "Administer Projects", without: "every edit notifies watchers by e-mail (creates and comments always do)", soft: true},
	}
}

func (c *check) permissions(ctx context.Context) bool {
	var keys []string
	for _, n := range needs() {
		keys = append(keys, n.key)
	}
	have, err := c.p.permissions(ctx, strings.Join(keys, ","))
	if err != nil {
		c.fault("read permissions: %v", err)
		return false
	}
	for _, n := range needs() {
		if have[n.key] || !c.takesPart(n.field) {
			continue
		}
		say := c.fault
		if n.soft {
			say = c.note
		}
		say("project %s: without the permission %s %s; give it to the account", c.p.project.Key, n.name, n.without)
	}
	return have["BROWSE_PROJECTS"]
}

func (c *check) takesPart(id string) bool {
	return id == "" || slices.ContainsFunc(c.p.project.Fields, func(f Field) bool { return f.ID == id })
}

// fields looks whether each field is there once and holds what the file says.
func (c *check) fields(ctx context.Context) bool {
	cat, err := c.p.c.fieldCatalog(ctx)
	if err != nil {
		c.fault("%v", err)
		return false
	}
	for _, f := range c.p.project.Fields {
		id, site := f.ID, c.p.c.site.Name
		if _, ok := cat.title[id]; !ok {
			switch ids := cat.ids[strings.ToLower(id)]; len(ids) {
			case 0:
				c.fault("field %s: site %s has no field %q; name it by its id, such as customfield_10010, or as Jira shows it", f.Name, site, f.ID)
				continue
			case 1:
				id = ids[0]
			default:
				c.fault("field %s: site %s has several fields called %q; name one of %s", f.Name, site, f.ID, strings.Join(ids, ", "))
				continue
			}
		}
		if kind := cat.kind[id]; !f.Type.fits(kind) {
			c.fault("field %s: %s on site %s is of Jira's type %s, which %s does not hold", f.Name, f.ID, site, kind, f.Type)
		}
	}
	return true
}

// fits reports whether a field of Jira's schema type kind is held as t.
func (t Type) fits(kind string) bool {
	fits := map[Type][]string{
		IssueType: {"issuetype"}, Line: {"line", "string"}, RichText: {"text", "string"}, Status: {"status"}, Option: {"option"},
		Named: {"priority", "resolution", "securitylevel", "version", "component"}, User: {"user"}, Date: {"date"}, Number: {"number"},
		Labels: {"array"}, Comments: {"comments-page", "array"},
	}
	return kind == "" || slices.Contains(fits[t], kind)
}

// words looks whether the words that the file names exist here.
func (c *check) words(ctx context.Context) bool {
	for _, f := range c.p.project.Fields {
		words := c.p.project.Words[f.Name]
		known, err := c.known(ctx, f)
		if len(words) == 0 || known == nil && err == nil {
			continue
		}
		if err != nil {
			c.fault("field %s: read its words: %v", f.Name, err)
			continue
		}
		for _, w := range words {
			if !slices.Contains(known, w) {
				c.fault("field %s: project %s has no %q; it has %s", f.Name, c.p.project.Key, w, strings.Join(known, ", "))
			}
		}
	}
	return true
}

// known returns the words that a field can show; nil: not to be told.
func (c *check) known(ctx context.Context, f Field) ([]string, error) {
	type named struct {
		Name string `json:"name"`
	}
	var all []struct {
		named
		Statuses []named `json:"statuses"`
	}
	var err error
	switch {
	case f.Type == IssueType || f.Type == Status:
		err = c.p.c.do(ctx, get("/project/{}/statuses", c.p.project.Key), &all)
	case f.ID == "priority":
		err = c.p.c.do(ctx, get("/priority"), &all)
	}
	var out []string
	for _, n := range all {
		if f.Type != Status {
			out = append(out, n.Name)
		}
		for _, s := range n.Statuses {
			if f.Type == Status {
				out = append(out, s.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), err
}
