package accord_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	cited   = regexp.MustCompile(`([A-Za-z/]+\.md) "([^"]+)"`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	goesOn  = regexp.MustCompile(`\n\s*// ?`)
	linked  = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
)

// Comments cite pages by their sections: docs/JIRA.md "Search". Each has to be there.
func TestCitedSectionsAreThere(t *testing.T) {
	sections := map[string]map[string]bool{}
	for path, text := range files(t, ".go") {
		for _, m := range cited.FindAllStringSubmatch(goesOn.ReplaceAllString(text, " "), -1) {
			page, section := m[1], m[2]
			if sections[page] == nil {
				b, err := os.ReadFile(page)
				if err != nil {
					t.Errorf("%s cites %s: %v", path, page, err)
					continue
				}
				sections[page] = map[string]bool{}
				for _, h := range heading.FindAllStringSubmatch(string(b), -1) {
					sections[page][h[1]] = true
				}
			}
			if !sections[page][section] {
				t.Errorf("%s cites %s %q, which is not there", path, page, section)
			}
		}
	}
	if len(sections) == 0 {
		t.Error("nothing is cited")
	}
}

// Pages link to files of the repository. Each has to be there.
func TestLinkedFilesAreThere(t *testing.T) {
	for path, text := range files(t, ".md") {
		dir := path[:strings.LastIndex(path, "/")+1]
		for _, m := range linked.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(dir + m[1]); err != nil {
				t.Errorf("%s links to %s: %v", path, m[1], err)
			}
		}
	}
}

// files returns the text of every file of the repository that ends so.
func files(t *testing.T, ending string) map[string]string {
	t.Helper()
	root := os.DirFS(".")
	out := map[string]string{}
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ending) {
			return nil
		}
		b, err := fs.ReadFile(root, p)
		out[p] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
