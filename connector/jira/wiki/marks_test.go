package wiki_test

import (
	"testing"

	"example.com/accord/connector/jira/wiki"
	"example.com/accord/text"
)

// Where a mark begins and ends, and where the same characters are text.
func TestMarks(t *testing.T) {
	for _, c := range []struct{ reason, markup, want string }{
		{"all of them", "*a* _b_ -c- +d+ ^e^ ~f~ {{g}}",
			"paragraph(strong<'a'> ' ' em<'b'> ' ' strike<'c'> ' ' underline<'d'> ' ' sup<'e'> ' ' sub<'f'> ' ' code<'g'>)"},
		{"a citation is emphasis behind a dash", "??a *b*??", "paragraph(em<'— a'> ' ' strong<em<'b'>>)"},
		{"punctuation may stand beside", "(*a*), \"_b_\"; -c-!", "paragraph('(' strong<'a'> '), \"' em<'b'> '\"; ' strike<'c'> '!')"},
		{"letters and digits may not", "a*b* c*d 2*3*4 日*本*", "paragraph('a*b* c*d 2*3*4 日*本*')"},
		{"but in braces", "a{*}b{*}c {_}d{_}e", "paragraph('a' strong<'b'> 'c ' em<'d'> 'e')"},
		{"braces on one side", "a{*}b* *c{*}d", "paragraph('a' strong<'b'> ' ' strong<'c'> 'd')"},
		{"braces alone are text", "a{*}b {+} {?}", "paragraph('a{*}b {+} {?}')"},
		{"no space on the inside", "* a * and *b *", "bulletList(item(paragraph('a * and *b *')))"},
		{"no space on the inside, in the midst of a line", "x * a * and *b *", "paragraph('x * a * and *b *')"},
		{"nothing between is nothing", "x ** ++ __ ^^ ~~ {{}} {{ }}", "paragraph('x ** ++ __ ^^ ~~ {{}} {{ }}')"},
		{"the nearest two belong together", "*a *b* c*", "paragraph('*a ' strong<'b'> ' c*')"},
		{"a line ends it", "*a\nb*", "paragraph('*a' / 'b*')"},
		{"so does a break", `*a\\b*`, "paragraph('*a' / 'b*')"},
		{"one inside another", "*_-a-_*", "paragraph(strong<strike<em<'a'>>>)"},
		{"across one another", "*a _b* c_", "paragraph(strong<'a '> strong<em<'b'>> ' ' em<'c'>)"},
		{"twice the same", "**a**", "paragraph('*' strong<'a'> '*')"},
		{"an escape does not begin or end it", `\*a* *b\* c*`, "paragraph('*a* ' strong<'b* c'>)"},
		{"around a link", "*[a|https://x.y]*", "paragraph(strong<linkhttps://x.y<'a'>>)"},
		{"in a link", "[a *b*|https://x.y]", "paragraph(linkhttps://x.y<'a '> strong<linkhttps://x.y<'b'>>)"},
		{"not by what stands in a link", "*a [b*|https://x.y] c*", "paragraph(strong<'a'> ' ' strong<linkhttps://x.y<'b*'>> ' ' strong<'c'>)"},
		{"not by what stands in an address", "*a https://x.y/*b c*", "paragraph(strong<'a'> ' ' strong<linkhttps://x.y/*b<'https://x.y/*b'>> ' ' strong<'c'>)"},
		{"marks in monospace", "{{a *b*}}", "paragraph(code<'a'> ' ' strong<code<'b'>>)"},
		{"braces in monospace", "{{{a}}} {{b}}c}}", "paragraph(code<'{a}'> ' ' code<'b'> 'c}}')"},
		{"an escape in monospace", `{{a\}}b}}`, "paragraph(code<'a}}b'>)"},
		{"monospace does not mind letters", "a{{b}}c", "paragraph('a' code<'b'> 'c')"},
		{"colours by name, short and long", "{color:Red}a{color}{color:#0f0}b{color}{color:#0000FF}c{color}",
			"paragraph(color#ff0000<'a'> color#00ff00<'b'> color#0000ff<'c'>)"},
		{"a colour in a colour", "{color:red}a{color:blue}b{color}c{color}", "paragraph(color#ff0000<'a'> color#0000ff<'b'> color#ff0000<'c'>)"},
		{"a colour that nobody ends", "{color:red}a", "paragraph('{color:red}a')"},
		{"an end of none", "a{color}b", "paragraph('a{color}b')"},
		{"a colour that has no name here is kept whole", "{color:puce}a{color}", "foreign(wiki:{color:puce}a{color})"},
		{"a colour in a quote ends there", "{color:red}a {quote}b {color:blue}c{color}{quote} d{color}",
			"paragraph(color#ff0000<'a'> ' ') quote(paragraph('b ' color#0000ff<'c'>)) paragraph(' ' color#ff0000<'d'>)"},
		{"a colour over cells", "|{color:red}a|b{color}|c|", "table(row(cell(paragraph(color#ff0000<'a'>)) cell(paragraph(color#ff0000<'b'>)) cell(paragraph('c'))))"},
		{"dashes", "a -- b --- c ---- d -- ", "paragraph('a – b — c ---- d – ')"},
		{"no dashes", "a--b use --c x---y", "paragraph('a--b use --c x---y')"},
	} {
		if have := show(wiki.Decode(c.markup)); have != c.want {
			t.Errorf("%s:\n%q\nwant %s\nhave %s", c.reason, c.markup, c.want, have)
		}
		stays(t, c.markup)
	}
}

// Two pieces of text with different marks, side by side without a space, are
// told apart whatever they hold.
func TestNeighbours(t *testing.T) {
	sets := [][]text.Mark{nil}
	for _, kind := range []text.MarkKind{text.Strong, text.Emphasis, text.Strike, text.Underline, text.Sub, text.Super, text.Monospace} {
		sets = append(sets, []text.Mark{{Kind: kind}})
	}
	sets = append(sets, []text.Mark{{Kind: text.Color, Value: "#ff0000"}}, []text.Mark{{Kind: text.Link, Value: "https://x.y"}},
		[]text.Mark{{Kind: text.Emphasis}, {Kind: text.Strong}})
	pieces := []string{"a", "*", "-", "--", "(", ")", "[", "]", "{", "}", "\\", "!", "|", "a_", ":", "#"}
	for _, left := range sets {
		for _, right := range sets {
			for _, a := range pieces {
				for _, b := range pieces {
					d := text.Canonical(text.Doc{para(plain(a, left...), plain(b, right...))})
					if have := wiki.Canon(d); !have.Equal(d) {
						t.Errorf("written %q\nwant %s\nhave %s", wiki.Encode(d), show(d), show(have))
					}
				}
			}
		}
	}
}
