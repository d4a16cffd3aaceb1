package adf

import (
	"slices"

	"example.com/accord/text"
)

// A shape says how a known node and its block answer each other.
type shape struct {
	name  string // ADF's type of node
	kind  text.Kind
	holds string            // what it contains: spans, verbatim text, blocks of one place, or nothing
	attrs map[string]string // ADF's name of an attribute → the tree's
}

// What a node contains: "" is nothing, the others are places for blocks.
const (
	spans    = "spans"
	verbatim = "verbatim"
	inDoc    = "doc"
	inItem   = "listItem"
	inQuote  = "blockquote"
	inPanel  = "panel"
	inCell   = "tableCell"
	inList   = "list"     // items only
	inTable  = "table"    // rows only
	inRow    = "tableRow" // cells only
)

var shapes = []shape{
	{"paragraph", text.Paragraph, spans, nil},
	{"heading", text.Heading, spans, map[string]string{"level": "level"}},
	{"codeBlock", text.Code, verbatim, map[string]string{"language": "language"}},
	{"bulletList", text.BulletList, inList, nil},
	{"orderedList", text.OrderedList, inList, map[string]string{"order": "start"}},
	{"listItem", text.Item, inItem, nil},
	{"blockquote", text.Quote, inQuote, nil},
	{"panel", text.Panel, inPanel, map[string]string{"panelType": "type"}},
	{"rule", text.Rule, "", nil},
	{"table", text.Table, inTable, nil},
	{"tableRow", text.TableRow, inRow, nil},
	{"tableCell", text.Cell, inCell, cellAttrs},
	{"tableHeader", text.HeaderCell, inCell, cellAttrs},
}

var cellAttrs = map[string]string{"colspan": "colspan", "rowspan": "rowspan", "background": "background"}

// numeric reports whether ADF has this attribute of the tree as a number.
func numeric(name string) bool {
	return slices.Contains([]string{"level", "start", "colspan", "rowspan"}, name)
}

// shapeOf returns the shape of a type of node.
func shapeOf(name any) (shape, bool) {
	i := slices.IndexFunc(shapes, func(s shape) bool { return s.name == name })
	if i < 0 {
		return shape{}, false
	}
	return shapes[i], true
}

// shapeFor returns the shape of a kind of block. There is none for Foreign.
func shapeFor(k text.Kind) (shape, bool) {
	i := slices.IndexFunc(shapes, func(s shape) bool { return s.kind == k })
	if i < 0 {
		return shape{}, false
	}
	return shapes[i], true
}

// stands says which kinds of block may stand in a place: docs/JIRA.md "Rich text".
var stands = map[string][]text.Kind{
	inDoc: {text.Paragraph, text.Heading, text.Code, text.BulletList, text.OrderedList, text.Quote, text.Panel,
		text.Rule, text.Table, text.Foreign},
	inItem:  {text.Paragraph, text.Code, text.BulletList, text.OrderedList, text.Foreign},
	inQuote: {text.Paragraph, text.Code, text.BulletList, text.OrderedList, text.Foreign},
	inPanel: {text.Paragraph, text.Heading, text.Code, text.BulletList, text.OrderedList, text.Rule, text.Foreign},
	inCell: {text.Paragraph, text.Heading, text.Code, text.BulletList, text.OrderedList, text.Quote, text.Panel,
		text.Rule, text.Foreign},
	inList:  {text.Item},
	inTable: {text.TableRow},
	inRow:   {text.Cell, text.HeaderCell},
}
