package hook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/connector"
	"example.com/accord/connector/jira/hook"
	"example.com/accord/issue"
)

// docs returns the folder of Jira's documents and recorded bodies.
func docs(t testing.TB) string {
	dir := os.Getenv("JIRA_DOCS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "jira")
	}
	if _, err := os.Stat(filepath.Join(dir, "fixtures")); err != nil {
		t.Skipf("SKIPPED: no recorded bodies of Jira at %s; set JIRA_DOCS to the folder that has them", dir)
	}
	return dir
}

// hub is the reader of a site with two participants.
func hub(secret string) connector.Events {
	return &hook.Reader{Secret: connector.NewSecret(secret), Projects: []hook.Project{{"support", "SUP"}, {"dev", "DEV"}}}
}

func TestSignature(t *testing.T) {
	const secret, body = "It's a Secret to Everybody", "Hello World!"
	const good = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
	for name, c := range map[string]struct {
		reason string
		header http.Header
		secret string
		forged bool
	}{
		"the published vector":  {"the sum is over the raw body", http.Header{"X-Hub-Signature": {good}}, secret, false},
		"header in lower case":  {"proxies write names as they like", http.Header{"x-hub-signature": {good}}, secret, false},
		"hex in upper case":     {"it is the same number", http.Header{"X-Hub-Signature": {"sha256=" + strings.ToUpper(good[7:])}}, secret, false},
		"none":                  {"whoever sends none cannot prove anything", nil, secret, true},
		"wrong":                 {"another secret", http.Header{"X-Hub-Signature": {good}}, "other", true},
		"cut off":               {"a prefix proves nothing", http.Header{"X-Hub-Signature": {good[:30]}}, secret, true},
		"no hex":                {"cannot be a sum", http.Header{"X-Hub-Signature": {"sha256=zz"}}, secret, true},
		"another method":        {"sha1 is no proof any more", http.Header{"X-Hub-Signature": {"sha1=" + good[7:]}}, secret, true},
		"no secret agreed upon": {"then the path alone proves it", nil, "", false},
	} {
		_, err := hub(c.secret).Events(connector.Delivery{Header: c.header, Body: []byte(body)})
		if errors.Is(err, connector.ErrForged) != c.forged {
			t.Errorf("%s: forged is %v, want %v: %s", name, err, c.forged, c.reason)
		}
		if !c.forged && !errors.Is(err, connector.ErrUnreadable) {
			t.Errorf("%s: %q was read: %v", name, body, err)
		}
	}
}

func sign(secret string, body []byte) http.Header {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return http.Header{"X-Hub-Signature": {"sha256=" + hex.EncodeToString(mac.Sum(nil))}, "X-Atlassian-Webhook-Identifier": {"d-1"}}
}

