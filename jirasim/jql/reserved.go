package jql

import (
	"slices"
	"strings"
)

// grammar reports whether a word is part of the grammar.
func grammar(s string) bool {
	switch strings.ToLower(s) {
	case "and", "or", "not", "in", "is", "was", "changed", "order", "by", "asc", "desc", "empty", "null":
		return true
	}
	return false
}

// reserved reports whether a word that the grammar does not use must be quoted
// to be a name or a value.
func reserved(s string) bool {
	_, is := slices.BinarySearch(Reserved(), strings.ToLower(s))
	return is && !grammar(s)
}

// Reserved lists the words that must be quoted, in order. It is the list of
// Jira's own manual, written down from memory: unverified.
func Reserved() []string { return strings.Fields(words) }

const words = `
abort access add after alias all alter and any as asc audit avg before begin between boolean break by byte catch cf changed char character check
checkpoint collate collation column commit connect continue count create current date decimal declare decrement default defaults define delete
delimiter desc difference distinct divide do double drop else empty encoding end equals escape exclusive exec execute exists explain false fetch field
file first float for from function go goto grant greater group having identified if immediate in increment index initial inner inout input insert int
integer intersect intersection into is isempty isnull join last left less like limit lock long max min minus mode modify modulo more multiply next
noaudit not notin nowait null number object of on option or order outer output power previous prior privileges public raise raw remainder rename
resource return returns revoke right row rowid rownum rows select session set share size sqrt start strict string subtract sum synonym table then to
trans transaction trigger true uid union unique update user validate values view was when whenever where while with`
