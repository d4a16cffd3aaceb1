package jirasim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

func searchRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/search/jql", cloud, searchGet, "failFast (nothing fails late)", "", 0, false},
		{"POST", "/rest/api/{v}/search/jql", cloud, searchPost, "as GET", "", 0, false},
		{"POST", "/rest/api/{v}/search/approximate-count", cloud, searchCount, "", "", 0, false},
		{"GET", "/rest/api/{v}/search", cloud, searchRetired, "", "", 0, false},
		{"POST", "/rest/api/{v}/search", cloud, searchRetired, "", "", 0, false},
		{"GET", "/rest/api/{v}/search", center, oldSearchGet, "", "", 0, false},
		{"POST", "/rest/api/{v}/search", center, oldSearchPost, "as GET", "", 0, false},
	}
}

// A search is what Cloud's search takes. That a field is named by its key changes
// nothing, since keys are ids here.
type search struct {
	JQL        string   `json:"jql"`
	Next       string   `json:"nextPageToken"`
	Most       *int     `json:"maxResults"`
	Fields     []string `json:"fields"`
	Expand     string   `json:"expand"`
	Properties []string `json:"properties"`
	Reconcile  []int64  `json:"reconcileIssues"`
	ByKeys     bool     `json:"fieldsByKeys"`
}

func searchGet(c *call) (reply, error) {
	in, err := c.searched()
	if err != nil {
		return reply{}, err
	}
	return c.search(in)
}

// searched reads what a search is asked for in its address.
func (c *call) searched() (search, error) {
	in := search{JQL: c.query.Get("jql"), Next: c.query.Get("nextPageToken"), Expand: c.query.Get("expand"),
		Fields: c.query["fields"], Properties: c.query["properties"]}
	if c.query.Has("maxResults") {
		n, err := c.number("maxResults", 50)
		if err != nil {
			return in, err
		}
		in.Most = &n
	}
	in.Reconcile = c.reconcilable()
	return in, nil
}

// reconcilable are the issues that the address of a search wants to see as they are.
func (c *call) reconcilable() (ids []int64) {
	for _, s := range c.query["reconcileIssues"] {
		for part := range strings.SplitSeq(s, ",") {
			var n int64
			if _, err := fmt.Sscan(part, &n); err == nil {
				ids = append(ids, n)
			}
		}
	}
	return ids
}

// reconcile lets a search see issues as they are.
func (c *call) reconcile(ids []int64) {
	for _, id := range ids {
		c.w.Reconcile(fmt.Sprint(id))
	}
}

func searchPost(c *call) (reply, error) {
	var in search
	if err := c.spoken(); err != nil {
		return reply{}, err
	}
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return reply{status: 400, body: messages{[]string{"Invalid request payload. Refer to the REST API documentation and try again."}}}, nil
	}
	return c.search(in)
}

// parse reads a query, which on Cloud must be bounded.
func (c *call) parse(s string) (jql.Query, error) {
	q, err := c.readable(s)
	if err == nil && c.v.cloud() && !world.Bounded(q) {
		return q, world.Refuse(400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
	}
	return q, err
}

// readable reads a query.
func (c *call) readable(s string) (jql.Query, error) {
	q, err := jql.Parse(s)
	if err != nil {
		return q, world.Refuse(400, "%s", err.Error())
	}
	return q, nil
}

// within refuses what is too much for one search: docs/JIRA.md "Search". The
// words are unverified.
func (in search) within(q jql.Query) error {
	switch {
	case len(q.Order) > 7:
		return world.Refuse(400, "The maximum number of fields in the ORDER BY clause is 7.")
	case len(in.Reconcile) > 50:
		return world.Refuse(400, "The maximum number of reconcileIssues is 50.")
	case len(names("", in.Properties...)) > 5:
		return world.Refuse(400, "The maximum number of properties is 5.")
	}
	return nil
}

// most is how many issues a page is to have.
func (in search) most() int {
	if in.Most == nil {
		return 50
	}
	return *in.Most
}

func (in search) sized() error {
	if n := in.most(); n < 1 || n > 5000 {
		return world.Refuse(400, "The max results parameter has to be between 1 and 5,000.")
	}
	return nil
}

// search answers one page. Pages may be short without being last: docs/JIRA.md "Search".
func (c *call) search(in search) (reply, error) {
	if err := in.sized(); err != nil {
		return reply{}, err
	}
	q, err := c.parse(in.JQL)
	if err != nil {
		return reply{}, err
	}
	if err := in.within(q); err != nil {
		return reply{}, err
	}
	c.reconcile(in.Reconcile)
	hits, err := c.w.Search(c.by, q)
	if err != nil {
		return reply{}, err
	}
	a := ask{fields: names("id", in.Fields...), expand: names("", in.Expand), properties: names("", in.Properties...)}
	return c.tokened(in, in.JQL, q, hits, a, c.found)
}

// tokened answers the page of hits that a token names. What is asked in other
// words than it was given for, it names no page of.
func (c *call) tokened(in search, asked string, q jql.Query, hits []world.Hit, a ask, show func(*world.Issue, ask) object) (reply, error) {
	if in.Next != "" {
		p, fits := readPlace(in.Next, asked, c.by.Now)
		if !fits {
			return reply{}, world.Refuse(400, "The provided next page token is invalid or expired.")
		}
		hits = c.w.After(c.by, q, hits, p.Keys, p.ID)
	}
	most := in.most()
	if n := len(a.fields); n != 1 || a.fields[0] != "id" && a.fields[0] != "key" {
		most = min(most, 100)
	}
	if len(hits) > most && most > 1 && c.s.dice.chance("short page", c.s.faults.ShortPages) {
		most = 1 + int(c.s.dice.below("page", int64(most-1)))
	}
	var top choice
	a.expand, top = outer(a.expand)
	out := []any{}
	for _, h := range page(hits, 0, most) {
		out = append(out, show(h.Issue, a))
	}
	o := object{"issues": out, "isLast": len(hits) <= most}
	c.describe(o, top)
	if len(hits) > most {
		last := hits[most-1]
		o["nextPageToken"] = place{Query: digest(asked), Keys: last.Keys, ID: last.Issue.ID, Until: c.by.Now.Add(7 * 24 * time.Hour)}.write()
	}
	return ok(o)
}

// found shows a hit; with no field asked for, its id alone.
func (c *call) found(i *world.Issue, a ask) object {
	if len(a.fields) == 1 && a.fields[0] == "id" && len(a.expand) == 0 && len(a.properties) == 0 {
		return object{"id": i.ID}
	}
	return c.v.issue(i, a)
}

// outer parts what is said of each issue from what is said once of all:
// names and schema.
func outer(expand choice) (each, once choice) {
	for _, s := range expand {
		if s == "names" || s == "schema" {
			once = append(once, s)
		} else {
			each = append(each, s)
		}
	}
	return each, once
}

// describe says of a page what is said once.
func (c *call) describe(o object, once choice) {
	if once.has("names") {
		o["names"] = c.v.fieldNames()
	}
	if once.has("schema") {
		o["schema"] = c.v.schemas()
	}
}

// A place is where the next page begins.
type place struct {
	Query uint32
	Keys  []string
	ID    string
	Until time.Time
}

func digest(q string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(q))
	return h.Sum32()
}

