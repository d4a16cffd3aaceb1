// Package adf converts between a [text.Doc] and the Atlassian Document Format,
// the JSON in which Jira Cloud holds rich text: docs/JIRA.md "Rich text".
//
// Nothing that ADF says is lost in a Doc:
//   - A node that the tree has no kind for is kept whole as a Foreign block or
//     span of the format "adf".
//   - What a known node has beyond the tree, such as the width of a column or
//     an alignment, is kept as an attribute "adf.NAME", its value in JSON. The
//     marks that the tree lacks are the attribute "adf.marks".
//   - The identifiers "localId", which the server gives anew, and what it adds
//     as a default are ignored. Encode makes such identifiers where they must be.
//
// What a Doc holds and ADF cannot, Encode shows as code between double square
// brackets, such as ⟦wiki:{anchor:here}⟧ or ⟦image:plan.png⟧, which people can
// read and which Decode restores. A block goes into a code block, a span into a
// text with the mark code; a ⟧ inside is written twice.
//
// Blocks that ADF does not let stand in another are shown in the nearest way: a
// heading in a list as a paragraph, a quote in a list as its content, a table
// in a panel as one paragraph a row.
package adf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"example.com/accord/text"
)

// A node is an ADF node as it stands in JSON: type, attrs, content, text, marks.
type node = map[string]any

// Decode reads an ADF document; the Doc is canonical. Empty input, null and a
// document without content are the empty Doc. It is an error if b is not JSON
// or its outermost node is not a doc.
func Decode(b []byte) (text.Doc, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, nil
	}
	v, err := parse(b)
	if err != nil {
		return nil, fmt.Errorf("decode adf: %w", err)
	}
	if v == nil {
		return nil, nil
	}
	n, _ := v.(node)
	content, ok := n["content"].([]any)
	if n["type"] != "doc" || !ok && n["content"] != nil {
		return nil, errors.New("decode adf: want a document of type doc with a list as its content")
	}
	return text.Canonical(readBlocks(content)), nil
}

// Encode writes d as an ADF document, which is always valid where the Foreign
// nodes in d are. The empty Doc is null.
func Encode(d text.Doc) []byte {
	d = text.Canonical(fitBlocks(text.Canonical(d), inDoc))
	if len(d) == 0 {
		return []byte("null")
	}
	doc := node{"type": "doc", "version": 1, "content": writeBlocks(d, inDoc)}
	last := 0
	identify(doc, &last)
	return marshal(doc)
}

// Canon returns what Decode would read of d once Encode wrote it. Canon of that
// is the same.
func Canon(d text.Doc) text.Doc {
	d, err := Decode(Encode(d))
	if err != nil {
		panic(err) // Encode writes documents
	}
	return d
}

// parse reads one JSON value, numbers as they are written.
func parse(b []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if rest := bytes.TrimSpace(b[d.InputOffset():]); len(rest) > 0 {
		return nil, fmt.Errorf("%.20q after the end of the JSON", rest)
	}
	return v, nil
}

// marshal writes v as JSON with sorted keys. What parse read can be written.
func marshal(v any) []byte {
	var w bytes.Buffer
	e := json.NewEncoder(&w)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("encode adf: %v", err))
	}
	return bytes.TrimSuffix(w.Bytes(), []byte("\n"))
}
