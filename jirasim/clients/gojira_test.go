package clients_test

import (
	"io"
	"strings"
	"testing"
	"time"

	jira "github.com/andygrunwald/go-jira"

	"example.com/accord/jirasim"
)

// TestGoJira tells the story with github.com/andygrunwald/go-jira, which speaks
// version 2 with either flavour.
func TestGoJira(t *testing.T) {
	both(t, func(t *testing.T, s site) {
		auth := jira.BasicAuthTransport{Username: s.login, Password: "example"}
		c, err := jira.NewClient(auth.Client(), s.url)
		sure(t, err, "client")
		me, _, err := c.User.GetSelf()
		sure(t, err, "myself")
		first, second := made(t, c, s, "The lamp is dark"), made(t, c, s, "The switch is loose")
		edited(t, c, s, first)
		commented(t, c, first)
		linked(t, c, first, second)
		walked(t, c, s, first)
		logged(t, c, first, me)
		attached(t, c, first)
		watched(t, c, s, first, me)
		found(t, c, s, first)
		_, err = c.Issue.Delete(first)
		sure(t, err, "delete")
		if _, answer, err := c.Issue.Get(first, nil); err == nil || answer.StatusCode != 404 {
			t.Errorf("the deleted issue is answered with %v", err)
		}
	})
}

func made(t *testing.T, c *jira.Client, s site, summary string) string {
	t.Helper()
	i, _, err := c.Issue.Create(&jira.Issue{Fields: &jira.IssueFields{Project: jira.Project{Key: s.project}, Type: jira.IssueType{Name: "Bug"},
		Summary: summary, Description: "It is *dark*.", Labels: []string{"lamp"}, Priority: &jira.Priority{Name: "High"}}})
	sure(t, err, "create")
	return i.Key
}

func edited(t *testing.T, c *jira.Client, s site, key string) {
	t.Helper()
	_, _, err := c.Issue.Update(&jira.Issue{Key: key, Fields: &jira.IssueFields{Summary: "The lamp stays dark"}})
	sure(t, err, "edit")
	_, err = c.Issue.UpdateIssue(key, map[string]any{"update": map[string]any{"labels": []any{map[string]any{"add": "switch"}}}})
	sure(t, err, "edit by verbs")
	i, _, err := c.Issue.Get(key, &jira.GetQueryOptions{Expand: "changelog,names"})
	sure(t, err, "read")
	same(t, "summary", i.Fields.Summary, "The lamp stays dark")
	same(t, "description", i.Fields.Description, "It is *dark*.")
	same(t, "labels", strings.Join(i.Fields.Labels, " "), "lamp switch")
	same(t, "project", i.Fields.Project.Key, s.project)
	if i.Changelog == nil || len(i.Changelog.Histories) != 2 {
		t.Errorf("the changelog is %v", i.Changelog)
	}
	if time.Since(time.Time(i.Fields.Created)) > time.Minute {
		t.Errorf("created is %v", time.Time(i.Fields.Created))
	}
}

func commented(t *testing.T, c *jira.Client, key string) {
	t.Helper()
	k, _, err := c.Issue.AddComment(key, &jira.Comment{Body: "Seen."})
	sure(t, err, "comment")
	_, _, err = c.Issue.UpdateComment(key, &jira.Comment{ID: k.ID, Body: "Seen twice."})
	sure(t, err, "edit the comment")
	i, _, err := c.Issue.Get(key, nil)
	sure(t, err, "read")
	if i.Fields.Comments == nil || len(i.Fields.Comments.Comments) != 1 || i.Fields.Comments.Comments[0].Body != "Seen twice." {
		t.Errorf("the comments are %+v", i.Fields.Comments)
	}
}

func linked(t *testing.T, c *jira.Client, from, to string) {
	t.Helper()
	_, err := c.Issue.AddLink(&jira.IssueLink{Type: jira.IssueLinkType{Name: "Blocks"}, InwardIssue: &jira.Issue{Key: from}, OutwardIssue: &jira.Issue{Key: to}})
	sure(t, err, "link")
	i, _, err := c.Issue.Get(from, nil)
	sure(t, err, "read")
	if len(i.Fields.IssueLinks) != 1 || i.Fields.IssueLinks[0].OutwardIssue == nil {
		t.Fatalf("the links are %+v", i.Fields.IssueLinks)
	}
	same(t, "the other end", i.Fields.IssueLinks[0].OutwardIssue.Key, to)
	_, err = c.Issue.DeleteLink(i.Fields.IssueLinks[0].ID)
	sure(t, err, "delete the link")
	_, _, err = c.Issue.AddRemoteLink(from, &jira.RemoteLink{GlobalID: "accord=1", Object: &jira.RemoteLinkObject{URL: "https://example.com/1", Title: "One"}})
	sure(t, err, "remote link")
	all, _, err := c.Issue.GetRemoteLinks(from)
	sure(t, err, "remote links")
	if len(*all) != 1 || (*all)[0].GlobalID != "accord=1" {
		t.Errorf("the remote links are %+v", *all)
	}
}

func walked(t *testing.T, c *jira.Client, s site, key string) {
	t.Helper()
	for range 3 {
		ways, _, err := c.Issue.GetTransitions(key)
		sure(t, err, "transitions")
		forward := map[string]bool{"11": true, "21": true, "31": true, "4": true, "711": true, "2": true}
		for _, way := range ways {
			if forward[way.ID] {
				_, err = c.Issue.DoTransition(key, way.ID)
				sure(t, err, "transition "+way.Name)
				break
			}
		}
	}
	i, _, err := c.Issue.Get(key, nil)
	sure(t, err, "read")
	same(t, "status category", i.Fields.Status.StatusCategory.Key, "done")
	if i.Fields.Resolution == nil {
		t.Error("there is no resolution")
	}
}

