package engine_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
)

var (
	seeds = flag.Int("seeds", 150, "how many worlds of each kind")
	first = flag.Int("first", 0, "the seed of the first world")
	stop  = flag.Bool("stop", false, "stop at the first world that fails")
)

const edits = 60

// run lets people edit while everything goes wrong, then lets the world calm
// down, and then replays some of what it was told: nothing may happen then.
func (w *world) run() {
	w.install()
	stop, end := context.WithCancel(ctx())
	var all sync.WaitGroup
	all.Go(func() { w.supervise(stop, "p1", true) })
	all.Go(func() { w.supervise(stop, "p2", false) })
	all.Go(w.weather)
	w.people()
	w.set(&w.calm)
	w.rest()
	before := w.writes()
	for _, s := range w.book.subjects {
		for _, p := range w.order {
			ev := issue.Event{Ref: issue.Ref{Participant: p, ID: w.at(s, p)}, Cause: "webhook", At: time.Now()}
			if ev.Ref.ID != "" {
				_ = w.queue.Send(ctx(), durable.Message{Event: ev, Lane: durable.Live})
				w.nap("world", "replay", time.Second)
			}
		}
	}
	w.rest()
	if n := w.writes() - before; n > 0 {
		w.book.late = n
	}
	w.set(&w.over)
	end()
	all.Wait()
}

// install makes the first sweep, from which the later ones go on: what changed
// before it is for a sweep of everything.
func (w *world) install() {
	for err := errDown; err != nil; {
		e := &engine.Engine{Sync: "world", Rules: w.rules, Connectors: map[issue.Participant]connector.Connector{}, Store: w.store, Queue: w.queue}
		for p, t := range w.trackers {
			e.Connectors[p] = t
		}
		_, err = e.Sweep(ctx(), engine.SweepOptions{})
	}
}

// rest lets three hours pass.
func (w *world) rest() {
	for range 18 {
		if w.writes() < runaway {
			w.nap("world", "rest", 10*time.Minute)
		}
	}
}

func (w *world) set(what *bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*what = true
}

// hash is the digest of everything that happened.
func (w *world) hash() string {
	slices.SortStableFunc(w.trace, func(a, b line) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.who, b.who)) })
	h := sha256.New()
	for _, l := range w.trace {
		fmt.Fprintln(h, l.at.UnixNano(), l.who, l.text)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}

func (w *world) story() string {
	w.hash() // sorts
	var out []string
	for _, l := range w.trace {
		out = append(out, fmt.Sprintf("%s %-8s %s", l.at.Format("15:04:05.000"), l.who, l.text))
	}
	return strings.Join(out, "\n")
}

// figures are summed over worlds.
type figures struct {
	worlds, failed, edits, writes, turns, held, crashes, faults, covered, gaps, losses int
}

func (f *figures) add(g figures) {
	f.worlds, f.failed, f.edits, f.writes, f.turns = f.worlds+g.worlds, f.failed+g.failed, f.edits+g.edits, f.writes+g.writes, f.turns+g.turns
	f.held, f.crashes, f.faults, f.covered, f.gaps, f.losses = f.held+g.held, f.crashes+g.crashes, f.faults+g.faults, f.covered+g.covered, f.gaps+g.gaps, f.losses+g.losses
}

func (f figures) String() string {
	return fmt.Sprintf("%d worlds, %d failed: %d edits, %d turns, %d writes, %d held, %d crashes, %d faults, %d edits overwritten and found by receipt, %d edits of comments in the gap before a write, %d stores lost",
		f.worlds, f.failed, f.edits, f.turns, f.writes, f.held, f.crashes, f.faults, f.covered, f.gaps, f.losses)
}

// live runs one world and returns what is wrong with it.
func live(t *testing.T, seed uint64, k kind, tracing bool) (w *world, bad []string, f figures) {
	synctest.Test(t, func(t *testing.T) {
		w = newWorld(seed, k, edits)
		w.tracing = tracing
		w.run()
		bad, f.held = w.judge()
		if n := w.writes(); n >= runaway {
			bad = append(bad, fmt.Sprintf("%d writes: something multiplies", n))
		}
		if w.book.late > 0 {
			bad = append(bad, fmt.Sprintf("%d writes after calm", w.book.late))
		}
	})
	f.worlds, f.edits, f.writes, f.turns, f.crashes, f.faults, f.losses = 1, len(w.book.order), w.writes(), w.turns, w.crashes, w.faults, w.losses
	for _, p := range w.order {
		f.covered, f.gaps = f.covered+len(w.trackers[p].Tally().Covered), f.gaps+len(w.trackers[p].Tally().Gaps)
	}
	if len(bad) > 0 {
		f.failed = 1
	}
	return w, bad, f
}

// kinds are the worlds that must hold.
func kinds(seed uint64) map[string]kind {
	return map[string]kind{"any": {gaps: seed%2 == 0}, "alone": {alone: true}, "lost": {loses: true}}
}

// TestWorlds lets people edit at any time, in half of the worlds also in the
// gap before a write; in as many worlds only what shows alike on all sides; and
// in a third as many the store is lost.
func TestWorlds(t *testing.T) {
	const shards = 2
	for _, name := range []string{"any", "alone", "lost"} {
		t.Run(name, func(t *testing.T) {
			count := *seeds
			if name == "lost" {
				count = (count + 2) / 3
			}
			sums := make([]figures, shards)
			t.Cleanup(func() {
				for _, f := range sums[1:] {
					sums[0].add(f)
				}
				t.Log(sums[0])
			})
			for shard := range shards {
				t.Run(fmt.Sprint(shard), func(t *testing.T) {
					t.Parallel()
					for seed := uint64(*first + shard); seed < uint64(*first+count) && !(*stop && t.Failed()); seed += shards {
						w, bad, f := live(t, seed, kinds(seed)[name], *seeds == 1)
						sums[shard].add(f)
						if len(bad) > 0 {
							t.Errorf("go test ./engine -run TestWorlds/%s -first %d -seeds 1 -v\n%s", name, seed, strings.Join(bad, "\n"))
							if *seeds == 1 {
								t.Log("\n" + w.story())
							}
						}
					}
				})
			}
		})
	}
}

// TestSameSeed runs worlds twice: the same seed is the same world to the letter.
func TestSameSeed(t *testing.T) {
	for seed := range uint64(3) {
		for name, k := range kinds(seed) {
			one, _, _ := live(t, seed, k, true)
			two, _, _ := live(t, seed, k, true)
			if one.hash() != two.hash() {
				t.Errorf("seed %d of %s: two runs differ: %s", seed, name, firstDifference(one.trace, two.trace))
			}
		}
	}
}

func firstDifference(a, b []line) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d of %d and %d:\n%v\n%v", i, len(a), len(b), a[i], b[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(a), len(b))
}
