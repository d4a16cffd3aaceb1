package adf

import (
	"encoding/json"
	"strings"

	"example.com/accord/text"
)

// ADF has a picture from outside as a block, a media node in a frame. The tree
// has it as a paragraph of one image; what the frame says is "adf.frame".

var mediaAttrs = map[string]string{"url": "url"}

func readPicture(n node) (b text.Block, ok bool) {
	content, _ := n["content"].([]any)
	if n["type"] != "mediaSingle" || len(content) != 1 || !onlyKeys(n, "type", "attrs", "content") {
		return b, false
	}
	media, _ := content[0].(node)
	attrs, _ := media["attrs"].(node)
	if media["type"] != "media" || attrs["type"] != "external" || !onlyKeys(media, "type", "attrs") {
		return b, false
	}
	img := text.Span{Kind: text.Image}
	if img.Attrs, _ = readAttrs(media, mediaAttrs); img.Attrs["url"] == "" {
		return b, false
	}
	delete(img.Attrs, "adf.type")
	frame, _ := n["attrs"].(node)
	if s := canonical(stripAttrs(frame)); len(frame) > 0 && s != `{"layout":"center"}` {
		img.Attrs["adf.frame"] = s
	}
	return text.Block{Kind: text.Paragraph, Spans: []text.Span{img}}, true
}

func writePicture(b text.Block) (node, bool) {
	if b.Kind != text.Paragraph || len(b.Spans) != 1 || b.Spans[0].Kind != text.Image || b.Spans[0].Attrs["url"] == "" {
		return nil, false
	}
	attrs := writeAttrs(b.Spans[0].Attrs, mediaAttrs)
	attrs["type"] = "external"
	frame, _ := rawNode(b.Spans[0].Attrs["adf.frame"])
	if frame == nil {
		frame = node{"layout": "center"}
	}
	media := node{"type": "media", "attrs": attrs}
	return node{"type": "mediaSingle", "attrs": frame, "content": []any{media}}, true
}

// imageBody is what stands in the bracket of an image: its name or address if
// that is all there is to say, else its attributes in JSON.
func imageBody(a text.Attrs) string {
	for _, name := range []string{"name", "url"} {
		if v := a[name]; len(a) == 1 && v != "" && readImageAttrs(v)[name] == v {
			return v
		}
	}
	return string(marshal(a))
}

func readImageAttrs(body string) text.Attrs {
	var a text.Attrs
	if strings.HasPrefix(body, "{") && json.Unmarshal([]byte(body), &a) == nil {
		return a
	}
	if strings.Contains(body, "://") {
		return text.Attrs{"url": body}
	}
	return text.Attrs{"name": body}
}
