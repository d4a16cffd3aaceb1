package jirasim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"example.com/accord/jirasim"
)

// A grammar makes documents by Atlassian's schema of ADF.
type grammar struct {
	root   map[string]any
	schema *jsonschema.Schema
	height map[string]int // of a definition: how deep the least of what it describes is
}

// readGrammar reads the schema, without the three places in which it is looser
// than itself: mediaSingle may have any further key, in a bodiedSyncBlock some
// nodes may have any mark, and where children are described by their position
// those beyond may be anything.
func readGrammar(t *testing.T) *grammar {
	t.Helper()
	g := &grammar{height: map[string]int{}}
	if err := json.Unmarshal(documents(t, "adf", "adf-schema-v1-full.json"), &g.root); err != nil {
		t.Fatal(err)
	}
	defs := g.root["definitions"].(map[string]any)
	single := defs["mediaSingle_node"].(map[string]any)
	single["additionalProperties"] = false
	single["properties"].(map[string]any)["content"] = map[string]any{}
	items := dig(defs, "bodiedSyncBlock_node", "properties", "content", "items").(map[string]any)
	items["anyOf"] = slices.DeleteFunc(items["anyOf"].([]any), func(v any) bool {
		name := strings.TrimPrefix(fmt.Sprint(dig(v, "$ref")), "#/definitions/")
		return slices.Contains([]string{"paragraph_node", "heading_node", "mediaSingle_node", "layoutSection_node"}, name)
	})
	settle(g.root)
	c := jsonschema.NewCompiler()
	if err := c.AddResource("adf.json", g.root); err != nil {
		t.Fatal(err)
	}
	var err error
	if g.schema, err = c.Compile("adf.json"); err != nil {
		t.Fatal(err)
	}
	for range len(defs) {
		for name, d := range defs {
			g.height[name] = g.tall(d.(map[string]any))
		}
	}
	return g
}

// settle says of children beyond those described that they are as the last.
func settle(v any) {
	switch x := v.(type) {
	case map[string]any:
		if several := list(x["items"]); len(several) > 0 {
			x["additionalItems"] = several[len(several)-1]
		}
		for _, e := range x {
			settle(e)
		}
	case []any:
		for _, e := range x {
			settle(e)
		}
	}
}

// tall is how deep the least value of a schema is, as far as that is known.
func (g *grammar) tall(s map[string]any) int {
	const unknown = math.MaxInt / 2
	if name, is := strings.CutPrefix(fmt.Sprint(s["$ref"]), "#/definitions/"); is {
		if h, known := g.height[name]; known {
			return h
		}
		return unknown
	}
	if alts, is := s["anyOf"].([]any); is {
		least := unknown
		for _, a := range alts {
			least = min(least, g.tall(a.(map[string]any)))
		}
		return least
	}
	most := 0
	for _, a := range list(s["allOf"]) {
		most = max(most, g.tall(a.(map[string]any)))
	}
	for _, name := range list(s["required"]) {
		if p, is := dig(s, "properties", name.(string)).(map[string]any); is {
			most = max(most, g.tall(p)+1)
		}
	}
	if n, _ := s["minItems"].(float64); n > 0 {
		if one, is := s["items"].(map[string]any); is {
			most = max(most, g.tall(one)+1)
		}
	}
	return min(most, unknown)
}

func list(v any) []any { l, _ := v.([]any); return l }

// make makes a value that a schema describes, not much deeper than deep.
func (g *grammar) make(t *rapid.T, s map[string]any, deep int) any {
	if name, is := strings.CutPrefix(fmt.Sprint(s["$ref"]), "#/definitions/"); is {
		return g.make(t, g.root["definitions"].(map[string]any)[name].(map[string]any), deep)
	}
	if alts := list(s["anyOf"]); len(alts) > 0 {
		fit := slices.DeleteFunc(slices.Clone(alts), func(a any) bool { return g.tall(a.(map[string]any)) > max(deep, g.tall(s)) })
		return g.make(t, rapid.SampledFrom(fit).Draw(t, "alternative").(map[string]any), deep)
	}
	if enum := list(s["enum"]); len(enum) > 0 {
		return rapid.SampledFrom(enum).Draw(t, "value")
	}
	if all := list(s["allOf"]); len(all) > 0 {
		out := map[string]any{}
		for _, a := range all {
			o, _ := g.make(t, a.(map[string]any), deep).(map[string]any)
			maps.Copy(out, o)
		}
		return out
	}
	switch s["type"] {
	case "object":
		return g.object(t, s, deep)
	case "array":
		return g.array(t, s, deep)
	case "number", "integer":
		low, _ := s["minimum"].(float64)
		high, is := s["maximum"].(float64)
		if !is {
			high = low + 6
		}
		return float64(rapid.IntRange(int(low), int(high)).Draw(t, "number"))
	case "boolean":
		return rapid.Bool().Draw(t, "bool")
	}
	if s["pattern"] != nil {
		return rapid.SampledFrom([]string{"#aabbcc", "#091e4224", "red", "neutral"}).Draw(t, "color")
	}
	return rapid.SampledFrom([]string{"a", "b c", "https://example.com", "1700000000000"}).Draw(t, "words")
}

