package jirasim

import (
	"net/url"
	"slices"
	"strings"
)

// A route is one operation of the REST API. In its path "{v}" stands for every
// version that the flavour speaks, another "{name}" for one segment.
type route struct {
	method, path string
	on           side
	do           handler
	lacks        string // what it does not do

	name    string // path with its version
	api     int
	control bool // of the simulator, not of Jira
}

// A side says which flavours know a route.
type side int

const (
	both side = iota
	cloud
	center
)

// operations are all routes of Jira that the simulator answers.
func operations() []route {
	return slices.Concat(siteRoutes(), projectRoutes(), versionRoutes(), componentRoutes(), roleRoutes(), permissionRoutes(), fieldRoutes(), contextRoutes(), groupRoutes(), taskRoutes(), changelogRoutes(), sessionRoutes(), tokenRoutes(), namedRoutes(), userRoutes(), metaRoutes(), issueRoutes(), commentRoutes(), propertyRoutes(), searchRoutes(), hookRoutes(), dynamicRoutes(), oauthRoutes(),
		linkRoutes(), bulkRoutes(), notifyRoutes(), belowRoutes(), manyPropertyRoutes(), remoteRoutes(), worklogRoutes(), watcherRoutes(), attachmentRoutes(), archiveRoutes(), settingRoutes(),
		setupRoutes(),
		boardRoutes(), sprintRoutes(), epicRoutes(), softwareRoutes(), queryRoutes(), filterRoutes(), personalRoutes(), dashboardRoutes())
}

// A node is one segment in the tree of routes.
type node struct {
	next   map[string]*node
	any    *node
	name   string // of the variable, in a node that is one
	routes []*route
}

// tree plants the routes of a flavour.
func tree(f Flavour) *node {
	root := &node{}
	for _, r := range operations() {
		if r.on == cloud && f != Cloud || r.on == center && f != DataCenter {
			continue
		}
		root.plant(r, f)
	}
	for _, r := range controlRoutes() {
		r.control, r.name = true, r.path
		root.put(r)
	}
	return root
}

// plant puts a route under each version of its API. "latest" is version 2 of
// the platform's, and another name of the only one of agile, webhooks and
// sessions, which is unverified.
func (n *node) plant(r route, f Flavour) {
	part, versions := "{v}", map[string]int{"2": 2, "3": 3, "latest": 2}
	switch {
	case strings.Contains(r.path, "/1.0/"):
		part, versions = "/1.0/", map[string]int{"/1.0/": 2, "/latest/": 2}
	case strings.Contains(r.path, "/1/"):
		part, versions = "/1/", map[string]int{"/1/": 2, "/latest/": 2}
	case !strings.Contains(r.path, part):
		versions = map[string]int{"": 2}
	case f == DataCenter:
		delete(versions, "3")
	}
	for v, api := range versions {
		r := r
		r.name, r.api = strings.Replace(r.path, part, v, 1), api
		n.put(r)
	}
}

func (n *node) put(r route) {
	for seg := range strings.SplitSeq(strings.Trim(r.name, "/"), "/") {
		if strings.HasPrefix(seg, "{") {
			if n.any == nil {
				n.any = &node{name: strings.Trim(seg, "{}")}
			}
			n = n.any
			continue
		}
		if n.next == nil {
			n.next = map[string]*node{}
		}
		if n.next[seg] == nil {
			n.next[seg] = &node{}
		}
		n = n.next[seg]
	}
	n.routes = append(n.routes, &r)
}

// find finds the route of a request, or the methods that its path allows. A
// segment that is spelled out wins over a variable.
func (n *node) find(method, path string) (r *route, vars map[string]string, allow []string) {
	if method == "HEAD" {
		method = "GET"
	}
	vars = map[string]string{}
	r = n.walk(method, strings.Split(strings.Trim(path, "/"), "/"), vars, &allow)
	slices.Sort(allow)
	return r, vars, slices.Compact(allow)
}

func (n *node) walk(method string, segs []string, vars map[string]string, allow *[]string) *route {
	if len(segs) == 0 {
		for _, r := range n.routes {
			if r.method == method {
				return r
			}
			*allow = append(*allow, r.method)
		}
		return nil
	}
	if m := n.next[segs[0]]; m != nil {
		if r := m.walk(method, segs[1:], vars, allow); r != nil {
			return r
		}
	}
	if n.any != nil && segs[0] != "" {
		if r := n.any.walk(method, segs[1:], vars, allow); r != nil {
			s, err := url.PathUnescape(segs[0])
			if err != nil {
				s = segs[0]
			}
			vars[n.any.name] = s
			return r
		}
	}
	return nil
}

// An Operation is one route of the simulated REST API, for tables and tests.
type Operation struct {
	Method string
	Path   string // "{v}" stands for the version of the API, another "{name}" for one segment
	Lacks  string // what it does not do; empty: nothing that is known
}

// Routes lists every operation that a flavour answers, the simulator's own
// among them.
func Routes(f Flavour) []Operation {
	var out []Operation
	for _, r := range slices.Concat(operations(), controlRoutes()) {
		if r.on == both || (r.on == cloud) == (f == Cloud) {
			out = append(out, Operation{r.method, r.path, r.lacks})
		}
	}
	return out
}
