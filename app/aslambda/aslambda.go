// Package aslambda serves an app as a stack on AWS does, on this machine: the
// functions of cmd/lambda, each in processes of its own under runtimeapi, called
// by what stands around them there.
//
//	webhook  → Front, which answers → a stream in the folder of the state → hear → queue → turn
//	schedule → Loop → sweep, upkeep
//
// The functions are built with the tag "local", see lambda/ground: their state is
// the app's own. Everything else of them is what is deployed. The figures that
// stand in deploy/aws/template.yaml are kept here too, and a test compares them.
//
// Different from a stack: one stream and one queue, whose live lane goes before
// its bulk lane and shares its places; a message comes again 15 s after its
// function died and not 12 minutes; how often a sweep is due is what accord.yaml
// says; there are no alarms and no stream of the table, so nobody calls alert and
// after, and the pages are the app's own.
package aslambda

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"example.com/accord/app"
	"example.com/accord/config"
	"example.com/accord/durable/sqlite"
	"example.com/accord/lambda/source"
	"example.com/accord/runtimeapi"
)

// Options are what Serve may be told.
type Options struct {
	Functions string // folder of the bootstraps, each named after its function
	AtOnce    int    // turns at the same time; 0: 8
	Debug     string // a function whose processes wait for a debugger at DebugAt; usually ""
	Log       *slog.Logger
}

// DebugAt is where a function that is debugged listens for the debugger.
const DebugAt = "127.0.0.1:2345"

// hide is how long a message stays hidden if the process that had it dies; keep
// is how often that begins anew.
const (
	hide = 15 * time.Second
	keep = 5 * time.Second
)

// Serve serves a, whose state is on this machine, until ctx ends. Then no more
// webhooks are taken, calls that are under way end, and what waits is there at
// the next start. It may be killed at any time too.
func Serve(ctx context.Context, a *app.App, o Options) error {
	if o.AtOnce <= 0 {
		o.AtOnce = 8
	}
	blobs, err := sqlite.OpenBlobs(filepath.Join(a.Config.State, "blobs"))
	if err != nil {
		return err
	}
	defer blobs.Close()
	stream, err := source.Open(ctx, blobs, "inbox/")
	if err != nil {
		return err
	}
	env, err := Environment(a.Config, a.Keys())
	if err != nil {
		return err
	}
	house := &house{env: env, o: o, all: map[string]*function{}}
	defer house.close()
	hear, turn := house.function("hear"), house.function("turn")
	batches := HearCalled()
	batches.Stream, batches.Call, batches.Lost, batches.Name, batches.Log = stream, hear.call, blobs, "hear", o.Log
	messages := &source.QueueMapping{
		Mail: source.Outbox{Queue: a.Queue, Hide: hide}, Call: turn.call, AtOnce: turn.Concurrency, Keep: keep, Name: "turn", Log: o.Log,
	}
	return a.Host(ctx, Front(stream, o.Log),
		hear.after(batches.Run), turn.after(messages.Run),
		house.loop("sweep", often(a.Config)), house.loop("upkeep", 24*time.Hour))
}

// often is how often a sweep is due: as often as the sync that wants it most.
func often(c config.Config) time.Duration {
	return slices.MinFunc(c.Syncs, func(a, b config.Sync) int { return int(a.Every - b.Every) }).Every
}

// A house is the functions that run.
type house struct {
	env []string
	o   Options

	mu  sync.Mutex
	all map[string]*function
}

// close ends every process. No call may be under way.
func (h *house) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.all {
		f.Close()
	}
}

func (h *house) loop(name string, every time.Duration) func(context.Context) error {
	f := h.function(name)
	l := &Loop{Name: name, Call: f.call, Every: every, Log: h.o.Log}
	return f.after(l.Run)
}

// function returns a function that can be called, with the limits that it has on
// AWS. One that is debugged has none, and no more than one process.
func (h *house) function(name string) *function {
	l := Limits()[name]
	f := &function{name: name, log: h.o.Log, Function: runtimeapi.Function{
		Bootstrap: filepath.Join(h.o.Functions, name), Env: h.env, Timeout: l.Timeout, Memory: l.Memory, Concurrency: 1,
		Output: &printed{name, h.o.Log},
	}}
	if name == "turn" {
		f.Concurrency = h.o.AtOnce
	}
	if name == h.o.Debug {
		f.debugged = true
		f.Timeout, f.Memory, f.Concurrency = 0, 0, 1
		f.Under = []string{"dlv", "exec", "--headless", "--accept-multiclient", "--api-version=2", "--listen=" + DebugAt}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all[name] = f
	return f
}

// A Limit is what a function may take.
type Limit struct {
	Timeout time.Duration
	Memory  int // MiB
}

// Limits are those of deploy/aws/template.yaml, by function.
func Limits() map[string]Limit {
	return map[string]Limit{
		"hear":     {time.Minute, 256},
		"turn":     {2 * time.Minute, 512},
		"sweep":    {15 * time.Minute, 256},
		"backfill": {15 * time.Minute, 256},
		"upkeep":   {15 * time.Minute, 256},
	}
}

// HearCalled is the event source mapping of that name in the template, without
// what it is tied to.
func HearCalled() *source.Mapping {
	return &source.Mapping{Batch: 500, Window: time.Second, Tries: 100, Age: 48 * time.Hour, Bisect: true, Report: true}
}

// Names are the functions that Serve runs.
func Names() []string { return []string{"hear", "turn", "sweep", "upkeep"} }
