package renderer_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.com/accord/connector/jira/wiki"
	"example.com/accord/jirasim/renderer"
)

// page knows one account and one picture.
func page(bare bool) renderer.Page {
	return renderer.Page{Bare: bare, Below: map[bool]int{true: 2}[bare],
		Person: func(id, called string) (string, string) {
			if id != "ada" || bare {
				return called + id, ""
			}
			return "Ada Brandt", "https://jira.example.com/ada"
		},
		File: func(name, at string) string {
			if name == "x.png" {
				return "/files/1"
			}
			return at
		}}
}

func TestWhatAPageAsksFor(t *testing.T) {
	for markup, want := range map[string][2]string{ // as Jira shows it, and bare
		"h1. So":              {`<h1><a name="So"></a>So</h1>`, `<h3><a name="So"></a>So</h3>`},
		"h6. So":              {`<h6><a name="So"></a>So</h6>`, `<h6><a name="So"></a>So</h6>`},
		"[~ada]":              {`<p><a href="https://jira.example.com/ada" class="user-hover" rel="ada">Ada Brandt</a></p>`, `<p><span class="user-hover">@ada</span></p>`},
		"!x.png!":             {`<p><span class="image-wrap" style=""><img src="/files/1" style="border: 0px solid black" /></span></p>`, `<p><span class="image-wrap"><img src="/files/1" alt="x.png" /></span></p>`},
		"!y.png!":             {"<p>!y.png!</p>", "<p>!y.png!</p>"},
		"[a|javascript:b()]":  {"<p>a</p>", "<p>a</p>"},
		"[a|https://e.com/b]": {`<p><a href="https://e.com/b" class="external-link" rel="nofollow">a</a></p>`, `<p><a href="https://e.com/b" class="external-link" rel="nofollow">a</a></p>`},
		"{code}a<b{code}": {`<div class="code panel" style="border-width: 1px;"><div class="codeContent panelContent">` + "\n" + `<pre class="code-java">a&lt;b</pre>` + "\n</div></div>",
			`<div class="code panel"><div class="codeContent panelContent">` + "\n" + `<pre class="code-java">a&lt;b</pre>` + "\n</div></div>"},
	} {
		for n, bare := range []bool{false, true} {
			if got := page(bare).HTML(wiki.Decode(markup)); got != want[n] {
				t.Errorf("%q, bare %v: %q, want %q", markup, bare, got, want[n])
			}
		}
	}
}

// TestNothingRuns holds that no text becomes a tag or an address that runs.
func TestNothingRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{"<script>", "[a|javascript:x]", "!javascript:x!", "[~\"onclick=x]", "h1. ", "\n", "* ", "|", "||", "{code}", "{panel:title=<b>}", "{color:\"><i>}", "{quote}", "*", "_", "&", "'", `"`, "x", "[b|//e]", "{adf}{\"type\":\"x\"}{adf}"})).Draw(t, "parts")
		got := page(rapid.Bool().Draw(t, "bare")).HTML(wiki.Decode(strings.Join(parts, "")))
		for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(got, -1) {
			if !regexp.MustCompile(`^</?(p|h[1-6]|a|div|pre|code|ul|ol|li|blockquote|hr|table|tbody|tr|th|td|br|span|img|font|mark|b|em|tt|del|ins|sub|sup)( (name|class|rel|style|alt|color)=("[^"<]*"|'[^'<]*')| (href|src)="(/|https?:|mailto:|ftp:)?[^":<]*")*( ?/)?>$`).MatchString(tag) {
				t.Fatalf("the tag %s in %s", tag, got)
			}
		}
		if plain := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(got, ""); strings.ContainsAny(plain, `<>`) {
			t.Fatalf("half a tag in %s", got)
		}
	})
}
