package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Row is what was measured of one function.
type Row struct {
	Function  string  `json:"function"`
	Zip       int     `json:"zip_bytes"` // for arm64
	Binary    int     `json:"binary_bytes"`
	Warm      Spread  `json:"warm_ms"`
	WarmRatio Spread  `json:"warm_ratio"` // to hello, in the same repetition
	Cold      Spread  `json:"evicted_ms"` // without its pages in the page cache; zero if it cannot be evicted
	ColdRatio Spread  `json:"evicted_ratio"`
	CPURatio  Spread  `json:"warm_cpu_ratio"`
	Goal      float64 `json:"goal,omitempty"` // of the ratio; 0: none is set
}

// A Spread is the middle of some figures, and the range they are in.
type Spread struct {
	Median float64 `json:"median"`
	Least  float64 `json:"least"`
	Most   float64 `json:"most"`
	Count  int     `json:"count"`
}

func spread(xs []float64) Spread {
	if len(xs) == 0 {
		return Spread{}
	}
	s := slices.Sorted(slices.Values(xs))
	n := len(s)
	return Spread{(s[(n-1)/2] + s[n/2]) / 2, s[0], s[n-1], n}
}

func (s Spread) String() string {
	if s.Count == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", s.Median, s.Least, s.Most)
}

// A Pair is a start of a function and one of hello right before it, in one
// state of the page cache.
type Pair struct{ ours, hello Start }

// spreads returns the function's own times in ms, their ratios to hello, and
// those of the processor's time.
func spreads(ps []Pair) (own, ratio, cpu Spread) {
	var o, r, c []float64
	for _, p := range ps {
		o = append(o, float64(p.ours.took)/1e6)
		r = append(r, float64(p.ours.took)/float64(p.hello.took))
		c = append(c, float64(p.ours.cpu)/float64(p.hello.cpu))
	}
	return spread(o), spread(r), spread(c)
}

// print writes a table as Markdown has it.
func print(w io.Writer, r Result) {
	fmt.Fprintf(w, "%s, %d processors, load %s, %s; %d of %d repetitions were noisy and do not count\n\n",
		r.Go, r.Processors, strings.TrimSpace(r.Load), r.When, r.Noisy, r.Repetitions)
	fmt.Fprintln(w, "| function | zip, MB | binary, MB | warm, ms | ÷ hello | processor ÷ hello | evicted, ms | ÷ hello | goal |")
	fmt.Fprintln(w, "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, f := range r.Functions {
		goal := "–"
		if f.Goal > 0 {
			goal = fmt.Sprintf("≤ %.1f", f.Goal)
		}
		fmt.Fprintf(w, "| %s | %.1f | %.1f | %v | %v | %v | %v | %v | %s |\n",
			f.Function, float64(f.Zip)/1e6, float64(f.Binary)/1e6, f.Warm, f.WarmRatio, f.CPURatio, f.Cold, f.ColdRatio, goal)
	}
	if len(r.Deliveries) > 0 {
		fmt.Fprintln(w, "\n| one webhook of 8 KiB to | cold, ms | warm, ms |\n| --- | ---: | ---: |")
	}
	for _, d := range r.Deliveries {
		fmt.Fprintf(w, "| %s | %v | %v |\n", d.Function, d.Cold, d.Warm)
	}
	if r.NotEvicted != "" {
		fmt.Fprintf(w, "\nNothing was evicted: %s\n", r.NotEvicted)
	}
}
