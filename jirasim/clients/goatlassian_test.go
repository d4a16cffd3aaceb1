package clients_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/ctreminiom/go-atlassian/v2/jira/agile"
	v2 "github.com/ctreminiom/go-atlassian/v2/jira/v2"
	v3 "github.com/ctreminiom/go-atlassian/v2/jira/v3"
	"github.com/ctreminiom/go-atlassian/v2/pkg/infra/models"

	"example.com/accord/jirasim"
)

// words is a document of one paragraph.
func words(s string) *models.CommentNodeScheme {
	return &models.CommentNodeScheme{Type: "doc", Version: 1, Content: []*models.CommentNodeScheme{
		{Type: "paragraph", Content: []*models.CommentNodeScheme{{Type: "text", Text: s}}}}}
}

// TestGoAtlassian tells the story with github.com/ctreminiom/go-atlassian, in
// version 3.
func TestGoAtlassian(t *testing.T) {
	s, ctx := open(t, jirasim.Cloud), context.Background()
	c, err := v3.New(nil, s.url)
	sure(t, err, "client")
	c.Auth.SetBasicAuth(s.login, "example")
	me, _, err := c.MySelf.Details(ctx, nil)
	sure(t, err, "myself")

	create := func(summary string) string {
		i, _, err := c.Issue.Create(ctx, &models.IssueScheme{Fields: &models.IssueFieldsScheme{Project: &models.ProjectScheme{Key: s.project},
			IssueType: &models.IssueTypeScheme{Name: "Bug"}, Summary: summary, Description: words("It is dark."), Labels: []string{"lamp"}}}, nil)
		sure(t, err, "create")
		return i.Key
	}
	first, second := create("The lamp is dark"), create("The switch is loose")
	_, err = c.Issue.Update(ctx, first, true, &models.IssueScheme{Fields: &models.IssueFieldsScheme{Summary: "The lamp stays dark"}}, nil, nil)
	sure(t, err, "edit")
	i, _, err := c.Issue.Get(ctx, first, nil, []string{"changelog", "names"})
	sure(t, err, "read")
	same(t, "summary", i.Fields.Summary, "The lamp stays dark")
	same(t, "description", i.Fields.Description.Content[0].Content[0].Text, "It is dark.")
	same(t, "reporter", i.Fields.Reporter.AccountID, me.AccountID)

	k, _, err := c.Issue.Comment.Add(ctx, first, &models.CommentPayloadScheme{Body: words("Seen.")}, nil)
	sure(t, err, "comment")
	_, _, err = c.Issue.Comment.Update(ctx, first, k.ID, &models.CommentPayloadScheme{Body: words("Seen twice.")}, nil)
	sure(t, err, "edit the comment")
	remarks, _, err := c.Issue.Comment.Gets(ctx, first, "", nil, 0, 50)
	sure(t, err, "comments")
	same(t, "comment", remarks.Comments[0].Body.Content[0].Content[0].Text, "Seen twice.")

	_, err = c.Issue.Link.Create(ctx, &models.LinkPayloadSchemeV3{Type: &models.LinkTypeScheme{Name: "Blocks"},
		InwardIssue: &models.LinkedIssueScheme{Key: first}, OutwardIssue: &models.LinkedIssueScheme{Key: second}})
	sure(t, err, "link")
	links, _, err := c.Issue.Link.Gets(ctx, first)
	sure(t, err, "links")
	same(t, "the other end", links.Fields.IssueLinks[0].OutwardIssue.Key, second)
	_, err = c.Issue.Link.Delete(ctx, links.Fields.IssueLinks[0].ID)
	sure(t, err, "delete the link")

	for _, id := range []string{"11", "21", "31"} {
		_, err = c.Issue.Move(ctx, first, id, nil)
		sure(t, err, "transition "+id)
	}
	l, _, err := c.Issue.Worklog.Add(ctx, first, &models.WorklogADFPayloadScheme{Comment: words("Bulb."), TimeSpent: "1h 30m", Started: "2026-11-24T10:00:00.000+0000"},
		&models.WorklogOptionsScheme{Notify: true, AdjustEstimate: "auto"})
	sure(t, err, "worklog")
	same(t, "seconds", l.TimeSpentSeconds, 5400)
	files, _, err := c.Issue.Attachment.Add(ctx, first, "lamp.txt", strings.NewReader("a picture of it"))
	sure(t, err, "attach")
	same(t, "file", files[0].Filename, "lamp.txt")
	got, err := c.Issue.Attachment.Download(ctx, files[0].ID, false)
	sure(t, err, "download")
	same(t, "content", got.Bytes.String(), "a picture of it")
	_, err = c.Issue.Watcher.Add(ctx, first, me.AccountID)
	sure(t, err, "watch")
	_, err = c.Issue.Vote.Add(ctx, second)
	if err == nil {
		t.Error("a reporter votes for his own issue")
	}
	hits, _, err := c.Issue.Search.SearchJQL(ctx, "project = "+s.project+" AND status = Done", []string{"status"}, nil, 10, "")
	sure(t, err, "search")
	if len(hits.Issues) != 1 || hits.Issues[0].Fields.Status.Name != "Done" {
		t.Errorf("the search finds %+v", hits.Issues)
	}
	n, _, err := c.Issue.Search.ApproximateCount(ctx, "project = "+s.project)
	sure(t, err, "count")
	same(t, "count", n.Count, 2)
	_, err = c.Issue.Property.Set(ctx, first, "accord", map[string]any{"a": 1})
	sure(t, err, "property")
	_, err = c.Issue.Delete(ctx, first, false)
	sure(t, err, "delete")
	if _, answer, err := c.Issue.Get(ctx, first, nil, nil); err == nil || answer.Code != 404 {
		t.Errorf("the deleted issue is answered with %v", err)
	}
}

