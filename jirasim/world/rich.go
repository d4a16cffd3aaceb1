package world

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"example.com/accord/connector/jira/adf"
	"example.com/accord/connector/jira/wiki"
	"example.com/accord/text"
)

// Tree shows native rich text as the tree that both formats speak. Files have
// their names.
func (w *World) Tree(native string) text.Doc {
	if w.Flavour == DataCenter || native == "" {
		return wiki.Decode(native)
	}
	return w.tree(native)
}

// FromADF turns ADF into native rich text.
func (w *World) FromADF(doc []byte) (string, error) {
	d, err := adf.Decode(doc)
	if err != nil {
		return "", err
	}
	if w.Flavour == DataCenter {
		return wiki.Encode(d), nil
	}
	var b bytes.Buffer
	if err := json.Compact(&b, doc); err != nil {
		return "", err
	}
	return b.String(), nil
}

// Rich shows native rich text as this version of the API does: ADF, or wiki
// markup. Empty is null.
func (w *World) Rich(native string, api int) any {
	switch {
	case native == "":
		return nil
	case w.Adf(api):
		return json.RawMessage(native)
	}
	return w.Wiki(native)
}

// rich reads rich text as this version of the API takes it. The second result
// says what is wrong with it.
func (w *World) rich(raw json.RawMessage, by By) (string, complaint) {
	s, c := w.written(raw, by)
	if c == "" && w.Normalises {
		s = w.tidy(s)
	}
	return s, c
}

func (w *World) written(raw json.RawMessage, by By) (string, complaint) {
	if null(raw) {
		return "", ""
	}
	if !w.Adf(by.API) {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return "", "Operation value must be a string"
		}
		if utf8.RuneCountInString(s) > longest {
			return "", tooLong
		}
		return w.FromWiki(s, by.At), ""
	}
	if raw[0] != '{' {
		return "", "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
	}
	if adf.Valid(raw) != nil {
		return "", invalidInput
	}
	doc, err := w.identify(raw)
	if err != nil {
		return "", invalidInput
	}
	s, err := w.FromADF(doc)
	if err != nil {
		return "", invalidInput
	}
	if utf8.RuneCountInString(w.Wiki(s)) > longest {
		return "", tooLong
	}
	if blank(raw) {
		return "", ""
	}
	return s, ""
}

// blank reports whether an ADF document has no content at all.
func blank(raw json.RawMessage) bool {
	var d struct{ Content []json.RawMessage }
	return json.Unmarshal(raw, &d) == nil && len(d.Content) == 0
}

func null(raw json.RawMessage) bool {
	return len(bytes.TrimSpace(raw)) == 0 || string(bytes.TrimSpace(raw)) == "null"
}

// A complaint is what is wrong with a value, in Jira's words; empty: nothing.
type complaint = string

// invalidInput is how Cloud refuses an ADF document; it stands among the
// messages and names no field.
const invalidInput complaint = "INVALID_INPUT"
