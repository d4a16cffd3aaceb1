package jirasim_test

import (
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// TestFieldsAreRendered as people read them.
func TestFieldsAreRendered(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(map[string]any{"duedate": "2026-12-01", "timetracking": map[string]any{"originalEstimate": "1d"}})
		p.attach(200, key, file{"x.png", "", strings.Repeat("x", 2048)})
		p.must(204, "PUT", "/rest/api/2/issue/"+key, map[string]any{"fields": map[string]any{"description": "h2. What happens\n\nIt *fails* & [the log|https://e.com/a?b=1&c=2].\n----\n!x.png!"}})
		p.must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("a < b")})
		p.must(201, "POST", "/issue/"+key+"/worklog", `{"timeSpent":"1h"}`)
		r := p.must(200, "GET", "/issue/"+key+"?expand=renderedFields", nil).at("renderedFields")
		picture := map[jirasim.Flavour]string{jirasim.Cloud: "https://jira.example.com/rest/api/3/attachment/content/10000", jirasim.DataCenter: "https://jira.example.com/secure/attachment/10000/x.png"}[p.opt.Flavour]
		want := `<h2><a name="Whathappens"></a>What happens</h2>` + "\n" + `<p>It <b>fails</b> &amp; <a href="https://e.com/a?b=1&amp;c=2" class="external-link" rel="nofollow">the log</a>.</p>` + "\n<hr />\n" +
			`<p><span class="image-wrap" style=""><img src="` + picture + `" style="border: 0px solid black" /></span></p>`
		if got := dig(r, "description"); got != want {
			t.Errorf("the description is\n%v\nwant\n%v", got, want)
		}
		for _, c := range []struct {
			want any
			path []any
		}{
			{"<p>a &lt; b</p>", []any{"comment", "comments", 0, "body"}}, {"24/Nov/26 1:00 PM", []any{"comment", "comments", 0, "created"}},
			{"24/Nov/26 1:00 PM", []any{"created"}}, {"01/Dec/26", []any{"duedate"}}, {nil, []any{"status"}}, {nil, []any{"resolutiondate"}}, {"", []any{"environment"}},
			{"2 kB", []any{"attachment", 0, "size"}}, {"7h", []any{"timeestimate"}}, {"1d", []any{"timetracking", "originalEstimate"}},
			{"24/Nov/26 1:00 PM", []any{"worklog", "worklogs", 0, "started"}}, {"", []any{"worklog", "worklogs", 0, "comment"}},
		} {
			if got := dig(r, c.path...); got != c.want {
				t.Errorf("%v is %v, want %v", c.path, got, c.want)
			}
		}
		if raw := p.must(200, "GET", "/issue/"+key+"?expand=renderedFields", nil); raw.at("fields", "comment", "comments", 0, "created") == "24/Nov/26 1:00 PM" {
			t.Error("the fields themselves are rendered")
		}
	})
}

func TestEveryKindOfBlockIsRendered(t *testing.T) {
	p := open(t, jirasim.DataCenter)
	key := p.create(nil)
	for markup, want := range map[string]string{
		"* a\n* b":                        "<ul>\n\t<li>a</li>\n\t<li>b</li>\n</ul>",
		"# a":                             "<ol>\n\t<li>a</li>\n</ol>",
		"{code:go}x < 1{code}":            `<pre class="code-go">x &lt; 1</pre>`,
		"{quote}said{quote}":              "<blockquote><p>said</p></blockquote>",
		"{panel}in{panel}":                `<div class="panelContent">` + "\n<p>in</p>\n</div>",
		"||h||\n|c|":                      "<th class='confluenceTh'>h</th>",
		"[~ada] and _em_ -no- +in+":       `class="user-hover" rel="ada">Ada Brandt</a> and <em>em</em> <del>no</del> <ins>in</ins>`,
		"{{tt}} ^2^ ~1~":                  "<tt>tt</tt> <sup>2</sup> <sub>1</sub>",
		"{color:#ff0000}red{color} !n.x!": `<font color="#ff0000">red</font> !n.x!`,
		"one\\\\two":                      "one<br/>\ntwo",
	} {
		id := p.must(201, "POST", "/issue/"+key+"/comment?expand=renderedBody", map[string]any{"body": markup})
		if got, _ := id.at("renderedBody").(string); !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", markup, got, want)
		}
	}
}

// TestCommentsAreRendered where they are asked for so, and else not.
func TestCommentsAreRendered(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		at := "/issue/" + key + "/comment"
		id := p.must(201, "POST", at, map[string]any{"body": p.text("x")}).at("id").(string)
		for path, where := range map[string][]any{at: {"comments", 0}, at + "/" + id: {}} {
			if a := p.must(200, "GET", path+"?expand=renderedBody", nil); a.at(append(where, "renderedBody")...) != "<p>x</p>" {
				t.Errorf("%s: %s", path, a.raw)
			}
			if a := p.must(200, "GET", path, nil); a.at(append(where, "renderedBody")...) != nil {
				t.Errorf("%s: rendered unasked", path)
			}
		}
		if a := p.must(200, "PUT", at+"/"+id+"?expand=renderedBody", map[string]any{"body": p.text("y")}); a.at("renderedBody") != "<p>y</p>" {
			t.Errorf("after an edit %s", a.raw)
		}
		if p.opt.Flavour == jirasim.Cloud {
			if a := p.must(200, "POST", "/comment/list?expand=renderedBody", `{"ids":[`+id+`]}`); a.at("values", 0, "renderedBody") != "<p>y</p>" {
				t.Errorf("listed %s", a.raw)
			}
		}
	})
}
