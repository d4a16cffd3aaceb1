// Package text is rich text that belongs to no tracker: a tree of blocks and
// spans, and the three-way merge of it by block.
//
// The formats (ADF, wiki markup) convert to and from a Doc; whatever a format
// has and this tree has not is kept whole as a node of kind Foreign.
package text

import (
	"maps"
	"slices"
)

// A Doc is rich text: its blocks in reading order. A nil and an empty Doc are
// equal: both say "empty". A Doc is a value; nobody changes one in place.
type Doc []Block

// A Kind names what a block is.
type Kind string

// The kinds of block. What each holds stands behind it.
const (
	Paragraph   Kind = "paragraph"   // Spans
	Heading     Kind = "heading"     // Spans; Attrs level "1".."6"
	Code        Kind = "code"        // Spans of kind Plain without marks; Attrs language (may be missing)
	BulletList  Kind = "bulletList"  // Blocks of kind Item
	OrderedList Kind = "orderedList" // Blocks of kind Item; Attrs start (missing: 1)
	Item        Kind = "item"        // Blocks
	Quote       Kind = "quote"       // Blocks
	Panel       Kind = "panel"       // Blocks; Attrs type "info" | "note" | "warning" | "success" | "error" | …, title (may be missing)
	Rule        Kind = "rule"        // nothing
	Table       Kind = "table"       // Blocks of kind TableRow
	TableRow    Kind = "row"         // Blocks of kind Cell or HeaderCell
	Cell        Kind = "cell"        // Blocks; Attrs colspan, rowspan, background (each may be missing)
	HeaderCell  Kind = "headerCell"  // as Cell
	Foreign     Kind = "foreign"     // Raw, a node of another format kept whole; Attrs format "adf" | "wiki"
)

// A Block is one block-level element.
type Block struct {
	Kind   Kind    `json:"kind"`
	Attrs  Attrs   `json:"attrs,omitempty"`
	Spans  []Span  `json:"spans,omitempty"`
	Blocks []Block `json:"blocks,omitempty"`
	Raw    string  `json:"raw,omitempty"` // Foreign only: the node as its format writes it, in canonical form
}

// Attrs are the attributes of a node by name. Nil and empty are equal, and so
// are "" and missing in [Canonical] form. A name with a dot, such as
// "adf.layout", is what one format says beyond this tree; others pass it by.
type Attrs map[string]string

// A SpanKind names what a span is.
type SpanKind string

// The kinds of span.
const (
	Plain       SpanKind = "text"    // Text and Marks; neighbours with equal marks are one span
	Break       SpanKind = "break"   // a line break inside a block
	Mention     SpanKind = "mention" // Attrs id (the participant's id of the person), Text as displayed, without "@"
	Card        SpanKind = "card"    // Attrs url: a smart link, shown as a card
	Emoji       SpanKind = "emoji"   // Attrs name, such as ":smile:"; Text as displayed (may be empty)
	Image       SpanKind = "image"   // Attrs name: the file name of an attachment, or url: an address outside; more as its format has it
	ForeignSpan SpanKind = "foreign" // Raw, kept whole; Attrs format "adf" | "wiki"
)

// A Span is a run of inline content.
type Span struct {
	Kind  SpanKind `json:"kind"`
	Text  string   `json:"text,omitempty"`
	Marks []Mark   `json:"marks,omitempty"` // sorted by Kind; at most one of a kind
	Attrs Attrs    `json:"attrs,omitempty"`
	Raw   string   `json:"raw,omitempty"`
}

// A MarkKind names what a mark does to a span.
type MarkKind string

// The kinds of mark.
const (
	Strong    MarkKind = "strong"
	Emphasis  MarkKind = "em"
	Monospace MarkKind = "code"
	Strike    MarkKind = "strike"
	Underline MarkKind = "underline"
	Sub       MarkKind = "sub"
	Super     MarkKind = "sup"
	Link      MarkKind = "link"       // Value: the address
	Color     MarkKind = "color"      // Value: "#rrggbb"
	Highlight MarkKind = "background" // Value: "#rrggbb"
)

// A Mark is one piece of formatting of a span.
type Mark struct {
	Kind  MarkKind `json:"kind"`
	Value string   `json:"value,omitempty"`
}

// Equal reports whether d and e hold the same content.
func (d Doc) Equal(e Doc) bool { return slices.EqualFunc(d, e, Block.Equal) }

// Equal reports whether b and c hold the same content.
func (b Block) Equal(c Block) bool {
	return b.Kind == c.Kind && b.Raw == c.Raw && maps.Equal(b.Attrs, c.Attrs) &&
		slices.EqualFunc(b.Spans, c.Spans, Span.Equal) && slices.EqualFunc(b.Blocks, c.Blocks, Block.Equal)
}

// Equal reports whether s and t hold the same content.
func (s Span) Equal(t Span) bool {
	return s.Kind == t.Kind && s.Text == t.Text && s.Raw == t.Raw && slices.Equal(s.Marks, t.Marks) && maps.Equal(s.Attrs, t.Attrs)
}

// Of returns a Doc of plain paragraphs, one for each line.
func Of(lines ...string) Doc {
	d := make(Doc, 0, len(lines))
	for _, l := range lines {
		p := Block{Kind: Paragraph}
		if l != "" {
			p.Spans = []Span{{Kind: Plain, Text: l}}
		}
		d = append(d, p)
	}
	return d
}
