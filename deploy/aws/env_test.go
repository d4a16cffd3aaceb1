package deploy_test

import (
	"io/fs"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"
)

var variable = regexp.MustCompile(`"(ACCORD_[A-Z_]+)"`)

// read returns the variables of the environment that the functions read, each
// with a file that reads it. Files for a build on this machine do not count.
func read(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, root := range []string{"../../cmd/lambda", "../../lambda"} {
		dir := os.DirFS(root)
		err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := fs.ReadFile(dir, path)
			if strings.HasPrefix(string(text), "//go:build local") {
				return err
			}
			for _, m := range variable.FindAllStringSubmatch(string(text), -1) {
				out[m[1]] = path
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestEnvironment: what the template sets is read, and what is read is set.
func TestEnvironment(t *testing.T) {
	tp, asked := load(t, "template.yaml"), read(t)
	set := map[string]bool{}
	for name := range at(tp.globals, "Function/Environment/Variables").(object) {
		set[name] = true
	}
	functions := tp.of("AWS::Serverless::Function")
	maps.Copy(functions, load(t, "answer.yaml").of("AWS::Serverless::Function"))
	for _, f := range functions {
		if own, ok := at(f, "Environment/Variables").(object); ok {
			for name := range own {
				set[name] = true
			}
		}
	}
	for name, path := range asked {
		if !set[name] {
			t.Errorf("%s reads %s, which nobody sets", path, name)
		}
	}
	for name := range set {
		if asked[name] == "" {
			t.Errorf("the template sets %s, which nobody reads", name)
		}
	}
	if len(asked) < 8 {
		t.Errorf("the functions read %v", asked)
	}
}
