package jirasim

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

// announce sends an event to every webhook that asks for it. Everything that
// chance decides is decided here, so that one seed gives one run.
func (s *Sim) announce(e world.Event, v view) {
	v.api, v.hook, v.user = 2, true, e.By
	v.zone = world.Zone(e.By)
	for _, h := range s.w.Hooks {
		if !h.Disabled && !expired(h, e.At) && slices.Contains(h.Events, e.Kind) && s.wanted(h, e) {
			s.dispatch(h, s.delivery(h, e, v))
		}
	}
}

// dispatch sends a delivery, or does with it what faults say.
func (s *Sim) dispatch(h *world.Hook, d delivery) {
	f := s.faults.Webhooks
	fate := func(what string, p float64) bool { return s.dice.chance("webhook "+h.ID+" "+what, p) }
	if fate("oversize", f.Oversize) {
		d.body = padded(d.body, f.Size)
	}
	switch {
	case fate("lost", f.Lost):
		s.post.add(func(t *Deliveries) { t.Lost++ })
		return
	case f.Largest > 0 && len(d.body) > f.Largest:
		s.post.add(func(t *Deliveries) { t.TooLarge++ })
		return
	}
	if fate("late", f.Late) {
		d.delay = time.Duration(s.dice.below("webhook "+h.ID+" delay", int64(f.Delay)))
	}
	if one, is := s.held[h.ID]; is && s.now().Before(one.until) {
		delete(s.held, h.ID)
		d.through = one.free
	} else if fate("shuffled", f.Shuffled) {
		gate := make(chan struct{})
		d.gate, s.held[h.ID] = gate, held{sync.OnceFunc(func() { close(gate) }), s.now().Add(patience)}
	}
	s.post.send(d)
	if fate("doubled", f.Doubled) {
		s.post.send(d)
	}
}

// patience is how long a delivery waits to be overtaken.
const patience = 10 * time.Second

// A held delivery waits to be overtaken, until somebody lets it go.
type held struct {
	free  func()
	until time.Time
}

// padded is a JSON object of so many bytes; what is longer already stays.
func padded(body []byte, size int) []byte {
	more := size - len(body)
	if more <= 0 {
		return body
	}
	return slices.Concat(body[:1], bytes.Repeat([]byte(" "), more), body[1:])
}

// wanted asks the JQL filter of a webhook.
func (s *Sim) wanted(h *world.Hook, e world.Event) bool {
	if h.Filter == "" || !filtered(e) {
		return true
	}
	q, err := jql.Parse(h.Filter)
	return err == nil && s.w.Matches(world.By{User: s.w.User(h.By), Now: e.At, API: 2}, q, e.Issue)
}

func (s *Sim) delivery(h *world.Hook, e world.Event, v view) delivery {
	d := delivery{url: address(h.URL, e, s.w), secret: h.Secret, id: s.dice.uuid("webhook " + h.ID), flow: "Primary"}
	if e.Secondary {
		d.flow = "Secondary"
	}
	d.body = []byte("{}")
	if !h.Bare {
		var err error
		o := v.event(e)
		if h.App != "" {
			o["matchedWebhookIds"] = []int64{number(h.ID)}
			d.bearer = s.prover(h.App)
		}
		if d.body, err = marshal(o); err != nil {
			d.body = []byte("{}")
		}
	}
	if s.opt.Flavour == Cloud {
		for range 5 {
			gap := s.opt.Retry
			if gap <= 0 {
				gap = 5*time.Minute + time.Duration(s.dice.below("webhook "+h.ID+" retry", int64(10*time.Minute)))
			}
			d.retries = append(d.retries, gap)
		}
	}
	return d
}

// address fills in the variables of a webhook's address.
func address(to string, e world.Event, w *world.World) string {
	pairs, vars := []string{}, map[string]string{}
	if e.Issue != nil {
		vars = map[string]string{"issue.id": e.Issue.ID, "issue.key": e.Issue.Key, "project.id": e.Issue.Project}
		if p := w.Home(e.Issue); p != nil {
			vars["project.key"] = p.Key
		}
	}
	if e.Comment != nil {
		vars["comment.id"] = e.Comment.ID
	}
	if e.Version != nil {
		vars["version.id"], vars["project.id"], vars["project.key"] = e.Version.ID, e.Project.ID, e.Project.Key
	}
	for k, x := range vars {
		pairs = append(pairs, "${"+k+"}", x, "{"+k+"}", x)
	}
	return strings.NewReplacer(pairs...).Replace(to)
}

// event is the body of a delivery: docs/JIRA.md "Webhooks".
func (v view) event(e world.Event) object {
	o := object{"timestamp": e.At.UnixMilli(), "webhookEvent": e.Kind}
	if v.partial(e, o) || v.released(e, o) || v.plans(e, o) {
		return o
	}
	if e.Comment != nil {
		o["comment"] = v.comment(e.Issue, e.Comment, false)
	}
	if strings.HasPrefix(e.Kind, "comment_") {
		if v.cloud() {
			o["issue"] = v.trimmed(e.Issue)
		} else if e.By != nil && e.Kind == "comment_updated" {
			o["user"] = v.account(e.By)
		}
		return o
	}
	if e.By != nil {
		o["user"] = v.account(e.By)
	}
	all := choice{"*all"}
	if v.cloud() {
		all = append(all, "-comment", "-worklog")
	}
	o["issue"] = v.issue(e.Issue, ask{fields: all})
	if e.Name != "" && e.Kind != "jira:issue_deleted" {
		o["issue_event_type_name"] = e.Name
	}
	if e.Comment != nil && e.Name == "issue_comment_deleted" {
		delete(o, "comment")
	}
	if e.Change != nil && (v.cloud() || e.Kind != "jira:issue_created") {
		o["changelog"] = object{"id": e.Change.ID, "items": v.items(e.Change)}
	}
	return o
}

// trimmed is the issue that goes with a comment on Cloud.
func (v view) trimmed(i *world.Issue) object {
	return object{"id": i.ID, "key": i.Key, "self": v.rest("issue", i.ID),
		"fields": v.fields(i, choice{"summary", "issuetype", "project", "assignee", "priority", "status"})}
}
