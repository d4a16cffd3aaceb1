package jirasim

import (
	"fmt"
	"time"

	"example.com/accord/jirasim/world"
)

// rendered is expand=renderedFields: fields as people read them, null where
// there is no other way to read them. The formats are those of a new site.
func (v view) rendered(i *world.Issue, want choice) object {
	out := object{}
	for id, shown := range v.fields(i, want) {
		f := v.w.Field(id)
		out[id] = nil
		switch {
		case f == nil:
		case f.Kind == world.Rich:
			out[id] = v.html(i.Values[id].Text, i)
		case f.Kind == world.Line && f.Custom:
			out[id] = i.Values[id].Text
		case f.Kind == world.Date && shown != nil:
			if t, err := time.Parse(time.DateOnly, i.Values[id].Text); err == nil {
				out[id] = t.Format("02/Jan/06")
			}
		case f.Kind == world.Seconds:
			if n, is := i.Time(id); is {
				out[id] = v.w.Pretty(n)
			}
		default:
			out[id] = v.readable(i, id, shown)
		}
	}
	return out
}

// clock is an instant as people read it.
func (v view) clock(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(v.zone).Format("02/Jan/06 3:04 PM")
}

// readable is a computed field as people read it.
func (v view) readable(i *world.Issue, id string, shown any) any {
	switch id {
	case "created":
		return v.clock(i.Created)
	case "updated":
		return v.clock(i.Updated)
	case "resolutiondate":
		return v.clock(i.Resolved)
	case "timetracking":
		return shown
	case "comment", "worklog":
		return v.spoken(i, id, shown)
	case "attachment":
		list, _ := shown.([]any)
		for n, a := range i.Attachments {
			o := list[n].(object)
			o["created"], o["size"] = v.clock(a.Created), sized(len(a.Content))
		}
		return list
	}
	return nil
}

// spoken is the comments or the worklogs of an issue with their texts as HTML.
func (v view) spoken(i *world.Issue, id string, shown any) any {
	page := shown.(object)
	list, _ := page[id+"s"].([]any)
	body := "body"
	if id == "worklog" {
		body = "comment"
	}
	by := map[any]object{}
	for _, e := range list {
		by[e.(object)["id"]] = e.(object)
	}
	for _, m := range i.Comments {
		if o := by[m.ID]; o != nil && id == "comment" {
			o[body], o["created"], o["updated"] = v.html(m.Body, i), v.clock(m.Created), v.clock(m.Updated)
		}
	}
	for _, l := range i.Worklogs {
		if o := by[l.ID]; o != nil && id == "worklog" {
			o[body], o["created"], o["updated"], o["started"] = v.html(l.Body, i), v.clock(l.Created), v.clock(l.Updated), v.clock(l.Started)
		}
	}
	return page
}

// sized is a number of bytes as people read it.
func sized(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%.1f kB", float64(n)/(1<<10))
}
