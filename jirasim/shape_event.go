package jirasim

import (
	"strings"

	"example.com/accord/jirasim/world"
)

// partial shows an event about a part of an issue, which on its own says
// little: docs/JIRA.md "Webhooks". False: it is about something else.
func (v view) partial(e world.Event, o object) bool {
	switch {
	case e.Attachment != nil:
		o["attachment"] = v.attachment(e.Attachment)
	case e.Worklog != nil:
		o["worklog"] = v.worklog(e.Issue, e.Worklog, false)
		if v.cloud() {
			o["isFromIssueLimitTransformation"] = false
		}
	case e.Link != nil:
		o["issueLink"] = v.linkEvent(e.Link)
	case e.Property != nil: // what goes with it is unverified
		p := object{"key": e.Property.Key}
		if e.Property.Value != nil {
			p["value"] = e.Property.Value
		}
		o["property"], o["issue"] = p, v.trimmed(e.Issue)
		if e.By != nil {
			o["user"] = v.account(e.By)
		}
	default:
		return false
	}
	return true
}

// linkEvent is a link in a webhook: numbers, no keys.
func (v view) linkEvent(l *world.Link) object {
	o := object{"id": number(l.ID), "sourceIssueId": number(l.From), "destinationIssueId": number(l.To), "systemLink": false}
	if t := v.w.LinkType(l.Type); t != nil {
		o["issueLinkType"] = object{"id": number(t.ID), "name": t.Name, "outwardName": t.Outward, "inwardName": t.Inward, "isSubTaskLinkType": false, "isSystemLinkType": false}
	}
	return o
}

// filtered reports whether the JQL of a webhook is asked about an event: not
// about links, and not about what has no issue: docs/JIRA.md "Webhooks".
func filtered(e world.Event) bool {
	return e.Issue != nil && !strings.HasPrefix(e.Kind, "issuelink_")
}
