package aslambda_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/accord/app/aslambda"
)

// TestFindSaysWhatToDo holds the errors for functions that are not there.
func TestFindSaysWhatToDo(t *testing.T) {
	empty := t.TempDir()
	if _, err := aslambda.Find(t.Context(), empty, ""); err == nil || !strings.Contains(err.Error(), empty+" has no program hear; `make lambda-local`") {
		t.Errorf("an empty folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(empty, "hear"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := aslambda.Find(t.Context(), empty, ""); err == nil || !strings.Contains(err.Error(), "has no program hear") {
		t.Errorf("no program: %v", err)
	}
	t.Chdir(empty)
	if _, err := aslambda.Find(t.Context(), "", ""); err == nil || !strings.Contains(err.Error(), "say --functions DIR") {
		t.Errorf("outside the source tree: %v", err)
	}
}

func TestFindTakesWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	for _, name := range aslambda.Names() {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := aslambda.Find(t.Context(), dir, ""); err != nil || got != dir {
		t.Errorf("%s, %v", got, err)
	}
}

// TestBuild builds a function, and says what does not build.
func TestBuild(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := aslambda.Build(t.Context(), root, dir, "hear", false); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "hear")); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("%v, %v", info, err)
	}
	if err := aslambda.Build(t.Context(), root, dir, "nothing", false); err == nil || !strings.Contains(err.Error(), "build function nothing") {
		t.Errorf("%v", err)
	}
	t.Setenv("PATH", "")
	if err := aslambda.Build(t.Context(), root, dir, "hear", false); err == nil || !strings.Contains(err.Error(), "no Go on the PATH") {
		t.Errorf("without Go: %v", err)
	}
}
