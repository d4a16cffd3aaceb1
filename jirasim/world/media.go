package world

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/accord/connector/jira/adf"
	"example.com/accord/connector/jira/wiki"
	"example.com/accord/text"
)

// Pictures stand in ADF as media nodes, which name a file by an id of its own,
// and in wiki markup by the file's name: docs/JIRA.md "Rich text".

// media is a media node that shows a file.
type media struct {
	Type  string `json:"type"`
	Attrs struct {
		Type string `json:"type"`
		ID   string `json:"id"`
	} `json:"attrs"`
	Content []json.RawMessage `json:"content"`
}

// fileOf is the file that a node of ADF shows: of a media node, or of what
// holds nothing but one.
func (w *World) fileOf(raw string) (name string, is bool) {
	var m media
	if json.Unmarshal([]byte(raw), &m) != nil {
		return "", false
	}
	switch m.Type {
	case "mediaSingle", "mediaGroup":
		if len(m.Content) == 1 {
			return w.fileOf(string(m.Content[0]))
		}
	case "media", "mediaInline":
		name, is = w.names[m.Attrs.ID]
	}
	return name, is
}

// Wiki shows native rich text as wiki markup.
func (w *World) Wiki(native string) string {
	if w.Flavour == DataCenter || native == "" {
		return native
	}
	return wiki.Encode(w.tree(native))
}

// tree reads ADF; files have their names.
func (w *World) tree(native string) text.Doc {
	d, err := adf.Decode([]byte(native))
	if err != nil {
		return nil
	}
	if strings.Contains(native, `"media`) {
		d = replace(d, func(raw string) (text.Span, bool) {
			name, is := w.fileOf(raw)
			return text.Span{Kind: text.Image, Attrs: text.Attrs{"name": name}}, is
		})
	}
	return d
}

// replace puts images in the place of the foreign nodes that are some.
func replace(d []text.Block, image func(raw string) (text.Span, bool)) []text.Block {
	out := slices.Clone(d)
	for n, b := range out {
		if s, is := image(b.Raw); b.Kind == text.Foreign && is {
			out[n] = text.Block{Kind: text.Paragraph, Spans: []text.Span{s}}
			continue
		}
		out[n].Blocks = replace(b.Blocks, image)
		out[n].Spans = slices.Clone(b.Spans)
		for m, s := range b.Spans {
			if i, is := image(s.Raw); s.Kind == text.ForeignSpan && is {
				out[n].Spans[m] = i
			}
		}
	}
	return out
}

// FromWiki turns wiki markup into native rich text. A picture is looked for
// among the files of an issue; one that is not there stays text.
func (w *World) FromWiki(s string, at *Issue) string {
	if w.Flavour == DataCenter || s == "" {
		return s
	}
	d := wiki.Decode(s)
	if strings.Contains(s, "!") {
		d = pictured(d, at)
	}
	return string(adf.Encode(d))
}

// pictured puts media nodes in the place of images that name a file.
func pictured(d []text.Block, at *Issue) []text.Block {
	out := slices.Clone(d)
	for n, b := range out {
		if b.Kind == text.Paragraph && len(b.Spans) == 1 && b.Spans[0].Kind == text.Image {
			if node := figure(b.Spans[0], at); node != "" {
				raw := `{"attrs":{"layout":"center"},"content":[` + node + `],"type":"mediaSingle"}`
				out[n] = text.Block{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"}, Raw: raw}
				continue
			}
		}
		out[n].Blocks = pictured(b.Blocks, at)
		out[n].Spans = slices.Clone(b.Spans)
		for m, s := range b.Spans {
			if s.Kind != text.Image || s.Attrs["name"] == "" {
				continue
			}
			out[n].Spans[m] = text.Span{Kind: text.Plain, Text: "!" + s.Attrs["name"] + "!", Marks: s.Marks}
			if node := figure(s, at); node != "" {
				out[n].Spans[m] = text.Span{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "adf"}, Raw: strings.Replace(node, `"type":"media"}`, `"type":"mediaInline"}`, 1)}
			}
		}
	}
	return out
}

// figure is the media node of an image that names a file of an issue; empty if
// it names none.
func figure(s text.Span, at *Issue) string {
	if at == nil || s.Attrs["name"] == "" {
		return ""
	}
	for _, a := range slices.Backward(at.Attachments) {
		if a.Name == s.Attrs["name"] {
			return `{"attrs":{"alt":` + string(quote(a.Name)) + `,"collection":"","id":"` + a.Media + `","type":"file"},"type":"media"}`
		}
	}
	return ""
}

// files are the ids of the media nodes anywhere in a document.
func files(v any) []string {
	var out []string
	switch x := v.(type) {
	case map[string]any:
		if x["type"] == "media" || x["type"] == "mediaInline" {
			if a, is := x["attrs"].(map[string]any); is {
				if id, is := a["id"].(string); is {
					out = append(out, id)
				}
			}
		}
		out = append(out, files(x["content"])...)
	case []any:
		for _, e := range x {
			out = append(out, files(e)...)
		}
	}
	return out
}

// lose deletes the files whose media nodes a write has dropped from a text:
// the loss of data that Cloud is known for: docs/JIRA.md "Rich text". It
// happens only while Loses is set.
func (w *World) lose(by By, issue, was, now string) {
	if !w.Loses || w.Flavour == DataCenter || !strings.Contains(was, `"media`) {
		return
	}
	var a, b any
	_, _ = json.Unmarshal([]byte(was), &a), json.Unmarshal([]byte(now), &b) // what is no document shows no file
	left := files(b)
	for _, id := range files(a) {
		for _, f := range w.Issues[issue].Attachments {
			if f.Media == id && !slices.Contains(left, id) {
				w.detach(by, issue, f)
			}
		}
	}
}
