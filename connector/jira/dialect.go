package jira

import (
	"encoding/json"

	"example.com/accord/connector/jira/adf"
	"example.com/accord/connector/jira/wiki"
	"example.com/accord/text"
)

// A dialect is all in which Cloud and Data Center differ for this client. What
// is not here is the same on both, or told apart by what an answer holds.
type dialect struct {
	name        string // as its users call it
	api         string // where the REST API lives: docs/JIRA.md "Shapes"
	jql         string // POST here searches: docs/JIRA.md "Search"
	tokens      bool   // a search goes on by nextPageToken; false: by startAt
	found       bool   // a search returns entity properties; false: each candidate is read
	bulk        bool   // /issue/bulkfetch reads many issues in one call
	count       string // POST here estimates how many issues match; empty: the search says it
	logPages    bool   // a long changelog is cut off and paged; false: it always comes whole
	commentList bool   // /comment/list returns comments with their properties; false: one GET each
	user        string // key of a person's id in a field value: docs/JIRA.md "Users"
	userKeys    bool   // the changelog names people by key, not by the id that fields show
	tells       bool   // an answer tells the limit of our account, if there is one: docs/JIRA.md "Rate limits"
	hooks       []string
	decode      func(json.RawMessage) (text.Doc, error)
	encode      func(text.Doc) any      // nil for the empty text: docs/JIRA.md "Rich text"
	files       func(text.Doc) []string // files that are deleted with the text that shows them; nil: none is
}

// The dialects by flavour. The first path of hooks that exists is taken:
// docs/JIRA.md "Webhooks".
func dialectOf(f Flavour) dialect {
	if f == DataCenter {
		return dialect{
			name:     "Data Center",
			api:      "/rest/api/2",
			jql:      "/search",
			userKeys: true,
			tells:    true,
			user:     "name",
			hooks:    []string{"/rest/jira-webhook/1.0/webhooks", "/rest/webhooks/1.0/webhook"},
			decode:   decodeWiki,
			encode:   encodeWiki,
		}
	}
	return dialect{
		name:        "Cloud",
		api:         "/rest/api/3",
		jql:         "/search/jql",
		tokens:      true,
		found:       true,
		bulk:        true,
		count:       "/search/approximate-count",
		logPages:    true,
		commentList: true,
		user:        "accountId",
		hooks:       []string{"/rest/webhooks/1.0/webhook"},
		decode:      decodeADF,
		encode:      encodeADF,
		files:       media,
	}
}

func decodeADF(b json.RawMessage) (text.Doc, error) { return adf.Decode(b) }

func encodeADF(d text.Doc) any { return json.RawMessage(adf.Encode(d)) }

func decodeWiki(b json.RawMessage) (text.Doc, error) {
	if empty(b) {
		return nil, nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, err
	}
	return wiki.Decode(s), nil
}

func encodeWiki(d text.Doc) any {
	if s := wiki.Encode(d); s != "" {
		return s
	}
	return nil
}

// empty reports whether a value is missing or null.
func empty(b json.RawMessage) bool { return len(b) == 0 || string(b) == "null" }
