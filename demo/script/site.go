package script

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// A side is one of the two Jiras.
type side int

// The sides.
const (
	cloud  side = 0
	server side = 1
)

func (s side) other() side { return 1 - s }

func (s side) String() string { return [...]string{"Cloud", "Data Center"}[s] }

// A Site is one Jira as the script reaches it.
type Site struct {
	URL         string    // without a slash at the end
	Project     string    // key
	Participant string    // the sync's name of the project: the property "accord" names issues by it
	Accounts    []Account // of people who edit; the first may change what others wrote
	Sync        Account   // nobody else uses it
}

// An Account is how somebody logs in: at the Cloud as Basic, at the Data Center
// as Bearer (docs/JIRA.md "Authentication").
type Account struct{ Email, Token string }

// A jira is a client of one Jira's REST API, of the little that people do.
type jira struct {
	Site
	side   side
	http   *http.Client
	custom map[string]string // Jira's id of a custom field, by the script's name
	ours   string            // the sync's account: accountId at the Cloud, user name at the Data Center
}

// theSync is the number of the sync's account.
const theSync = -1

func (j *jira) account(n int) Account {
	if n == theSync {
		return j.Sync
	}
	return j.Accounts[n%len(j.Accounts)]
}

// api is the part of the path that names the version.
func (j *jira) api() string { return [...]string{"/rest/api/3", "/rest/api/2"}[j.side] }

// A refusal is an answer that says no.
type refusal struct {
	Status int
	Asked  string
	Body   string
}

func (r *refusal) Error() string { return fmt.Sprintf("%s: %d %s", r.Asked, r.Status, r.Body) }

// attempts is how often a call that the site was too busy for is made.
const attempts = 8

// call makes one call as the account with this number; out may be nil. A site
// that is busy is asked again.
func (j *jira) call(ctx context.Context, as int, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("write %s %s: %w", method, path, err)
		}
	}
	for i := 1; ; i++ {
		wait, err := j.once(ctx, as, method, path, body, out)
		if wait == 0 || i == attempts {
			return err
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// once makes a call; a wait over 0 says that it was not done, and may be then.
func (j *jira) once(ctx context.Context, as int, method, path string, body []byte, out any) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, method, j.URL+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if a := j.account(as); j.side == server {
		req.Header.Set("Authorization", "Bearer "+a.Token)
	} else {
		req.SetBasicAuth(a.Email, a.Token)
	}
	resp, err := j.http.Do(req)
	if err != nil {
		return 0, fmt.Errorf("%v: %w", j.side, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%v: read answer to %s %s: %w", j.side, method, path, err)
	case resp.StatusCode == http.StatusTooManyRequests:
		seconds, _ := strconv.ParseFloat(resp.Header.Get("Retry-After"), 64)
		return max(time.Duration(seconds*float64(time.Second)), 200*time.Millisecond), &refusal{429, method + " " + path, "busy"}
	case resp.StatusCode >= 300:
		return 0, &refusal{resp.StatusCode, fmt.Sprintf("%v: %s %s", j.side, method, path), string(answer)}
	case out == nil || len(answer) == 0:
		return 0, nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return 0, fmt.Errorf("%v: read answer to %s %s: %w", j.side, method, path, err)
	}
	return 0, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// account is who somebody is, as the site says it.
type account struct{ AccountID, Name, DisplayName string }

func (j *jira) me(ctx context.Context, n int) (id, name string, err error) {
	var m account
	err = j.call(ctx, n, "GET", j.api()+"/myself", nil, &m)
	return [...]string{m.AccountID, m.Name}[j.side], m.DisplayName, err
}

// prepare learns who the sync is and the ids of the custom fields.
func (j *jira) prepare(ctx context.Context) (err error) {
	if j.ours, _, err = j.me(ctx, theSync); err != nil {
		return err
	}
	var fields []struct{ ID, Name string }
	if err := j.call(ctx, 0, "GET", j.api()+"/field", nil, &fields); err != nil {
		return err
	}
	j.custom = map[string]string{}
	for _, s := range scalars {
		for _, f := range fields {
			if s.called != "" && f.Name == s.called {
				j.custom[s.name] = f.ID
			}
		}
		if j.id(s.name) == "" {
			return fmt.Errorf("%v: no field is called %q", j.side, s.called)
		}
	}
	return nil
}

// list returns the ids of every issue of the project, as the search shows them:
// docs/JIRA.md "Search".
func (j *jira) list(ctx context.Context) ([]string, error) {
	var ids []string
	jql := fmt.Sprintf("project = %q ORDER BY created ASC", j.Project)
	token := ""
	for {
		q := url.Values{"jql": {jql}, "fields": {"created"}, "maxResults": {"100"}}
		path := "/search"
		if j.side == cloud {
			path = "/search/jql"
			if token != "" {
				q.Set("nextPageToken", token)
			}
		} else {
			q.Set("startAt", strconv.Itoa(len(ids)))
		}
		var page struct {
			Issues        []struct{ ID string }
			NextPageToken string
			Total         int
		}
		if err := j.call(ctx, 0, "GET", j.api()+path+"?"+q.Encode(), nil, &page); err != nil {
			return nil, err
		}
		for _, i := range page.Issues {
			ids = append(ids, i.ID)
		}
		token = page.NextPageToken
		if j.side == cloud && token == "" || j.side == server && (len(ids) >= page.Total || len(page.Issues) == 0) {
			return ids, nil
		}
	}
}
