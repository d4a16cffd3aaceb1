package engine_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var (
	search = flag.Int("search", 0, "look at so many worlds of each kind for every mutant, and print how many of them kill it")
	more   = flag.Bool("more", false, "also the mutants of testdata/mutants/more")
)

// A mutant is a fault planted into the code: a file of testdata/mutants, which
// README.md there describes.
type mutant struct {
	name  string
	about string
	kills []string          // "./engine TestWorlds/any 0-25", "./plan TestStories/C31": package, test, seeds
	files map[string]string // by path from the root: the file with the fault in it
}

// TestMutants plants each fault and wants the stories or worlds that it names
// to fail: a simulation in which one passes is the defect.
func TestMutants(t *testing.T) {
	paths, err := filepath.Glob("testdata/mutants/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no mutants: %v", err)
	}
	further, err := filepath.Glob("testdata/mutants/more/*.txtar")
	if err != nil || len(further) == 0 {
		t.Fatalf("no more mutants: %v", err)
	}
	for _, path := range append(paths, further...) {
		m := plant(t, path) // also those that are not run: they are to stay up to date
		if slices.Contains(further, path) && !*more {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			if *search > 0 {
				m.count(t)
				return
			}
			m.kill(t)
		})
	}
}

// TestJudge shows that the simulation sees what it is for: with a changelog
// that does not tell what our own entries replaced edits are lost, and without
// Sents issues and comments are made twice.
func TestJudge(t *testing.T) {
	lost, blind := 0, 12
	for seed := range uint64(blind) {
		_, bad, _ := live(t, seed, kind{gaps: true, blind: true}, false)
		lost += strings.Count(strings.Join(bad, "\n"), "lost")
	}
	m := plant(t, "testdata/mutants/no-sent.txtar")
	out, _ := m.run(m.build(t, "./engine"), "./engine", []string{"-test.run", "^TestWorlds$/^any$", "-seeds", strconv.Itoa(blind)})
	twice := strings.Count(out, "twice") + strings.Count(out, "duplicates")
	t.Logf("in %d worlds each: %d edits lost without receipts, %d issues and comments made twice without Sents", blind, lost, twice)
	if lost == 0 || twice == 0 {
		t.Error("the simulation does not see it")
	}
}

// plant reads a mutant. What it replaces must stand in the code exactly once.
func plant(t *testing.T, path string) mutant {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m := mutant{name: strings.TrimSuffix(filepath.Base(path), ".txtar"), about: string(a.Comment), files: map[string]string{}}
	was := map[string]string{}
	for _, f := range a.Files {
		file, part, _ := strings.Cut(f.Name, " ")
		switch part {
		case "was":
			was[file] = string(f.Data)
		case "is":
			if m.files[file] == "" {
				b, err := os.ReadFile(filepath.Join("..", file))
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				m.files[file] = string(b)
			}
			if n := strings.Count(m.files[file], was[file]); n != 1 {
				t.Fatalf("%s: what it replaces stands %d times in %s: bring it up to date", path, n, file)
			}
			m.files[file] = strings.Replace(m.files[file], was[file], string(f.Data), 1)
		default:
			m.kills = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
		}
	}
	return m
}

// build compiles the tests of a package with the fault in place.
func (m mutant) build(t *testing.T, pkg string) string {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for file, text := range m.files {
		at := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		real, err := filepath.Abs(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		replace[real] = at
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay, bin := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "mutant.test")
	if err := os.WriteFile(overlay, b, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", bin, pkg)
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", m.name, err, out)
	}
	return bin
}

// kill runs what should kill the mutant until something does.
func (m mutant) kill(t *testing.T) {
	built := map[string]string{}
	for _, k := range m.kills {
		f := strings.Fields(k)
		pkg := f[0]
		if built[pkg] == "" {
			built[pkg] = m.build(t, pkg)
		}
		args := []string{"-test.run", anchored(f[1])}
		if len(f) > 2 {
			args = append(args, worlds(t, f[2])...)
		}
		out, err := m.run(built[pkg], pkg, args)
		if err != nil && strings.Contains(out, "--- FAIL: "+strings.Split(f[1], "/")[0]) {
			t.Logf("killed by %s", k)
			return
		}
		if strings.Contains(out, "no tests to run") {
			t.Errorf("%s: there is no such test", k)
		}
	}
	t.Errorf("%s survives %v\n%s", m.name, m.kills, m.about)
}

// worlds turns "12" or "0-25" into flags.
func worlds(t *testing.T, seeds string) []string {
	t.Helper()
	from, to, many := strings.Cut(seeds, "-")
	if !many {
		to = from
	}
	a, err := strconv.Atoi(from)
	b, err2 := strconv.Atoi(to)
	if err != nil || err2 != nil || b < a {
		t.Fatalf("seeds %q: want 12 or 0-25", seeds)
	}
	return []string{"-first", from, "-seeds", strconv.Itoa(b - a + 1), "-stop"}
}

// anchored turns "TestWorlds/any" into the pattern of just that test.
func anchored(test string) string {
	return "^" + strings.ReplaceAll(test, "/", "$/^") + "$"
}

func (m mutant) run(bin, pkg string, args []string) (string, error) {
	cmd := exec.Command(bin, append(args, "-test.timeout", "5m")...)
	cmd.Dir = filepath.Join("..", pkg)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

var (
	counted = regexp.MustCompile(`(\d+) worlds, (\d+) failed`)
	replay  = regexp.MustCompile(`-run TestWorlds/(\w+) -first (\d+)`)
)

// count says in how many worlds of each kind the mutant is seen.
func (m mutant) count(t *testing.T) {
	bin := m.build(t, "./engine")
	out, _ := m.run(bin, "./engine", []string{"-test.run", "^TestWorlds$", "-test.v", "-first", strconv.Itoa(*first), "-seeds", strconv.Itoa(*search)})
	failed := []string{}
	for _, c := range counted.FindAllStringSubmatch(out, -1) {
		failed = append(failed, c[2])
	}
	kills := []string{}
	for _, r := range replay.FindAllStringSubmatch(out, 12) {
		kills = append(kills, r[1]+" "+r[2])
	}
	t.Logf("%s: %s of %d worlds, any and alone: %s", m.name, strings.Join(failed, " and "), *search, strings.Join(kills, ", "))
	if len(kills) == 0 {
		fmt.Println(m.name, "is seen in no world; its story must kill it:", m.kills)
	}
}
