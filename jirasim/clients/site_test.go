// Package clients_test holds the simulated Jira against clients that this
// project did not write, in the flavours and versions that each of them speaks.
package clients_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// A site is a simulated Jira that listens.
type site struct {
	url     string
	flavour jirasim.Flavour
	project string
	login   string // of the administrator, with the token "example"
}

func open(t *testing.T, f jirasim.Flavour) site {
	t.Helper()
	sim := jirasim.New(jirasim.Options{Flavour: f, Lag: -1, Seed: 1, Unlimited: true})
	server := httptest.NewServer(sim)
	t.Cleanup(sim.Close)
	t.Cleanup(server.Close)
	s := site{url: server.URL, flavour: f, project: "SUP", login: "admin@example.com"}
	if f == jirasim.DataCenter {
		s.project, s.login = "DEV", "admin"
	}
	return s
}

func both(t *testing.T, story func(*testing.T, site)) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		t.Run(string(f), func(t *testing.T) { story(t, open(t, f)) })
	}
}

// sure ends the test if a step of a story failed.
func sure(t *testing.T, err error, what string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func same[T comparable](t *testing.T, what string, have, want T) {
	t.Helper()
	if have != want {
		t.Errorf("%s is %v, want %v", what, have, want)
	}
}

func contains(t *testing.T, what, have, want string) {
	t.Helper()
	if !strings.Contains(have, want) {
		t.Errorf("%s is %q, want %q in it", what, have, want)
	}
}

// facts are what a script is told of a site: people and the statuses.
func (s site) facts(t *testing.T) map[string]any {
	t.Helper()
	var people, others, statuses []any
	s.ask(t, "/rest/api/2/user/search?query=ada&username=ada", &people)
	s.ask(t, "/rest/api/2/user/search?query=cleo&username=cleo", &others)
	s.ask(t, "/rest/api/2/status", &statuses)
	return map[string]any{"ada": people[0], "cleo": others[0], "statuses": statuses}
}

func (s site) ask(t *testing.T, path string, into any) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	sure(t, err, path)
	req.SetBasicAuth(s.login, "example")
	res, err := http.DefaultClient.Do(req)
	sure(t, err, path)
	defer res.Body.Close()
	sure(t, json.NewDecoder(res.Body).Decode(into), path)
}
