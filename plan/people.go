package plan

import (
	"maps"
	"strings"

	"example.com/accord/issue"
	"example.com/accord/text"
)

// The parts of a comment that the plan knows of.
const (
	body   = "body"   // issue.Text
	author = "author" // issue.Scalar: the name to display
)

// A mention in shared words names a person of the table, or, where the table
// has none, "participant:id", which means something at that participant only.

// sharedPeople puts the mentions of d into shared words.
func (e eye) sharedPeople(d text.Doc) text.Doc {
	return text.MapMentions(d, func(s text.Span) text.Span {
		id := s.Attrs["id"]
		if who, ok := toShared(e.People, issue.Scalar(id)); ok && e.People != nil {
			s.Text = string(who) // what a site displays is its own business
			return mention(s, string(who))
		}
		return mention(s, string(e.who)+":"+id)
	})
}

// ownPeople puts the mentions of d into own words. A person whom the
// participant does not have is named in plain text.
func (e eye) ownPeople(d text.Doc) text.Doc {
	return text.MapMentions(d, func(s text.Span) text.Span {
		id := s.Attrs["id"]
		if own, ok := strings.CutPrefix(id, string(e.who)+":"); ok {
			return mention(s, own)
		}
		if own, ok := toOwn(e.People, issue.Scalar(id)); ok && e.People != nil {
			return mention(s, string(own))
		}
		name := s.Text
		if name == "" {
			name = id
		}
		return text.Span{Kind: text.Plain, Text: "@" + name, Marks: s.Marks}
	})
}

func mention(s text.Span, id string) text.Span {
	attrs := text.Attrs{}
	maps.Copy(attrs, s.Attrs)
	attrs["id"] = id
	s.Attrs = attrs
	return s
}

// ownRow is a row as it is written: one born elsewhere has its author named in
// a first paragraph, since nobody can be made the author of a comment
// (docs/JIRA.md "Comments"); so is one born here that we make again.
func (e eye) ownRow(r issue.Row, original bool) issue.Row {
	out := issue.Row{}
	for part, v := range r {
		if t, ok := v.(issue.Text); ok {
			v = issue.Text{Doc: e.ownPeople(t.Doc)}
		}
		out[part] = v
	}
	if original {
		return out
	}
	delete(out, author)
	if t, ok := out[body].(issue.Text); ok {
		out[body] = issue.Text{Doc: append(header(r), t.Doc...)}
	}
	return out
}

// sharedRow is the inverse of ownRow: the header is taken off where it still
// stands, and an author stays as known.
func (e eye) sharedRow(x issue.Place, r issue.Row, known issue.Value) issue.Row {
	out := issue.Row{}
	for part, v := range r {
		if t, ok := v.(issue.Text); ok {
			v = issue.Text{Doc: e.sharedPeople(t.Doc)}
		}
		out[part] = v
	}
	if x.Row.Participant == e.who && out[author] != nil {
		return out
	}
	was, _ := known.(issue.Row)
	delete(out, author)
	if a, ok := was[author]; ok {
		out[author] = a
	}
	if t, ok := out[body].(issue.Text); ok {
		out[body] = issue.Text{Doc: e.headless(x, t.Doc, was)}
	}
	return out
}

// headless returns d without the header of row was, if d begins with it as
// this participant shows it.
func (e eye) headless(x issue.Place, d text.Doc, was issue.Row) text.Doc {
	head := header(was)
	if len(head) == 0 || len(d) == 0 {
		return d
	}
	for _, h := range []text.Doc{head, e.shows(x)(head)} {
		if len(h) == 1 && d[0].Equal(h[0]) {
			return d[1:]
		}
	}
	return d
}

// header returns the paragraph that names the author of a row; nothing if the
// row has none.
func header(r issue.Row) text.Doc {
	name, _ := r[author].(issue.Scalar)
	if name == "" {
		return nil
	}
	return text.Doc{{Kind: text.Paragraph, Spans: []text.Span{
		{Kind: text.Plain, Text: string(name), Marks: []text.Mark{{Kind: text.Strong}}},
		{Kind: text.Plain, Text: " wrote:"},
	}}}
}
