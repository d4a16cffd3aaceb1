// Package wiki turns Jira's wiki markup, as Data Center and REST v2 have it,
// into rich text and back: docs/JIRA.md "Rich text". It is pure.
//
// # What wiki markup cannot say
//
// [Canon] says what would be read back. It differs from its argument where the
// markup has no words:
//
//   - background colour, the start of an ordered list, spans and colours of
//     cells, and whatever attribute this package does not write, are left out;
//   - a paragraph or heading without content is left out, and so are a list
//     without items and a table without cells;
//   - a mark on spaces at the edge of its run, on a line break, a mention, an
//     image or an emoji is left out; a run ends where a mark further out
//     changes (outermost first: colour, link, strong, emphasis, strike,
//     underline, sub, super, monospace);
//   - in a list item and in a table cell paragraphs are joined by line breaks,
//     what follows a nested list goes to its last item, a heading is a
//     paragraph, a rule is left out, a table is a line for each row;
//   - neighbouring lists of one kind inside an item or a cell are one list, and
//     lists are nested at most [Deepest] deep;
//   - a quote inside a quote, and a panel inside a panel, are their content;
//   - code that holds "{code}" has no language, and code that holds
//     "{noformat}" as well is a paragraph;
//   - a bare address is a link, and a character in an address that would end
//     the link is percent-encoded; what is no address is no link;
//   - an emoji without an emoticon, or with one that touches a word, is its text;
//   - a mention, image, card or foreign node that cannot be written is its text;
//   - a foreign piece of wiki alone on its line is a block.
package wiki

import (
	"strings"

	"example.com/accord/text"
)

// Deepest is how deep lists are nested at most; deeper items stand at that depth.
const Deepest = 20

// Decode reads wiki markup. It takes every string: what is no markup is text.
// A macro that it does not know is kept whole as Foreign of format "wiki".
// Where a macro was written in another form than [Encode] would choose, its
// opening tag is kept as the attribute "wiki.tag".
func Decode(s string) text.Doc {
	p := &parser{}
	return p.blocks(p.lift(clean(s)), false)
}

// Encode writes d as wiki markup, such that Decode reads [Canon] of d. Text is
// escaped where it could be read as markup, and only there.
func Encode(d text.Doc) string {
	w := &writer{alone: map[string]bool{}, open: map[string]bool{}}
	return w.blocks(d, false)
}

// Canon returns what Decode would read of d once Encode wrote it. It is
// idempotent, and leaves alone whatever Decode returns.
func Canon(d text.Doc) text.Doc { return Decode(Encode(d)) }

// clean makes s valid UTF-8 with "\n" as its only line end. So the bytes 0xff
// and 0xfe are free to frame atoms.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
