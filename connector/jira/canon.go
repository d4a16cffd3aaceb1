package jira

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/accord/connector/jira/wiki"
	"example.com/accord/issue"
	"example.com/accord/text"
)

// longest is how many characters a line and a label may have: docs/JIRA.md
// "Limits".
const longest = 255

// longestText is how many characters a text or a comment may have, as wiki
// markup: docs/JIRA.md "Limits".
const longestText = 32_767

// Canon implements [connector.Connector]. What becomes of a value:
//
//	field the project does not have   left out
//	Line        one line: runs of white space are one blank, none at the ends, 255 characters at most
//	RichText    as it comes back from ADF on Cloud, from wiki markup on Data Center
//	Labels      without those that hold white space or are too long, which Jira refuses
//	Number      shortest decimal form
//	Date        without a time of day: 2026-11-24
//	others      without blanks at the ends
//	Comments    the parts body, as RichText, and author
//
// A text that is too long stays: Jira refuses it, in its own words and ours.
func (p *Participant) Canon(d issue.Document) issue.Document {
	out := issue.Document{}
	for at, v := range d {
		if f, ok := p.project.field(at.Field); ok {
			out[at] = p.c.dialect.canon(f.Type, v)
		}
	}
	return out
}

func (p Project) field(name string) (Field, bool) {
	for _, f := range p.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

func (d dialect) canon(t Type, v issue.Value) issue.Value {
	switch v := v.(type) {
	case issue.Text:
		return issue.Text{Doc: d.canonText(v.Doc)}
	case issue.Set:
		return issue.Set(slices.DeleteFunc(slices.Clone(v), unfit))
	case issue.Scalar:
		return issue.Scalar(canonScalar(t, string(v)))
	case issue.Row:
		out := issue.Row{}
		for part, v := range v {
			if body, ok := v.(issue.Text); ok && part == "body" {
				out[part] = issue.Text{Doc: d.canonText(body.Doc)}
			} else if part == "author" {
				out[part] = v
			}
		}
		return out
	}
	return v
}

func canonScalar(t Type, s string) string {
	switch s = strings.TrimSpace(s); t {
	case Line:
		return line(s)
	case Number:
		return number(s)
	case Date:
		return day(s)
	}
	return s
}

// line returns s as a field of one line holds it.
func line(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > longest {
		s = strings.TrimSpace(string([]rune(s)[:longest]))
	}
	return s
}

// unfit reports whether Jira refuses a label.
func unfit(label string) bool {
	return label == "" || len(strings.Fields(label)) != 1 || strings.Fields(label)[0] != label || utf8.RuneCountInString(label) > longest
}

// canonText sends a text through the site's own format.
func (d dialect) canonText(doc text.Doc) text.Doc {
	return settled(doc, func(doc text.Doc) text.Doc {
		b, err := json.Marshal(d.encode(doc))
		if err != nil {
			return doc
		}
		if back, err := d.decode(b); err == nil {
			return back
		}
		return doc
	})
}

// canonWiki sends a text through wiki markup.
func canonWiki(doc text.Doc) text.Doc {
	return settled(doc, func(doc text.Doc) text.Doc { return wiki.Decode(wiki.Encode(doc)) })
}

// settled repeats a round trip until what comes back is what was sent; what
// still changes after three times is taken as it is.
func settled(doc text.Doc, trip func(text.Doc) text.Doc) text.Doc {
	for range 3 {
		back := trip(doc)
		if back.Equal(doc) {
			break
		}
		doc = back
	}
	return doc
}

// Logged implements [connector.Connector]. The changelog has rich text as wiki
// markup on both flavours: docs/JIRA.md "Changelog". All else it has as fields
// show it.
func (p *Participant) Logged(at issue.Place, v issue.Value) issue.Value {
	if t, ok := v.(issue.Text); ok && at.Row == (issue.Ref{}) {
		return issue.Text{Doc: canonWiki(t.Doc)}
	}
	return v
}
