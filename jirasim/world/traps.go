package world

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Traps are how a site behaves worse than it has to.
type Traps struct {
	Lag        time.Duration            // the longest time until a search shows a change
	Lags       map[string]time.Duration // of single issues, by id or key
	Loses      bool                     // a write of rich text that drops media nodes deletes their files
	Normalises bool                     // text is not kept as it was written
	Ignores    bool                     // Data Center: a project in an edit is ignored instead of refused
}

// DropTransition takes a transition, by its id, out of the workflow of a
// project; false if there is none.
func (w *World) DropTransition(p *Project, id string) bool {
	was := p.Workflow.Transitions
	p.Workflow.Transitions = slices.DeleteFunc(slices.Clone(was), func(t Transition) bool { return t.ID == id })
	return len(p.Workflow.Transitions) < len(was)
}

// DropOption takes an option, by its id or its value, and those below it from
// a field, and from the issues that hold it; false if there is none. Other
// than an edit it leaves no trace in their history.
func (w *World) DropOption(by By, f *Field, option string) bool {
	n := slices.IndexFunc(f.Options, func(o Option) bool { return o.ID == option || o.Value == option })
	if n < 0 {
		return false
	}
	id := f.Options[n].ID
	gone := func(x string) bool {
		o, known := f.Option(x)
		return known && (o.ID == id || o.Parent == id)
	}
	for _, key := range slices.Sorted(maps.Keys(w.Issues)) {
		i := w.Issues[key]
		v, has := i.Values[f.ID]
		if !has || !gone(v.Text) && !slices.ContainsFunc(v.List, gone) {
			continue
		}
		next := *i
		next.Values = maps.Clone(i.Values)
		v.List = slices.DeleteFunc(slices.Clone(v.List), gone)
		if gone(v.Text) {
			v = Value{}
		}
		if next.Values[f.ID] = v; v.Empty() {
			delete(next.Values, f.ID)
		}
		w.put(&next, by.Now)
	}
	f.Options = slices.DeleteFunc(slices.Clone(f.Options), func(o Option) bool { return o.ID == id || o.Parent == id })
	return true
}

// tidyLine is a line as a site keeps it that normalises: hard blanks are plain
// ones, and there is none at its ends.
func tidyLine(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\u00a0", " ")) }

// tidy is native rich text as a site keeps it that normalises. In wiki markup
// lines end with CR LF and without blanks, and so does the text; in ADF hard
// blanks are plain ones, neighbours with equal marks are one, no block ends with
// a blank, and no text with an empty paragraph. Which of it Jira does where is unverified; what
// is tidy stays as it is.
func (w *World) tidy(native string) string {
	if w.Flavour == DataCenter {
		lines := strings.Split(strings.ReplaceAll(native, "\r\n", "\n"), "\n")
		for n, l := range lines {
			lines[n] = strings.TrimRight(strings.ReplaceAll(l, "\u00a0", " "), " \t\r")
		}
		return strings.TrimRight(strings.Join(lines, "\r\n"), "\r\n")
	}
	var doc map[string]any
	if native == "" || json.Unmarshal([]byte(native), &doc) != nil {
		return native
	}
	doc["content"] = joined(doc["content"])
	content, _ := doc["content"].([]any)
	for len(content) > 1 && empty(content[len(content)-1]) {
		content = content[:len(content)-1]
	}
	doc["content"] = content
	b, err := json.Marshal(doc)
	if err != nil {
		return native
	}
	return string(b)
}

// joined are the nodes of a content, those of text that belong together as one.
func joined(content any) any {
	nodes, is := content.([]any)
	if !is {
		return content
	}
	out := []any{}
	for _, v := range nodes {
		n, is := v.(map[string]any)
		if !is {
			return content
		}
		if s, is := n["text"].(string); is {
			n["text"] = strings.ReplaceAll(s, "\u00a0", " ")
			if before := last(out); before != nil && reflect.DeepEqual(before["marks"], n["marks"]) {
				before["text"] = before["text"].(string) + n["text"].(string)
				continue
			}
		} else if n["content"] != nil {
			n["content"] = joined(n["content"])
		}
		out = append(out, n)
	}
	if end := last(out); end != nil {
		if end["text"] = strings.TrimRight(end["text"].(string), " \t"); end["text"] == "" {
			out = out[:len(out)-1]
		}
	}
	return out
}

// last is the text node at the end; nil if there is none.
func last(nodes []any) map[string]any {
	if len(nodes) == 0 {
		return nil
	}
	n, _ := nodes[len(nodes)-1].(map[string]any)
	if _, is := n["text"].(string); !is {
		return nil
	}
	return n
}

func empty(node any) bool {
	n, _ := node.(map[string]any)
	content, _ := n["content"].([]any)
	return n["type"] == "paragraph" && len(content) == 0
}
