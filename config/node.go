package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A reader reads one file and collects its faults.
type reader struct {
	file, folder string
	faults       Faults
	anchors      map[string]ast.Node
	siteNodes    []node // where each site begins
}

// A node is a value in the file, and the words that lead to it: "sites.acme".
type node struct {
	ast  ast.Node
	path string
	at   *token.Position
}

// An entry is one key of a mapping and its value.
type entry struct {
	node
	key string
}

// parse returns the root of src; false: it is no YAML, or empty.
func (r *reader) parse(src []byte) (root node, ok bool) {
	defer func() {
		if recover() != nil { // the parser's own fault, on bytes that are no text
			r.faults, ok = append(r.faults, Fault{File: r.file, What: "is not YAML"}), false
		}
	}()
	file, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		f := Fault{File: r.file, What: "is not YAML"}
		// Only the parser's sentence: its whole text shows lines of the file, which may hold a secret.
		if e, is := err.(yaml.Error); is {
			f.What = "this is not YAML: " + e.GetMessage()
			if t := e.GetToken(); t != nil && t.Position != nil {
				f.Line, f.Column = t.Position.Line, t.Position.Column
			}
		}
		r.faults = append(r.faults, f)
		return node{}, false
	}
	bodies := slices.DeleteFunc(slices.Clone(file.Docs), func(d *ast.DocumentNode) bool { return d.Body == nil })
	switch len(bodies) {
	case 0:
		r.faults = append(r.faults, Fault{File: r.file, What: "is empty"})
		return node{}, false
	case 1:
	default:
		r.faults = append(r.faults, Fault{File: r.file, What: fmt.Sprintf("holds %d YAML documents; it must be one", len(bodies))})
		return node{}, false
	}
	r.anchors = map[string]ast.Node{}
	ast.Walk(r, bodies[0].Body)
	return node{ast: bodies[0].Body}, true
}

// Visit implements [ast.Visitor]: it remembers anchors.
func (r *reader) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok {
		r.anchors[a.Name.GetToken().Value] = a.Value
	}
	return r
}

// resolve goes through anchors, aliases and tags to the value itself.
func (r *reader) resolve(n ast.Node) ast.Node {
	for range 10 { // an alias may name another, but not for ever
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			n = r.anchors[v.Value.GetToken().Value]
		case *ast.TagNode:
			n = v.Value
		default:
			return n
		}
	}
	return nil
}

func (r *reader) fault(n node, format string, args ...any) { r.say(n, false, format, args...) }
func (r *reader) note(n node, format string, args ...any)  { r.say(n, true, format, args...) }

func (r *reader) say(n node, note bool, format string, args ...any) {
	f := Fault{File: r.file, Line: 1, Column: 1, What: fmt.Sprintf(format, args...), Note: note}
	if n.path != "" {
		f.What = n.path + ": " + f.What
	}
	if n.at != nil {
		f.Line, f.Column = n.at.Line, n.at.Column
	}
	r.faults = append(r.faults, f)
}

func child(n node, key string, v ast.Node, at *token.Position) node {
	path := key
	if n.path != "" {
		path = n.path + "." + key
	}
	return node{v, path, at}
}

// named reads a mapping whose keys are names that the file gives; nil: it is none.
func (r *reader) named(n node) []entry {
	var pairs []*ast.MappingValueNode
	switch v := r.resolve(n.ast).(type) {
	case nil, *ast.NullNode:
		return []entry{}
	case *ast.MappingNode:
		pairs = v.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{v}
	default:
		r.fault(n, "must be a mapping (key: value), not %s", kindOf(v))
		return nil
	}
	es := []entry{}
	for _, p := range pairs {
		t := p.Key.GetToken()
		e := entry{child(n, t.Value, p.Value, t.Position), t.Value}
		if s, ok := r.resolve(p.Key).(*ast.StringNode); ok {
			e.key = s.Value
		}
		if slices.ContainsFunc(es, func(o entry) bool { return o.key == e.key }) {
			r.fault(e.node, "stands here twice; the first counts")
			continue
		}
		es = append(es, e)
	}
	return es
}

// object reads a mapping whose keys are known, and returns the values by key;
// nil: it is none, which was said.
func (r *reader) object(n node, keys ...string) map[string]node {
	es := r.named(n)
	if es == nil {
		return nil
	}
	out := map[string]node{}
	for _, e := range es {
		if !slices.Contains(keys, e.key) {
			r.fault(node{at: e.at, path: n.path}, "unknown key %q%s", e.key, nearest(e.key, keys))
			continue
		}
		out[e.key] = e.node
	}
	return out
}

// need reports whether o has the key, and says so at n if not.
func (r *reader) need(n node, o map[string]node, key, why string) bool {
	_, ok := o[key]
	if !ok && o != nil {
		r.fault(n, "%s is missing: %s", key, why)
	}
	return ok
}

// list reads a sequence; one value alone counts as a list of it if single.
func (r *reader) list(n node, single bool) []node {
	v := r.resolve(n.ast)
	seq, ok := v.(*ast.SequenceNode)
	switch {
	case v == nil || v.Type() == ast.NullType:
		return nil
	case !ok && single:
		return []node{n}
	case !ok:
		r.fault(n, "must be a list, not %s", kindOf(v))
		return nil
	}
	var out []node
	for i, v := range seq.Values {
		out = append(out, node{v, fmt.Sprintf("%s[%d]", n.path, i+1), position(v)})
	}
	return out
}

// position is where a value begins; a block mapping begins at its first key.
func position(n ast.Node) *token.Position {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken().Position
	}
	return n.GetToken().Position
}

// word reads one value as it is written; false: it is something else, or empty.
func (r *reader) word(n node) (string, bool) {
	text, ok := r.scalar(n)
	v := r.resolve(n.ast)
	switch {
	case !ok && v != nil && v.Type() != ast.NullType:
		r.fault(n, "must be one value, not %s", kindOf(v))
		return "", false
	case text == "":
		r.fault(n, "is empty")
		return "", false
	}
	return text, true
}

// scalar returns one value as it is written, and false, without a fault, where
// there is something else.
func (r *reader) scalar(n node) (string, bool) {
	switch v := r.resolve(n.ast).(type) {
	case nil, *ast.NullNode:
		return "", false
	case *ast.StringNode:
		return strings.TrimSpace(v.Value), true
	case *ast.LiteralNode:
		return strings.TrimSpace(v.Value.Value), true
	case ast.ScalarNode:
		return v.GetToken().Value, true
	}
	return "", false
}

// oneOf reads a word that must be one of words.
func (r *reader) oneOf(n node, words ...string) string {
	w, ok := r.word(n)
	if ok && !slices.Contains(words, w) {
		r.fault(n, "%q is not known%s", w, nearest(w, words))
		return ""
	}
	return w
}

func (r *reader) yes(n node) bool {
	w := r.oneOf(n, "on", "off", "true", "false")
	return w == "on" || w == "true"
}

func (r *reader) duration(n node, least time.Duration) time.Duration {
	w, ok := r.word(n)
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(w)
	switch {
	case err != nil:
		r.fault(n, "%q is no duration; write it like 30s, 5m or 1h30m", w)
	case d < least:
		r.fault(n, "%v is too short; at least %v", d, least)
	}
	return d
}

func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.LiteralNode:
		return "a single value"
	case *ast.NullNode:
		return "nothing"
	}
	return "this"
}