func (g *grammar) object(t *rapid.T, s map[string]any, deep int) any {
	out := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		p := properties[name].(map[string]any)
		if slices.Contains(list(s["required"]), any(name)) || g.tall(p) < deep && rapid.Bool().Draw(t, name) {
			out[name] = g.make(t, p, deep-1)
		}
	}
	return out
}

func (g *grammar) array(t *rapid.T, s map[string]any, deep int) any {
	least, _ := s["minItems"].(float64)
	most, bounded := s["maxItems"].(float64)
	if !bounded {
		most = least + 2
	}
	n := int(least)
	if deep > 0 {
		n = rapid.IntRange(int(least), int(most)).Draw(t, "length")
	}
	out := []any{}
	for i := range n {
		one, is := s["items"].(map[string]any)
		if several := list(s["items"]); len(several) > 0 {
			one, is = several[min(i, len(several)-1)].(map[string]any)
		}
		if is {
			out = append(out, g.make(t, one, deep-1))
		}
	}
	return out
}

// TestDocumentsAreTakenAsTheSchemaHasThem writes random documents, and
// others that are one step away from them, into a description: a site takes
// what Atlassian's schema takes, and refuses the rest as recorded.
func TestDocumentsAreTakenAsTheSchemaHasThem(t *testing.T) {
	g := readGrammar(t)
	p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Unlimited = true })
	key := p.create(nil)
	seen := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		doc := g.make(t, map[string]any{"$ref": "#/definitions/doc_node"}, rapid.IntRange(3, 12).Draw(t, "depth")).(map[string]any)
		if rapid.Bool().Draw(t, "one step away") {
			step(t, doc)
		}
		if doc["type"] != "doc" || len(list(doc["content"])) == 0 {
			t.Skip("no document, or nothing in it")
		}
		want := g.schema.Validate(doc) == nil
		seen[want]++
		a := p.do("PUT", "/issue/"+key, map[string]any{"fields": map[string]any{"description": doc}})
		switch {
		case want && a.status == 204:
		case !want && a.status == 400 && dig(a.body, "errorMessages", 0) == "INVALID_INPUT":
		default:
			b, _ := json.Marshal(doc)
			t.Fatalf("the schema says %v, the site %d %s\n%s\n%v", want, a.status, a.raw, b, g.schema.Validate(doc))
		}
	})
	t.Logf("valid and not: %v", seen)
	if seen[true] == 0 || seen[false] == 0 {
		t.Errorf("valid and not: %v", seen)
	}
}

// step changes one thing in a document: a member goes, comes, or is of another kind.
func step(t *rapid.T, doc map[string]any) {
	all := []map[string]any{}
	var collect func(v any)
	collect = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			if len(x) > 0 {
				all = append(all, x)
			}
			for _, k := range slices.Sorted(maps.Keys(x)) {
				collect(x[k])
			}
		case []any:
			for _, e := range x {
				collect(e)
			}
		}
	}
	collect(doc)
	at := rapid.SampledFrom(all).Draw(t, "where")
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(at))).Draw(t, "member")
	switch rapid.IntRange(0, 3).Draw(t, "step") {
	case 0:
		delete(at, name)
	case 1:
		at["surprise"] = 1.0
	case 2:
		at[name] = rapid.SampledFrom([]any{nil, "", "a", 7.0, true, []any{}, map[string]any{}, []any{"a"}}).Draw(t, "other value")
	case 3:
		if l := list(at[name]); len(l) > 0 {
			at[name] = append(slices.Clone(l), l[0])
		}
	}
}

// TestTheSiteNamesNodes: what is written without a localId comes back with one,
// which the same document written again keeps; one that is given stays.
func TestTheSiteNamesNodes(t *testing.T) {
	p := open(t, jirasim.Cloud)
	key := p.create(nil)
	paragraph := `{"type":"paragraph","content":[{"type":"text","text":"x"}]}`
	write := func() {
		p.must(204, "PUT", "/issue/"+key, `{"fields":{"description":{"type":"doc","version":1,"content":[
			{"type":"table","content":[{"type":"tableRow","content":[{"type":"tableCell","content":[`+paragraph+`]}]}]},
			{"type":"taskList","attrs":{"localId":""},"content":[{"type":"taskItem","attrs":{"localId":"mine","state":"TODO"}}]}]}}}`)
	}
	read := func() (table, tasks, item any) {
		a := p.must(200, "GET", "/issue/"+key, nil)
		id := func(path ...any) any { return a.at(append([]any{"fields", "description", "content"}, path...)...) }
		return id(0, "attrs", "localId"), id(1, "attrs", "localId"), id(1, "content", 0, "attrs", "localId")
	}
	write()
	table, tasks, item := read()
	for what, id := range map[string]any{"table": table, "task list": tasks} {
		if s, _ := id.(string); len(s) != 36 {
			t.Errorf("the %s has the localId %v", what, id)
		}
	}
	if table == tasks || item != "mine" {
		t.Errorf("they are %v, %v, %v", table, tasks, item)
	}
	write()
	if again, _, _ := read(); again != table {
		t.Errorf("it is %v after %v", again, table)
	}
	if n := p.must(200, "GET", "/issue/"+key+"/changelog", nil).at("total"); n != 1.0 {
		t.Errorf("the history has %v entries", n)
	}
}
