package adf_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// mutate returns v with a few changes: a node put elsewhere, a part of a node
// taken away, put in or given another value.
func mutate(t *rapid.T, v any, seeds []any) any {
	donors := nodesOf(seeds)
	v = clone(v)
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		here := nodesOf([]any{v})
		n := rapid.SampledFrom(here).Draw(t, "node")
		donor := clone(rapid.SampledFrom(donors).Draw(t, "donor")).(map[string]any)
		if len(n) == 0 {
			continue
		}
		switch rapid.IntRange(0, 9).Draw(t, "kind of change") {
		case 0: // put in
			content, _ := n["content"].([]any)
			n["content"] = append(content, donor)
		case 1: // take the last away
			if content, _ := n["content"].([]any); len(content) > 0 {
				n["content"] = content[:len(content)-1]
			}
		case 2:
			delete(n, rapid.SampledFrom(slices.Sorted(maps.Keys(n))).Draw(t, "key"))
		case 3:
			n["marks"] = []any{mark(t)}
		case 4: // become another node
			clear(n)
			maps.Copy(n, donor)
		case 5:
			attrs, _ := n["attrs"].(map[string]any)
			attrs = maps.Clone(attrs)
			if attrs == nil {
				attrs = map[string]any{}
			}
			attrs[rapid.SampledFrom(attrNames).Draw(t, "name")] = rapid.SampledFrom(attrValues).Draw(t, "value")
			n["attrs"] = attrs
		case 6:
			if attrs, _ := n["attrs"].(map[string]any); len(attrs) > 0 {
				delete(attrs, rapid.SampledFrom(slices.Sorted(maps.Keys(attrs))).Draw(t, "name"))
			}
		case 7:
			n[rapid.SampledFrom([]string{"content", "marks", "attrs", "text", "version", "color"}).Draw(t, "key")] =
				rapid.SampledFrom([]any{nil, []any{}, map[string]any{}, "a", 1.0, []any{"a"}}).Draw(t, "value")
		case 8:
			n["marks"] = []any{mark(t), mark(t)}
		case 9:
			n["type"] = rapid.SampledFrom(nodeTypes).Draw(t, "type")
		}
	}
	return v
}

// mark returns a mark, often one that is complete.
func mark(t *rapid.T) any {
	m := rapid.SampledFrom([]map[string]any{
		{"type": "strong"}, {"type": "em"}, {"type": "code"}, {"type": "link", "attrs": map[string]any{"href": "/"}},
		{"type": "subsup", "attrs": map[string]any{"type": "sub"}}, {"type": "subsup"}, {"type": "blink"},
		{"type": "textColor", "attrs": map[string]any{"color": "#aBc123"}}, {"type": "textColor", "attrs": map[string]any{"color": "red"}},
		{"type": "alignment", "attrs": map[string]any{"align": "end"}}, {"type": "indentation", "attrs": map[string]any{"level": 3.0}},
		{"type": "breakout", "attrs": map[string]any{"mode": "wide"}}, {"type": "fontSize", "attrs": map[string]any{"fontSize": "small"}},
		{"type": "border", "attrs": map[string]any{"size": 2.0, "color": "#091e4224"}}, {"type": "strong", "attrs": map[string]any{}},
		{"type": "annotation", "attrs": map[string]any{"id": "i", "annotationType": "inlineComment"}},
		{"type": "fragment", "attrs": map[string]any{"localId": "i"}}, {"type": "dataConsumer", "attrs": map[string]any{"sources": []any{"a"}}},
		{"type": "dataConsumer", "attrs": map[string]any{"sources": []any{}}}, {"type": "backgroundColor", "attrs": map[string]any{"color": "#000000"}},
	}).Draw(t, "mark")
	return clone(m)
}

var (
	attrNames = []string{"localId", "level", "order", "url", "href", "id", "text", "type", "layout", "width", "widthType",
		"panelType", "colspan", "background", "colwidth", "valign", "language", "wrap", "title", "state", "color", "style",
		"collection", "alt", "height", "shortName", "timestamp", "extensionKey", "extensionType", "parameters", "data",
		"datasource", "displayMode", "isNumberColumnEnabled", "userType", "accessLevel", "resourceId", "occurrenceKey"}
	attrValues = []any{"", "a", "\n", "x-y", "info", "wide", "default", "center", "pixel", "percentage", "file", "external",
		"top", "TODO", "APP", "blue", "#aabbcc", "fixed", 0.0, 1.0, 3.0, 50.0, 101.0, -1.0, true, false, nil, []any{},
		[]any{100.0, 50.0}, []any{"a"}, map[string]any{}}
	nodeTypes = []string{"paragraph", "heading", "codeBlock", "bulletList", "orderedList", "listItem", "blockquote", "panel",
		"rule", "table", "tableRow", "tableCell", "tableHeader", "text", "hardBreak", "mention", "emoji", "inlineCard", "date",
		"placeholder", "status", "mediaInline", "inlineExtension", "mediaSingle", "mediaGroup", "media", "caption", "blockCard",
		"embedCard", "extension", "bodiedExtension", "expand", "nestedExpand", "layoutSection", "layoutColumn", "taskList",
		"taskItem", "blockTaskItem", "decisionList", "decisionItem", "syncBlock", "bodiedSyncBlock", "doc", "marquee"}
)

