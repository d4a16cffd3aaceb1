package wiki_test

import (
	"testing"

	"example.com/accord/connector/jira/wiki"
	"example.com/accord/text"
	"github.com/google/go-cmp/cmp"
)

// stays holds that d := Decode(s) is read back from what is written of it.
func stays(t interface {
	Helper()
	Fatalf(string, ...any)
}, s string) {
	t.Helper()
	d := wiki.Decode(s)
	w := wiki.Encode(d)
	if e := wiki.Decode(w); !e.Equal(d) {
		t.Fatalf("%q is written %q\n%s", s, w, cmp.Diff(d, e))
	}
	if c := text.Canonical(d); !c.Equal(d) {
		t.Fatalf("%q is not canonical:\n%s", s, cmp.Diff(d, c))
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { stays(t, s) })
}

var seeds = []string{
	"", "a", "a\n\nb", "*b*",
	"|a|b|\n||h||\n", "* a\n** b\n*# c\n# d", "{quote}a{quote}", "{code:go}x{code}", "{panel:title=x}\n* a\n{panel}",
	"{x:1}a{x} {toc}", "{toc}\n\n{toc}", "[a|https://x.y] [~me] !a.png! :) (y) -- --- \\\\ &#92; &amp;", "{{a}} {*}b{*}",
	"|!\x00 ||!", ":))*({*})_^a{x}", "{*}# a*", "bq. {{,{quote}+b{quote}", "bq. {x:1}** {quote}{x}^", "{a}\\\\b\n{a}", "~![www.a.b{x:1}]",
	"{quote}{x}{quote}\n\n{x}", "[!a.png!|https://x.y] [^f] [a|https://x.y|tip]", "{info:title=&#124;}a{info}", "http\\://----a.b", "* \n** \n*# a",
	"{color:red}a{color} {adf:display=block}{\"type\":\"x\"}{adf}", "h1. t\nbq. q\n----\n", "??c??", "https://a.b/c.",
}
