package script

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// golden reads a file of pairs made by Jira's own converter; without it the test is skipped.
func golden(t *testing.T, name string) []pair {
	t.Helper()
	dir := os.Getenv("JIRA_DOCS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "jira")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "adf", name))
	if err != nil {
		t.Skipf("SKIPPED: set JIRA_DOCS to the folder with Jira's documents: %v", err)
	}
	var out []pair
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

type pair struct {
	Name string
	Wiki string
	ADF  json.RawMessage
}

// apart are the pairs that the two readers see differently, with the reason.
var apart = map[string]string{
	"code_unknown_lang": "the converter forgets a language that it does not know",
	"image_alt":         "the alternative text is not read from markup",
	"emoji":             "smileys are not read from markup",
	"emoji_atlassian":   "smileys are not read from markup",
	"anchor":            "an anchor shows nothing and is read as words",
	"quote_in_list":     "a quote in a list ends the list for the reader",
	"mark_in_word":      "the converter writes markup that Jira itself reads as plain words",
	"link_pipe":         "the converter does not escape bars in links",
	"list_two_paras":    "markup has one paragraph in an item",
	"list_code":         "code in a list ends the list for the reader",
	"table_multi_block": "markup has one paragraph in a cell",
	"date":              "dates are not read from a document",
	"status":            "statuses are not read from a document",
	"block_card":        "cards of a block are not read from a document",
	"embed_card":        "cards of a block are not read from a document",
	"media_group":       "a group of files is one paragraph",
	"expand":            "markup has no expand",
	"task_list":         "markup has no tasks",
	"decision_list":     "markup has no decisions",
	"url_text":          "markup makes a link of every address",
	"code_with_braces":  "the converter does not escape braces in code",
}

func TestBothReadersAgreeOnJirasOwnPairs(t *testing.T) {
	for _, file := range []string{"golden-wiki-to-adf.json", "golden-adf-to-wiki.json"} {
		for _, p := range golden(t, file) {
			t.Run(p.Name, func(t *testing.T) {
				id := func(id string) string { return strings.TrimPrefix(id, "accountid:") }
				a, err := readADF(p.ADF, id)
				if err != nil {
					t.Fatal(err)
				}
				w := readWiki(p.Wiki, id)
				if _, ok := apart[p.Name]; a.equal(w) == ok {
					t.Errorf("wiki %q, listed as different: %v\nADF:\n%s\nwiki:\n%s", p.Wiki, ok, a, w)
				}
			})
		}
	}
}

func TestReadWiki(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"blocks need no empty line": {"h1. a\nh2. b\ntext\n----\nmore", "heading 1: \"a\"\nheading 2: \"b\"\nparagraph: \"text\"\nrule:\nparagraph: \"more\""},
		"a macro in a line":         {"see {code:go}a{code} and", "paragraph: \"see\"\ncode go: \"a\"\nparagraph: \"and\""},
		"no macro in monospace":     {"see {{ {code} }} now", "paragraph: \"see \" \"{code}\"(code) \" now\""},
		"mixed list":                {"* a\n*# b\n** c\n* d", "bullet: \"a\"\nbullet/number: \"b\"\nbullet/bullet: \"c\"\nbullet: \"d\""},
		"list in a panel":           {"{panel:title=T|bgColor=#fffae6}\n* a\n{panel}", "panel warning: \"T\"(strong)\npanel warning/bullet: \"a\""},
		"the small panels":          {"{tip}a{tip}\n{note}b{note}", "panel success: \"a\"\npanel note: \"b\""},
		"table":                     {"||*h*||b||\n|a|[x|https://e.org/]|\n| |b|", "header 1.1: \"h\"\nheader 1.2: \"b\"\ncell 2.1: \"a\"\ncell 2.2: \"x\"(link=https://e.org/)\ncell 3.1:\ncell 3.2: \"b\""},
		"an open macro":             {"{quote}a\nb", "quote: \"a\\nb\""},
		"marks are not in words":    {"snake_case_word 2*3*4 a-b-c", "paragraph: \"snake_case_word 2*3*4 a-b-c\""},
		"a link to a key is words":  {"[words|ABC-1] and [ABC-2]", "paragraph: \"[words|ABC-1] and [ABC-2]\""},
		"forced marks":              {"un{*}believ{*}able", "paragraph: \"un\" \"believ\"(strong) \"able\""},
		"a mark ends at its line":   {"*a\nb*", "paragraph: \"*a\\nb*\""},
		"a mark around a link":      {"*see [a*b|https://e.org/] now*", "paragraph: \"see\"(strong) \" \" \"a*b\"(link=https://e.org/ strong) \" \" \"now\"(strong)"},
		"a colour over two lines":   {"{color:red}a\nb{color}", "paragraph: \"a\\nb\"(color=#ff0000)"},
		"a document kept whole":     {"{adf:display=block}\n{\"type\":\"panel\",\"attrs\":{\"panelType\":\"note\"},\"content\":[{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}]}\n{adf}", "panel note: \"x\""},
		"unclosed everything":       {"[a {{b {color:red}c *d !e", "paragraph: \"[a {{b {color:red}c *d !e\""},
		"nothing":                   {" \n\n ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := readWiki(c.src, known).String(); got != c.want {
				t.Errorf("%q\ngot  %s\nwant %s", c.src, got, c.want)
			}
		})
	}
}

func TestReadADF(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"null":            {`null`, ""},
		"empty paragraph": {`{"type":"doc","content":[{"type":"paragraph"}]}`, ""},
		"unknown node":    {`{"type":"doc","content":[{"type":"expand","content":[{"type":"paragraph","content":[{"type":"text","text":"x"}]}]}]}`, "unknown expand: \"x\""},
		"spaces and marks": {`{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"a "},{"type":"text","text":" b ","marks":[{"type":"strong"}]},{"type":"text","text":"c","marks":[{"type":"strong"}]}]}]}`,
			"paragraph: \"a \" \"b c\"(strong)"},
		"mention": {`{"type":"doc","content":[{"type":"paragraph","content":[{"type":"mention","attrs":{"id":"5b10:ada"}}]}]}`, "paragraph: \"@Ada Lovelace\"(mention)"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readADF([]byte(c.src), known)
			if err != nil || got.String() != c.want {
				t.Errorf("%s\ngot  %s %v\nwant %s", c.src, got, err, c.want)
			}
		})
	}
	if _, err := readADF([]byte(`"a string"`), known); err == nil {
		t.Error("a string was read as a document")
	}
}

func TestReadingWikiAlwaysEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{"*", "_", "{{", "}}", "{code}", "{quote}", "{color:red}", "{color}", "[", "]", "|", "||", "\n", "\\", "a", " ", "h1. ", "# ", "!", "??", "--", "{*}", "https://e.org"})).Draw(t, "parts")
		src := strings.Join(parts, "")
		readWiki(src, known)
		if got := strings.Join(wikiBlocks(src), ""); strings.Count(got, "a") != strings.Count(src, "a") {
			t.Fatalf("blocks of %q lose words: %q", src, got)
		}
	})
}

func TestDifferenceNamesTheBlock(t *testing.T) {
	a, b := readWiki("one\n\n*two*", known), readWiki("one\n\ntwo\n\nthree", known)
	if got, want := a.difference(b), `block 2 is paragraph: "two"(strong) here and paragraph: "two" there`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := b[:2].difference(b), `block 3 is nothing here and paragraph: "three" there`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := a.difference(a); got != "" {
		t.Errorf("got %q of equal texts", got)
	}
}
