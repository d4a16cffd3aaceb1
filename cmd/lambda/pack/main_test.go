package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSizes packs the two functions that start most often, for the processor
// that they are deployed on. A zip is loaded before a cold start: it stays small.
func TestSizes(t *testing.T) {
	t.Chdir("../../..")
	out := t.TempDir()
	for name, most := range map[string]int64{"hear": 5_000_000, "turn": 10_000_000} {
		binary, zipped, err := pack(name, "arm64", out)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes, zipped %d", name, binary, zipped)
		if zipped > most {
			t.Errorf("%s.zip has %d bytes, at most %d may be", name, zipped, most)
		}
		z, err := zip.OpenReader(filepath.Join(out, name+".zip"))
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		if f := z.File; len(f) != 1 || f[0].Name != "bootstrap" || f[0].Mode().Perm() != 0o755 || int64(f[0].UncompressedSize64) != binary {
			t.Errorf("%s.zip holds %+v", name, f)
		}
	}
}

func TestZipIsTheSameEachTime(t *testing.T) {
	var one, two bytes.Buffer
	src := bytes.Repeat([]byte("accord"), 10_000)
	for _, w := range []io.Writer{&one, &two} {
		if err := write(w, src); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) || one.Len() > len(src)/10 {
		t.Errorf("%d bytes, then %d other ones", one.Len(), two.Len())
	}
}

// TestHearReachesLittle holds what makes hear small: nothing calls methods by
// name, for which the linker would keep every exported method, and no client of
// a site or engine is in it.
func TestHearReachesLittle(t *testing.T) {
	t.Chdir("../../..")
	args := slices.Concat([]string{"build", "-o", os.DevNull}, flags, []string{"-ldflags", "-dumpdep", "./cmd/lambda/hear"})
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64")
	deps, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, deps)
	}
	if !bytes.Contains(deps, []byte("main.main")) {
		t.Fatal("the linker does not say what depends on what")
	}
	for line := range strings.Lines(string(deps)) {
		if strings.Contains(line, "ReflectMethod") {
			t.Errorf("methods are called by name: %s", line)
		}
	}
	list, err := exec.Command("go", "list", "-deps", "./cmd/lambda/hear").Output()
	if err != nil {
		t.Fatal(err)
	}
	reached := strings.Fields(string(list))
	for _, p := range []string{"connector/jira", "connector/jira/adf", "connector/jira/wiki", "engine", "app", "web", "durable/sqlite"} {
		if slices.Contains(reached, "example.com/accord/"+p) {
			t.Errorf("hear reaches %s", p)
		}
	}
}

func TestPackSaysWhatFails(t *testing.T) {
	t.Chdir("../../..")
	if _, _, err := pack("nothing", "arm64", t.TempDir()); err == nil || !strings.Contains(err.Error(), "build nothing") {
		t.Errorf("%v", err)
	}
}
