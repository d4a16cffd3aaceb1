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

// TestSizes packs the functions that start most often, for the processor that
// they are deployed on. A zip is loaded before a cold start: it stays small. The
// one that a site waits for is smaller than the public example, which does
// nothing. All functions are packed, and started, with the tag emu: see
// cmd/lambda/bench.
func TestSizes(t *testing.T) {
	t.Chdir("../../..")
	out := t.TempDir()
	sizes := map[string]int64{}
	for _, name := range []string{"hear", "turn", "answer", "bench/hello"} {
		binary, zipped, err := pack(name, "arm64", out)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes, zipped %d", name, binary, zipped)
		sizes[name] = zipped
		z, err := zip.OpenReader(filepath.Join(out, name+".zip"))
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		if f := z.File; len(f) != 1 || f[0].Name != "bootstrap" || f[0].Mode().Perm() != 0o755 || int64(f[0].UncompressedSize64) != binary {
			t.Errorf("%s.zip holds %+v", name, f)
		}
	}
	for name, most := range map[string]int64{"hear": 5_000_000, "turn": 10_000_000, "answer": sizes["bench/hello"]} {
		if sizes[name] > most {
			t.Errorf("%s.zip has %d bytes, at most %d may be", name, sizes[name], most)
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

// TestWhoStartsOftenReachesLittle holds what makes hear and answer small: nothing
// calls methods by name, for which the linker would keep every exported method,
// and no client of a site or engine is in them. Answer has nothing of AWS either.
func TestWhoStartsOftenReachesLittle(t *testing.T) {
	t.Chdir("../../..")
	ours := []string{"connector/jira", "connector/jira/adf", "connector/jira/wiki", "engine", "app", "web", "durable/sqlite"}
	for name, not := range map[string][]string{
		"hear":   {"github.com/aws/aws-sdk-go-v2/config", "github.com/aws/aws-sdk-go-v2/service/sso", "github.com/aws/aws-sdk-go-v2/service/sts"},
		"answer": {"github.com/aws/", "example.com/accord/config", "example.com/accord/durable", "example.com/accord/lambda/ground"},
	} {
		for line := range strings.Lines(linked(t, name)) {
			if strings.Contains(line, "ReflectMethod") {
				t.Errorf("%s: methods are called by name: %s", name, line)
			}
		}
		for _, p := range reached(t, name) {
			if strings.HasSuffix(p, "/schemas") { // see go.mod
				t.Errorf("%s makes the tables of %s at its start", name, p)
			}
			if slices.Contains(ours, strings.TrimPrefix(p, "example.com/accord/")) || slices.ContainsFunc(not, func(n string) bool { return p == n || strings.HasPrefix(p, strings.TrimSuffix(n, "/")+"/") }) {
				t.Errorf("%s reaches %s", name, p)
			}
		}
	}
	if a, h := len(reached(t, "answer")), len(reached(t, "bench/hello")); a > h+20 {
		t.Errorf("answer is made of %d packages, the public example of %d", a, h)
	}
}

// linked is what depends on what in a function, as the linker says.
func linked(t *testing.T, name string) string {
	t.Helper()
	args := slices.Concat([]string{"build", "-o", os.DevNull}, flags, []string{"-ldflags", "-dumpdep", "./cmd/lambda/" + name})
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64")
	deps, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, deps)
	}
	if !bytes.Contains(deps, []byte("main.main")) {
		t.Fatal("the linker does not say what depends on what")
	}
	return string(deps)
}

// reached is every package that a function is made of.
func reached(t *testing.T, name string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-tags", "lambda.norpc", "./cmd/lambda/"+name)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

func TestPackSaysWhatFails(t *testing.T) {
	t.Chdir("../../..")
	if _, _, err := pack("nothing", "arm64", t.TempDir()); err == nil || !strings.Contains(err.Error(), "build nothing") {
		t.Errorf("%v", err)
	}
}
