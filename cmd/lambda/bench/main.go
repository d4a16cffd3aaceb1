// Bench measures how long each function takes from the start of its process
// until it asks for its first event, beside the public hello world that is
// built in the same run with the same flags. It is run in the root of the
// repository:
//
//	go run ./cmd/lambda/bench             prints a table of those that somebody waits for
//	go run ./cmd/lambda/bench alert web   of others
//	go run ./cmd/lambda/bench -json       prints JSON
//
// Times on a machine say little about another; the ratios say more. Each start
// of a function comes right after one of hello. A repetition before and after
// which the same loop of arithmetic takes times more than 15 % apart does not
// count.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// goals are how often as long as hello a start may take.
var goals = map[string]float64{"answer": 1, "hear": 2, "turn": 3}

const hello = "bench/hello"

// A Result is what one run measured.
type Result struct {
	Go          string     `json:"go"`
	Processors  int        `json:"processors"`
	Load        string     `json:"load"`
	When        string     `json:"when"`
	Repetitions int        `json:"repetitions"`
	Noisy       int        `json:"noisy"`
	NotEvicted  string     `json:"not_evicted,omitempty"` // why no file could be
	Functions   []Row      `json:"functions"`
	Deliveries  []Delivery `json:"deliveries,omitempty"` // if answer is among the functions
}

func main() {
	n := flag.Int("n", 15, "repetitions")
	asJSON := flag.Bool("json", false, "print JSON")
	flag.Parse()
	names := flag.Args()
	if len(names) == 0 {
		names = []string{"answer", "hear", "turn"}
	}
	r, err := run(context.Background(), names, *n)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	if !*asJSON {
		print(os.Stdout, r)
		return
	}
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	e.Encode(r) // whoever closed the output knows
}

func run(ctx context.Context, names []string, n int) (Result, error) {
	r := Result{Go: runtime.Version(), Processors: runtime.NumCPU(), When: time.Now().UTC().Format(time.DateOnly), Repetitions: n * len(names)}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		r.Load = strings.Join(strings.Fields(string(load))[:3], " ")
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	built, err := build(dir, append([]string{hello}, names...))
	if err != nil {
		return r, err
	}
	server, env, err := around()
	if err != nil {
		return r, err
	}
	defer server.Close()
	if err := evict(built[0].path); err != nil {
		r.NotEvicted = err.Error()
	}
	m := &meter{ctx: ctx, env: env, hello: built[0].path, evicts: r.NotEvicted == ""}
	if r.Functions, err = m.rows(built, n); err != nil {
		return r, err
	}
	r.Noisy = m.noisy
	for _, b := range built {
		if slices.Contains(names, "answer") && (b.name == "answer" || b.name == hello) {
			d, err := deliver(ctx, b, env, n)
			if err != nil {
				return r, err
			}
			r.Deliveries = append(r.Deliveries, d)
		}
	}
	return r, nil
}

// A bootstrap is one that was built for this machine.
type bootstrap struct {
	name, path  string
	zip, binary int // bytes, for arm64
}

// build has the functions packed as they are deployed, and for this machine.
func build(dir string, names []string) (out []bootstrap, err error) {
	for _, arch := range []string{"arm64", runtime.GOARCH} {
		if err := pack(filepath.Join(dir, arch), arch, names); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		path, err := unzip(filepath.Join(dir, runtime.GOARCH, name+".zip"), filepath.Join(dir, strings.ReplaceAll(name, "/", "-")))
		if err != nil {
			return nil, err
		}
		b := bootstrap{name: name, path: path}
		if b.zip, b.binary, err = sizes(filepath.Join(dir, "arm64", name+".zip")); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}
