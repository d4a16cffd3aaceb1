package jira

import (
	"encoding/json"
	"fmt"
	"slices"

	"example.com/accord/issue"
	"example.com/accord/text"
)

// losesFile says why a text may not be written over another one: on Cloud a
// file that was inserted in the editor is deleted for good when the text is
// written without its media node (docs/JIRA.md "Rich text"). "" means it may.
func (d dialect) losesFile(from, to issue.Value) string {
	if d.files == nil {
		return ""
	}
	kept := d.files(doc(to))
	for _, file := range d.files(doc(from)) {
		if !slices.Contains(kept, file) {
			return fmt.Sprintf("not written: the text there shows the file %s, which Jira would delete for good with it; take it out on this site, or put it back on the other", file)
		}
	}
	return ""
}

// doc returns the rich text of a field or of a comment.
func doc(v issue.Value) text.Doc {
	switch v := v.(type) {
	case issue.Text:
		return v.Doc
	case issue.Row:
		return doc(v["body"])
	}
	return nil
}

// media returns the media ids of the files that d shows.
func media(d text.Doc) (ids []string) {
	for _, b := range d {
		ids = filesIn(b.Raw, b.Attrs, ids)
		for _, s := range b.Spans {
			ids = filesIn(s.Raw, s.Attrs, ids)
		}
		ids = append(ids, media(b.Blocks)...)
	}
	return ids
}

// filesIn appends the media ids in a node that was kept whole.
func filesIn(raw string, attrs text.Attrs, out []string) []string {
	if raw == "" || attrs["format"] != "adf" {
		return out
	}
	var n mediaNode
	if json.Unmarshal([]byte(raw), &n) != nil {
		return out
	}
	return n.files(out)
}

// A mediaNode is as much of an ADF node as tells of files.
type mediaNode struct {
	Type  string `json:"type"`
	Attrs struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	} `json:"attrs"`
	Content []mediaNode `json:"content"`
}

func (n mediaNode) files(out []string) []string {
	if (n.Type == "media" || n.Type == "mediaInline") && n.Attrs.Type != "external" && n.Attrs.ID != "" {
		out = append(out, n.Attrs.ID)
	}
	for _, c := range n.Content {
		out = c.files(out)
	}
	return out
}
