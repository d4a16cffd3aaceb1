package jira

import (
	"strings"
	"testing"

	"example.com/accord/connector/jira/adf"
	"example.com/accord/issue"
	"example.com/accord/text"
)

func withFile(t *testing.T, id string, lines ...string) issue.Text {
	t.Helper()
	d, err := adf.Decode([]byte(`{"type":"doc","version":1,"content":[{"type":"expand","attrs":{"title":"x"},"content":[
		{"type":"mediaSingle","attrs":{"layout":"center"},"content":[{"type":"media","attrs":{"type":"file","id":"` + id + `","collection":""}}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return issue.Text{Doc: append(text.Of(lines...), d...)}
}

func TestNoFileIsLostWithItsText(t *testing.T) {
	plain := issue.Text{Doc: text.Of("only words")}
	for name, c := range map[string]struct {
		reason   string
		flavour  Flavour
		from, to issue.Value
		refused  bool
	}{
		"dropped":       {"Cloud deletes a file with the last text that shows it", Cloud, withFile(t, "f-1", "a"), plain, true},
		"kept":          {"the words around it may change", Cloud, withFile(t, "f-1", "a"), withFile(t, "f-1", "b"), false},
		"another":       {"another file does not stand for it", Cloud, withFile(t, "f-1", "a"), withFile(t, "f-2", "a"), true},
		"in a comment":  {"a comment is a text too", Cloud, issue.Row{"body": withFile(t, "f-1")}, issue.Row{"body": plain}, true},
		"none":          {"there is nothing to lose", Cloud, plain, issue.Text{}, false},
		"not on Server": {"Data Center keeps attachments that no text shows", DataCenter, withFile(t, "f-1", "a"), plain, false},
	} {
		t.Run(name, func(t *testing.T) {
			why := dialectOf(c.flavour).losesFile(c.from, c.to)
			if (why != "") != c.refused || c.refused && !strings.Contains(why, "f-1") {
				t.Errorf("%s: %q", c.reason, why)
			}
		})
	}
}