// TestGoAtlassianInVersion2 tells it with wiki markup.
func TestGoAtlassianInVersion2(t *testing.T) {
	both(t, func(t *testing.T, s site) {
		ctx := context.Background()
		c, err := v2.New(nil, s.url)
		sure(t, err, "client")
		c.Auth.SetBasicAuth(s.login, "example")
		made, _, err := c.Issue.Create(ctx, &models.IssueSchemeV2{Fields: &models.IssueFieldsSchemeV2{Project: &models.ProjectScheme{Key: s.project},
			IssueType: &models.IssueTypeScheme{Name: "Bug"}, Summary: "The lamp is dark", Description: "It is *dark*."}}, nil)
		sure(t, err, "create")
		_, err = c.Issue.Update(ctx, made.Key, true, &models.IssueSchemeV2{Fields: &models.IssueFieldsSchemeV2{Summary: "The lamp stays dark"}}, nil, nil)
		sure(t, err, "edit")
		k, _, err := c.Issue.Comment.Add(ctx, made.Key, &models.CommentPayloadSchemeV2{Body: "_Seen._"}, nil)
		sure(t, err, "comment")
		same(t, "comment", k.Body, "_Seen._")
		ways, _, err := c.Issue.Transitions(ctx, made.Key)
		sure(t, err, "transitions")
		_, err = c.Issue.Move(ctx, made.Key, ways.Transitions[0].ID, nil)
		sure(t, err, "transition")
		files, _, err := c.Issue.Attachment.Add(ctx, made.Key, "lamp.txt", strings.NewReader("a picture of it"))
		sure(t, err, "attach")
		_, err = c.Issue.Attachment.Delete(ctx, files[0].ID)
		sure(t, err, "delete the file")
		i, _, err := c.Issue.Get(ctx, made.Key, nil, nil)
		sure(t, err, "read")
		same(t, "summary", i.Fields.Summary, "The lamp stays dark")
		same(t, "description", i.Fields.Description, "It is *dark*.")
		if s.flavour == jirasim.DataCenter {
			hits, _, err := c.Issue.Search.Post(ctx, "project = "+s.project, []string{"summary"}, nil, 0, 10, "strict")
			sure(t, err, "search")
			same(t, "hits", len(hits.Issues), 1)
		} else {
			hits, _, err := c.Issue.Search.SearchJQL(ctx, "project = "+s.project, []string{"summary"}, nil, 10, "")
			sure(t, err, "search")
			same(t, "hits", len(hits.Issues), 1)
		}
		_, err = c.Issue.Delete(ctx, made.Key, true)
		sure(t, err, "delete")
	})
}

// TestGoAtlassianPlans makes a board and takes an issue through a sprint of it.
func TestGoAtlassianPlans(t *testing.T) {
	both(t, func(t *testing.T, s site) {
		ctx := context.Background()
		c, err := v2.New(nil, s.url)
		sure(t, err, "client")
		c.Auth.SetBasicAuth(s.login, "example")
		a, err := agile.New(nil, s.url)
		sure(t, err, "client")
		a.Auth.SetBasicAuth(s.login, "example")
		made, _, err := c.Issue.Create(ctx, &models.IssueSchemeV2{Fields: &models.IssueFieldsSchemeV2{Project: &models.ProjectScheme{Key: s.project},
			IssueType: &models.IssueTypeScheme{Name: "Bug"}, Summary: "The lamp is dark"}}, nil)
		sure(t, err, "create")
		f, _, err := c.Filter.Create(ctx, &models.FilterPayloadScheme{Name: "All", JQL: "project = " + s.project + " ORDER BY Rank"})
		sure(t, err, "filter")
		id, err := strconv.Atoi(f.ID)
		sure(t, err, "id of the filter")
		b, _, err := a.Board.Create(ctx, &models.BoardPayloadScheme{Name: "Board", Type: "scrum", FilterID: id,
			Location: &models.BoardPayloadLocationScheme{Type: "project", ProjectKeyOrID: s.project}})
		sure(t, err, "board")
		sprint, _, err := a.Sprint.Create(ctx, &models.SprintPayloadScheme{Name: "Week 1", OriginBoardID: b.ID})
		sure(t, err, "sprint")
		_, err = a.Sprint.Move(ctx, sprint.ID, &models.SprintMovePayloadScheme{Issues: []string{made.Key}})
		sure(t, err, "move into the sprint")
		_, _, err = a.Sprint.Path(ctx, sprint.ID, &models.SprintPayloadScheme{State: "active", StartDate: "2026-11-23T09:00:00.000+0000", EndDate: "2026-12-04T17:00:00.000+0000"})
		sure(t, err, "start the sprint")
		in, _, err := a.Sprint.Issues(ctx, sprint.ID, nil, 0, 50)
		sure(t, err, "issues of the sprint")
		if len(in.Issues) != 1 || in.Issues[0].Key != made.Key {
			t.Errorf("the sprint has %+v", in.Issues)
		}
		all, _, err := a.Board.Sprints(ctx, b.ID, 0, 50, nil)
		sure(t, err, "sprints")
		same(t, "sprints", len(all.Values), 1)
		same(t, "state", all.Values[0].State, "active")
	})
}
