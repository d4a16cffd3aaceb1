package jirasim

import (
	"maps"
	"slices"
	"testing"
)

// TestRoutesAreFound: what is spelled out wins, variables take the rest, and a
// path that is there under other methods names them.
func TestRoutesAreFound(t *testing.T) {
	trees := map[Flavour]*node{Cloud: tree(Cloud), DataCenter: tree(DataCenter)}
	for _, c := range []struct {
		flavour      Flavour
		method, path string
		name         string            // of the route; empty: none
		vars         map[string]string // of the path
		allow        []string
	}{
		{Cloud, "GET", "/rest/api/3/issue/SUP-1", "/rest/api/3/issue/{issue}", map[string]string{"issue": "SUP-1"}, nil},
		{Cloud, "HEAD", "/rest/api/3/issue/SUP-1/", "/rest/api/3/issue/{issue}", map[string]string{"issue": "SUP-1"}, nil},
		{Cloud, "GET", "/rest/api/latest/myself", "/rest/api/latest/myself", nil, nil},
		{Cloud, "GET", "/rest/api/4/myself", "", nil, nil},
		{Cloud, "GET", "/rest/api/3/issue/createmeta", "/rest/api/3/issue/createmeta", nil, nil},
		{Cloud, "POST", "/rest/api/3/issue/bulkfetch", "/rest/api/3/issue/bulkfetch", nil, nil},
		{Cloud, "GET", "/rest/api/3/issue/bulkfetch", "/rest/api/3/issue/{issue}", map[string]string{"issue": "bulkfetch"}, nil},
		{Cloud, "GET", "/rest/api/3/issue/a%2Fb/properties/c%20d", "/rest/api/3/issue/{issue}/properties/{key}", map[string]string{"issue": "a/b", "key": "c d"}, nil},
		{Cloud, "GET", "/rest/api/3/issue/%zz", "/rest/api/3/issue/{issue}", map[string]string{"issue": "%zz"}, nil},
		{Cloud, "PATCH", "/rest/api/3/issue/SUP-1", "", nil, []string{"DELETE", "GET", "PUT"}},
		{Cloud, "GET", "/rest/api/3/search/approximate-count", "", nil, []string{"POST"}},
		{Cloud, "GET", "/rest/api/3/issue//comment", "", nil, nil},
		{Cloud, "GET", "/", "", nil, nil},
		{Cloud, "GET", "", "", nil, nil},
		{DataCenter, "GET", "/rest/api/3/myself", "", nil, nil},
		{DataCenter, "GET", "/rest/api/2/issue/X-1/changelog", "", nil, nil},
		{DataCenter, "POST", "/rest/api/2/search", "/rest/api/2/search", nil, nil},
		{DataCenter, "POST", "/rest/jira-webhook/1.0/webhooks", "/rest/jira-webhook/1.0/webhooks", nil, nil},
		{DataCenter, "POST", "/rest/webhooks/1.0/webhook", "", nil, nil},
		{DataCenter, "GET", "/_sim/requests", "/_sim/requests", nil, nil},
	} {
		r, vars, allow := trees[c.flavour].find(c.method, c.path)
		name := ""
		if r != nil {
			name, allow = r.name, nil
		}
		if name != c.name || len(c.vars) > 0 && !maps.Equal(vars, c.vars) || !slices.Equal(allow, c.allow) {
			t.Errorf("%s %s %s: %q %v %v, want %q %v %v", c.flavour, c.method, c.path, name, vars, allow, c.name, c.vars, c.allow)
		}
	}
}

func TestFieldsAreChosen(t *testing.T) {
	for _, c := range []struct {
		given []string
		id    string
		want  bool
	}{
		{nil, "summary", true},
		{[]string{"summary"}, "summary", true},
		{[]string{"summary"}, "status", false},
		{[]string{"status, summary"}, "summary", true},
		{[]string{"status", "summary"}, "summary", true},
		{[]string{"*all"}, "comment", true},
		{[]string{"*navigable"}, "comment", false},
		{[]string{"*navigable"}, "summary", true},
		{[]string{"*all,-comment"}, "comment", false},
		{[]string{"-comment"}, "comment", false},
		{[]string{"-comment"}, "summary", true},
		{[]string{"*navigable", "comment"}, "comment", true},
		{[]string{" , "}, "summary", true},
	} {
		if got := names("*all", c.given...).has(c.id); got != c.want {
			t.Errorf("%q has %s: %v", c.given, c.id, got)
		}
	}
	if (choice{}).has("summary") {
		t.Error("nothing chosen has something")
	}
}

func TestPagesAreSlices(t *testing.T) {
	all := []int{1, 2, 3, 4, 5}
	for _, c := range []struct {
		start, most int
		want        []int
	}{{0, 2, []int{1, 2}}, {4, 2, []int{5}}, {5, 2, []int{}}, {9, 2, []int{}}, {-3, 1, []int{1}}, {1, 0, []int{}}, {0, 99, all}} {
		if got := page(all, c.start, c.most); !slices.Equal(got, c.want) {
			t.Errorf("from %d at most %d: %v, want %v", c.start, c.most, got, c.want)
		}
	}
}