func TestWhatWebhooksAreAbout(t *testing.T) {
	updated := "2026-11-24T10:00:00.250+0100"
	touch := []issue.Touch{{ID: "77", By: "Ann", Updated: time.Date(2026, 11, 24, 9, 0, 0, 250e6, time.UTC)}}
	for name, c := range map[string]struct {
		reason, body string
		want         []issue.Event
	}{
		"issue of a participant": {"its key names the project", `{"webhookEvent":"jira:issue_updated","issue":{"id":"10","key":"SUP-1"}}`,
			[]issue.Event{{Ref: issue.Ref{Participant: "support", ID: "10"}}}},
		"issue of nobody": {"no participant has that project", `{"webhookEvent":"jira:issue_updated","issue":{"id":"10","key":"OPS-1"}}`, nil},
		"issue that moved away": {"who had it must look", `{"webhookEvent":"jira:issue_updated","issue":{"id":"10","key":"OPS-1"},
			"changelog":{"items":[{"field":"Key","from":null,"fromString":"DEV-4","to":null,"toString":"OPS-1"}]}}`,
			[]issue.Event{{Ref: issue.Ref{Participant: "dev", ID: "10"}}}},
		"issue that moved between them": {"both must look", `{"webhookEvent":"jira:issue_updated","issue":{"id":"10","key":"SUP-1"},
			"changelog":{"items":[{"field":"Key","fromString":"DEV-4","toString":"SUP-1"}]}}`,
			[]issue.Event{{Ref: issue.Ref{Participant: "support", ID: "10"}}, {Ref: issue.Ref{Participant: "dev", ID: "10"}}}},
		"number as id": {"some bodies have numbers", `{"webhookEvent":"jira:issue_deleted","issue":{"id":10,"key":"SUP-1"}}`,
			[]issue.Event{{Ref: issue.Ref{Participant: "support", ID: "10"}}}},
		"comment with its issue": {"as Cloud sends it", `{"webhookEvent":"comment_updated","issue":{"id":"10","key":"SUP-1"},
			"comment":{"id":"77","updated":"` + updated + `","author":{"displayName":"Bob"},"updateAuthor":{"displayName":"Ann"}}}`,
			[]issue.Event{{Ref: issue.Ref{Participant: "support", ID: "10"}, Rows: touch}}},
		"comment without issue": {"as Data Center sends it: any of them may have it", `{"webhookEvent":"comment_created",
			"comment":{"self":"https://acme.example/jira/rest/api/2/issue/10/comment/77","id":"77","updated":"` + updated + `","author":{"displayName":"Ann"}}}`,
			[]issue.Event{{Ref: issue.Ref{Participant: "support", ID: "10"}, Rows: touch}, {Ref: issue.Ref{Participant: "dev", ID: "10"}, Rows: touch}}},
		"worklog": {"it names only the issue's id", `{"webhookEvent":"worklog_created","worklog":{"issueId":"10"}}`,
			[]issue.Event{{Ref: issue.Ref{Participant: "support", ID: "10"}}, {Ref: issue.Ref{Participant: "dev", ID: "10"}}}},
		"link": {"two issues, as numbers", `{"webhookEvent":"issuelink_created","issueLink":{"id":1,"sourceIssueId":10,"destinationIssueId":11}}`,
			[]issue.Event{{Ref: issue.Ref{Participant: "support", ID: "10"}}, {Ref: issue.Ref{Participant: "dev", ID: "10"}},
				{Ref: issue.Ref{Participant: "support", ID: "11"}}, {Ref: issue.Ref{Participant: "dev", ID: "11"}}}},
		"attachment without issue": {"nothing says which", `{"webhookEvent":"attachment_created","attachment":{"id":"5"}}`, nil},
		"attachment with issue": {"as some sites send it", `{"webhookEvent":"attachment_deleted","attachment":{"id":"5"},"issue":{"id":"10","key":"DEV-1"}}`,
			[]issue.Event{{Ref: issue.Ref{Participant: "dev", ID: "10"}}}},
		"property": {"any of the ways to name the issue", `{"webhookEvent":"issue_property_set","property":{"key":"k","self":"https://a/rest/api/2/issue/10/properties/k"}}`,
			[]issue.Event{{Ref: issue.Ref{Participant: "support", ID: "10"}}, {Ref: issue.Ref{Participant: "dev", ID: "10"}}}},
		"about no issue": {"heard, and nothing to do", `{"webhookEvent":"sprint_updated","sprint":{"id":1}}`, nil},
	} {
		body := []byte(c.body)
		at := time.Unix(1_800_000_000, 0)
		got, err := hub("s").Events(connector.Delivery{Header: sign("s", body), Body: body, At: at})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i := range c.want {
			c.want[i].Cause, c.want[i].Delivery, c.want[i].At = "webhook", "d-1", at
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (%s):\n%s", name, c.reason, diff)
		}
	}
}

func TestUnreadableWebhooks(t *testing.T) {
	for body, reason := range map[string]string{
		``:                                      "not the JSON",
		`<html>`:                                "not the JSON",
		`[1]`:                                   "not the JSON",
		`{}`:                                    `no event ""`,
		`{"webhookEvent":"jira:issue_eat"}`:     `no event "jira:issue_eat"`,
		`{"webhookEvent":"jira:issue_updated"}`: "does not say which issue",
		`{"webhookEvent":"jira:issue_updated","issue":{"id":"../9","key":"SUP-1"}}`:  "does not say which issue",
		`{"webhookEvent":"comment_created","comment":{"id":"1","self":"https://x"}}`: "does not say which issue",
		`{"webhookEvent":"issuelink_created","issueLink":{"sourceIssueId":10}}`:      "does not say which issues",
	} {
		got, err := hub("").Events(connector.Delivery{Body: []byte(body)})
		if !errors.Is(err, connector.ErrUnreadable) || !strings.Contains(err.Error(), reason) || len(got) > 0 {
			t.Errorf("%s is heard as %v, %v; want %q", body, got, err, reason)
		}
	}
}

// TestOddWebhooksAreHeard: a member of a kind that is not expected does not
// make a delivery unreadable.
func TestOddWebhooksAreHeard(t *testing.T) {
	for _, body := range []string{
		`{"webhookEvent":"jira:issue_updated","issue":{"id":"10","key":"SUP-1"},"changelog":{"items":[{"field":"x","from":{"a":1},"fromString":7}]}}`,
		`{"webhookEvent":"jira:issue_updated","issue":{"id":"10","key":"SUP-1"},"comment":{"author":"Ann"},"worklog":[]}`,
		`{"webhookEvent":"jira:issue_updated","timestamp":"now","issue":{"id":10,"key":"SUP-1","fields":[]}}`,
	} {
		evs, err := hub("").Events(connector.Delivery{Body: []byte(body)})
		if err != nil || len(evs) != 1 || evs[0].Ref != (issue.Ref{Participant: "support", ID: "10"}) {
			t.Errorf("%s is heard as %v, %v", body, evs, err)
		}
	}
}

