package adf_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"example.com/accord/connector/jira/adf"
)

// jiraDocs returns the folder of Jira's documents, which are not part of this
// repository.
func jiraDocs(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("JIRA_DOCS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "jira")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("SKIPPED: no Jira documents; set JIRA_DOCS to their folder: %v", err)
	}
	return dir
}

func readJSON(t testing.TB, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

type golden struct {
	Name     string
	ADF      json.RawMessage
	ADFAgain json.RawMessage
	Wiki     string
}

// documents returns every ADF document of the golden pairs by name.
func documents(t testing.TB) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, file := range []string{"golden-adf-to-wiki.json", "golden-wiki-to-adf.json"} {
		var pairs []golden
		readJSON(t, filepath.Join(jiraDocs(t), "adf", file), &pairs)
		for _, p := range pairs {
			out[file+" "+p.Name] = p.ADF
			if p.ADFAgain != nil {
				out[file+" "+p.Name+" again"] = p.ADFAgain
			}
		}
	}
	return out
}

func TestGoldenDocumentsKeepTheirMeaning(t *testing.T) {
	for name, doc := range documents(t) {
		d, err := adf.Decode(doc)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := adf.Valid(doc); err != nil {
			t.Errorf("%s: valid document refused: %v", name, err)
		}
		again := adf.Encode(d)
		if len(d) > 0 {
			if err := adf.Valid(again); err != nil {
				t.Errorf("%s: %v\n%s", name, err, again)
			}
		}
		e, err := adf.Decode(again)
		if err != nil || !e.Equal(d) {
			t.Errorf("%s: %v\nhave %s\nof   %s", name, err, again, doc)
		}
	}
}
