package clients_test

import (
	"net/http"
	"testing"

	v3 "github.com/ctreminiom/go-atlassian/v2/jira/v3"

	"example.com/accord/jirasim"
)

// TestGoAtlassianWalk calls every method of every service.
func TestGoAtlassianWalk(t *testing.T) {
	s := open(t, jirasim.Cloud)
	spy := &spy{}
	c, err := v3.New(&http.Client{Transport: spy}, s.url)
	sure(t, err, "client")
	c.Auth.SetBasicAuth(s.login, "example")
	follow(t, "goatlassian-3.walk", spy, s.facts(t), c)
}