// TestRecordedWebhooks reads every recorded body of both flavours. What it is
// about was found by other means: the ids in its own self links.
func TestRecordedWebhooks(t *testing.T) {
	root := filepath.Join(docs(t), "fixtures")
	read := 0
	for _, folder := range []string{"webhooks-cloud", "webhooks-server"} {
		files, err := filepath.Glob(filepath.Join(root, folder, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no bodies in %s: %v", folder, err)
		}
		for _, f := range files {
			t.Run(folder+"/"+filepath.Base(f), func(t *testing.T) { recorded(t, f) })
			read++
		}
	}
	t.Logf("%d recorded bodies", read)
}

func recorded(t *testing.T, file string) {
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		Event string `json:"webhookEvent"`
		Issue struct {
			ID  string `json:"id"`
			Key string `json:"key"`
		} `json:"issue"`
		Comment struct {
			ID   string `json:"id"`
			Self string `json:"self"`
		} `json:"comment"`
		Worklog struct {
			IssueID string `json:"issueId"`
		} `json:"worklog"`
		Link struct {
			From json.Number `json:"sourceIssueId"`
			To   json.Number `json:"destinationIssueId"`
		} `json:"issueLink"`
	}
	if err := json.Unmarshal(body, &o); err != nil {
		t.Fatal(err)
	}
	key := "SUP"
	if o.Issue.Key != "" {
		key = o.Issue.Key[:strings.Index(o.Issue.Key, "-")]
	}
	evs, err := (&hook.Reader{Projects: []hook.Project{{"a", key}, {"b", "NONE"}}}).Events(connector.Delivery{Body: body})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	switch {
	case strings.HasPrefix(o.Event, "sprint"):
	case strings.HasPrefix(o.Event, "issuelink"):
		want = []string{"a/" + o.Link.From.String(), "b/" + o.Link.From.String(), "a/" + o.Link.To.String(), "b/" + o.Link.To.String()}
	case strings.HasPrefix(o.Event, "worklog"):
		want = []string{"a/" + o.Worklog.IssueID, "b/" + o.Worklog.IssueID}
	case o.Issue.ID != "":
		want = []string{"a/" + o.Issue.ID}
	default:
		id := strings.Split(o.Comment.Self, "/")[7]
		want = []string{"a/" + id, "b/" + id}
	}
	var got []string
	for _, ev := range evs {
		got = append(got, ev.Ref.String())
		if o.Comment.ID != "" && (len(ev.Rows) != 1 || ev.Rows[0].ID != o.Comment.ID || ev.Rows[0].By == "" || ev.Rows[0].Updated.IsZero()) {
			t.Errorf("the comment %s is touched as %+v", o.Comment.ID, ev.Rows)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"10","key":"SUP-1"},"changelog":{"items":[{"field":"Key","fromString":"DEV-1"}]}}`))
	f.Add([]byte(`{"webhookEvent":"comment_created","comment":{"self":"x/issue/10/comment/7","id":7}}`))
	f.Add([]byte(`{"webhookEvent":"issuelink_created","issueLink":{"sourceIssueId":1,"destinationIssueId":2}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, body []byte) {
		evs, err := hub("").Events(connector.Delivery{Body: body})
		if err != nil && !errors.Is(err, connector.ErrUnreadable) {
			t.Fatalf("%v is neither forged nor unreadable", err)
		}
		for _, ev := range evs {
			if ev.Ref.ID == "" || strings.Trim(ev.Ref.ID, "0123456789") != "" || err != nil {
				t.Fatalf("%q names %v (%v)", body, ev.Ref, err)
			}
		}
		if _, err := hub("s").Events(connector.Delivery{Body: body}); !errors.Is(err, connector.ErrForged) {
			t.Fatalf("without a signature: %v", err)
		}
	})
}

// TestNothingIsSignedWithoutASecret: not even what is signed with an empty one.
func TestNothingIsSignedWithoutASecret(t *testing.T) {
	mac := hmac.New(sha256.New, nil)
	mac.Write([]byte("x"))
	signature := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	if hook.Signed(connector.Secret{}, signature, []byte("x")) {
		t.Error("a signature without a secret holds")
	}
}