func logged(t *testing.T, c *jira.Client, key string, me *jira.User) {
	t.Helper()
	started := jira.Time(time.Now().Add(-time.Hour))
	l, _, err := c.Issue.AddWorklogRecord(key, &jira.WorklogRecord{TimeSpent: "1h 30m", Comment: "Bulb.", Started: &started})
	sure(t, err, "worklog")
	same(t, "seconds", l.TimeSpentSeconds, 5400)
	_, _, err = c.Issue.UpdateWorklogRecord(key, l.ID, &jira.WorklogRecord{TimeSpentSeconds: 7200})
	sure(t, err, "edit the worklog")
	all, _, err := c.Issue.GetWorklogs(key)
	sure(t, err, "worklogs")
	if all.Total != 1 || all.Worklogs[0].TimeSpentSeconds != 7200 || all.Worklogs[0].Author.DisplayName != me.DisplayName {
		t.Errorf("the worklogs are %+v", all)
	}
}

func attached(t *testing.T, c *jira.Client, key string) {
	t.Helper()
	files, _, err := c.Issue.PostAttachment(key, strings.NewReader("a picture of it"), "lamp.txt")
	sure(t, err, "attach")
	if len(*files) != 1 || (*files)[0].Filename != "lamp.txt" || (*files)[0].Size != 15 {
		t.Fatalf("the files are %+v", files)
	}
	got, err := c.Issue.DownloadAttachment((*files)[0].ID)
	sure(t, err, "download")
	b, _ := io.ReadAll(got.Body)
	got.Body.Close()
	same(t, "content", string(b), "a picture of it")
	_, err = c.Issue.DeleteAttachment((*files)[0].ID)
	sure(t, err, "delete the file")
}

func watched(t *testing.T, c *jira.Client, s site, key string, me *jira.User) {
	t.Helper()
	name := me.AccountID
	if s.flavour == jirasim.DataCenter {
		name = me.Name
	}
	_, err := c.Issue.AddWatcher(key, name)
	sure(t, err, "watch")
	_, err = c.Issue.UpdateAssignee(key, &jira.User{AccountID: me.AccountID, Name: me.Name})
	sure(t, err, "assign")
}

func found(t *testing.T, c *jira.Client, s site, key string) {
	t.Helper()
	query := "project = " + s.project + " AND labels = switch ORDER BY created DESC"
	hits, answer, err := c.Issue.Search(query, &jira.SearchOptions{MaxResults: 10})
	if s.flavour == jirasim.Cloud {
		if err == nil || answer.StatusCode != 410 {
			t.Errorf("the retired search is answered with %v", err)
		}
		hits, _, err = c.Issue.SearchV2JQL(query, &jira.SearchOptionsV2{MaxResults: 10, Fields: []string{"summary"}})
	}
	sure(t, err, "search")
	if len(hits) != 1 || hits[0].Key != key {
		t.Errorf("the search finds %+v", hits)
	}
}

// TestGoJiraSeesTheSite reads what a client shows of a site before it writes.
func TestGoJiraSeesTheSite(t *testing.T) {
	both(t, func(t *testing.T, s site) {
		auth := jira.BasicAuthTransport{Username: s.login, Password: "example"}
		c, err := jira.NewClient(auth.Client(), s.url)
		sure(t, err, "client")
		projects, _, err := c.Project.GetList()
		sure(t, err, "projects")
		same(t, "projects", len(*projects), 1)
		p, _, err := c.Project.Get(s.project)
		sure(t, err, "project")
		if len(p.IssueTypes) == 0 {
			t.Error("the project has no types")
		}
		for what, read := range map[string]func() (int, error){
			"fields":      func() (int, error) { l, _, err := c.Field.GetList(); return len(l), err },
			"priorities":  func() (int, error) { l, _, err := c.Priority.GetList(); return len(l), err },
			"resolutions": func() (int, error) { l, _, err := c.Resolution.GetList(); return len(l), err },
			"statuses":    func() (int, error) { l, _, err := c.Status.GetAllStatuses(); return len(l), err },
			"categories":  func() (int, error) { l, _, err := c.StatusCategory.GetList(); return len(l), err },
			"roles": func() (int, error) {
				l, answer, err := c.Role.GetList() // of version 3
				if s.flavour == jirasim.DataCenter && answer.StatusCode == 404 {
					return 1, nil
				} else if err != nil {
					return 0, err
				}
				return len(*l), nil
			},
			"version": func() (int, error) {
				id := 0
				for _, d := range p.ID {
					id = id*10 + int(d-'0')
				}
				v, _, err := c.Version.Create(&jira.Version{Name: "1.0", ProjectID: id})
				if err != nil {
					return 0, err
				}
				return len(v.ID), nil
			},
			"component": func() (int, error) {
				k, _, err := c.Component.Create(&jira.CreateComponentOptions{Name: "Light", Project: s.project})
				if err != nil {
					return 0, err
				}
				return len(k.ID), nil
			},
		} {
			if n, err := read(); err != nil || n == 0 {
				t.Errorf("%s: %d, %v", what, n, err)
			}
		}
	})
}