// nodesOf returns every node in vs, outermost first.
func nodesOf(vs []any) (out []map[string]any) {
	for _, v := range vs {
		if n, ok := v.(map[string]any); ok {
			content, _ := n["content"].([]any)
			out = append(append(out, n), nodesOf(content)...)
		}
	}
	return out
}

func clone(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = clone(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, w := range v {
			out[k] = clone(w)
		}
		return out
	}
	return v
}

// rare is a document with the nodes and marks that people seldom use.
func rare() any {
	para := `{"type":"paragraph","content":[{"type":"text","text":"t"}]}`
	v := any(nil)
	if err := json.Unmarshal([]byte(strings.ReplaceAll(`{"type":"doc","version":1,"content":[
		{"type":"expand","attrs":{"title":"t"},"marks":[{"type":"breakout","attrs":{"mode":"wide","width":800}}],"content":[PARA,
			{"type":"nestedExpand","attrs":{"title":"n"},"content":[PARA]}]},
		{"type":"codeBlock","attrs":{"language":"go","wrap":true,"hideLineNumbers":false,"uniqueId":"u","localId":"l"},
			"marks":[{"type":"breakout","attrs":{"mode":"full-width"}}],"content":[{"type":"text","text":"x"}]},
		{"type":"paragraph","marks":[{"type":"alignment","attrs":{"align":"end"}}],"content":[{"type":"placeholder","attrs":{"text":"p"}},
			{"type":"inlineExtension","attrs":{"extensionType":"e","extensionKey":"k","parameters":{}},"marks":[{"type":"dataConsumer","attrs":{"sources":["s"]}}]},
			{"type":"mediaInline","attrs":{"type":"image","id":"i","collection":"c"},"marks":[{"type":"border","attrs":{"size":1,"color":"#091e4224"}}]},
			{"type":"inlineCard","attrs":{"data":{"a":1}}},{"type":"mention","attrs":{"id":"m","userType":"APP"}},
			{"type":"text","text":"c","marks":[{"type":"code"},{"type":"annotation","attrs":{"id":"a","annotationType":"inlineComment"}}]},
			{"type":"text","text":"h","marks":[{"type":"backgroundColor","attrs":{"color":"#FFffff"}}]}]},
		{"type":"heading","attrs":{"level":2},"marks":[{"type":"indentation","attrs":{"level":1}}]},
		{"type":"mediaSingle","attrs":{"layout":"wide","width":300,"widthType":"pixel"},"marks":[{"type":"link","attrs":{"href":"h"}}],"content":[
			{"type":"media","attrs":{"type":"file","id":"i","collection":""}},{"type":"caption","content":[{"type":"text","text":"c"}]}]},
		{"type":"table","attrs":{"displayMode":"fixed","width":700},"marks":[{"type":"fragment","attrs":{"localId":"f"}}],"content":[
			{"type":"tableRow","content":[{"type":"tableCell","attrs":{"colwidth":[50,60],"colspan":2,"valign":"top","background":"#fff"},"content":[PARA]}]}]},
		{"type":"bodiedExtension","attrs":{"extensionType":"e","extensionKey":"k"},"content":[PARA]},
		{"type":"blockCard","attrs":{"datasource":{"id":"d","parameters":{},"views":[{"type":"table"}]},"width":5}},
		{"type":"syncBlock","attrs":{"resourceId":"r","localId":"l"}},
		{"type":"bodiedSyncBlock","attrs":{"resourceId":"r","localId":"l"},"content":[PARA,{"type":"rule"}]},
		{"type":"taskList","attrs":{"localId":"l"},"content":[{"type":"blockTaskItem","attrs":{"localId":"l","state":"DONE"},"content":[PARA]}]},
		{"type":"panel","attrs":{"panelType":"custom","panelColor":"#fff","panelIcon":":a:"},"content":[
			{"type":"paragraph","marks":[{"type":"fontSize","attrs":{"fontSize":"small"}}]},{"type":"decisionList","attrs":{"localId":"l"},"content":[
				{"type":"decisionItem","attrs":{"localId":"l","state":"DECIDED"}}]}]}]}`, "PARA", para)), &v); err != nil {
		panic(err)
	}
	return v
}