func (p place) write() string {
	b, _ := json.Marshal(p) // strings and numbers always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

func readPlace(token, query string, now time.Time) (place, bool) {
	var p place
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || json.Unmarshal(b, &p) != nil {
		return p, false
	}
	return p, p.Query == digest(query) && now.Before(p.Until)
}

func searchCount(c *call) (reply, error) {
	var in struct {
		JQL string `json:"jql"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	q, err := c.parse(in.JQL)
	if err != nil {
		return reply{}, err
	}
	hits, err := c.w.Search(c.by, q)
	if err != nil {
		return reply{}, err
	}
	return ok(object{"count": len(hits)})
}

func searchRetired(*call) (reply, error) {
	return reply{}, world.Refuse(410, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046")
}

// An oldSearch is what Data Center's search takes.
type oldSearch struct {
	JQL    string   `json:"jql"`
	Start  int      `json:"startAt"`
	Most   *int     `json:"maxResults"`
	Fields []string `json:"fields"`
	Expand []string `json:"expand"`

	Validate any `json:"validateQuery"` // true or "strict"; false or "none"; "warn"
}

// lenient reports whether a query is answered in spite of what is wrong with
// it, and whether that is told.
func (s oldSearch) lenient() (lenient, told bool) {
	switch fmt.Sprint(s.Validate) {
	case "false", "none":
		return true, false
	case "warn":
		return true, true
	}
	return false, false
}

func oldSearchGet(c *call) (reply, error) {
	in := oldSearch{JQL: c.query.Get("jql"), Fields: c.query["fields"], Expand: c.query["expand"], Validate: c.query.Get("validateQuery")}
	var most int
	var err error
	if in.Start, err = c.number("startAt", 0); err == nil {
		most, err = c.number("maxResults", 50)
	}
	if err != nil {
		return reply{}, err
	}
	in.Most = &most
	return c.oldSearch(in)
}

func oldSearchPost(c *call) (reply, error) {
	var in oldSearch
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	return c.oldSearch(in)
}

// largestPage is what Data Center lowers maxResults to, without a word but in
// its answer: docs/JIRA.md "Search".
const largestPage = 100

func (c *call) oldSearch(in oldSearch) (reply, error) {
	q, err := c.parse(in.JQL)
	if err != nil {
		return reply{}, err
	}
	hits, wrong := c.w.Find(c.by, q)
	lenient, told := in.lenient()
	if len(wrong) > 0 && !lenient {
		return reply{}, &world.Refusal{Status: 400, Messages: wrong}
	}
	most := 50
	if in.Most != nil && *in.Most >= 0 {
		most = min(*in.Most, largestPage)
	}
	a := ask{fields: names("*navigable", in.Fields...)}
	var top choice
	a.expand, top = outer(names("", in.Expand...))
	out := []any{}
	for _, h := range page(hits, in.Start, most) {
		out = append(out, c.v.issue(h.Issue, a))
	}
	o := object{"expand": "names,schema", "startAt": max(in.Start, 0), "maxResults": most, "total": len(hits), "issues": out}
	if c.describe(o, top); told && len(wrong) > 0 {
		o["warningMessages"] = wrong
	}
	return ok(o)
}
