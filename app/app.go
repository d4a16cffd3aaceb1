// Package app puts the parts together: it opens everything that a configuration
// names, and serves it.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/durable/sqlite"
	"example.com/accord/engine"
	"example.com/accord/issue"
)

// An App is all that a configuration names, opened.
type App struct {
	Config config.Config
	Store  durable.Store
	Queue  durable.Queue
	Gauge  durable.Gauge
	Syncs  []*Sync // by name
	Sites  []*Site // by name; none if only the state was opened

	options Options
	db      *sqlite.DB
}

// A Sync is one sync and its engine. If only the state was opened the engine
// has no connectors: it can pause and resume.
type Sync struct {
	config.Sync
	Engine *engine.Engine
}

// A Site is one site and its webhooks.
type Site struct {
	config.Site
	Tracker Tracker
	secret  connector.Secret
	hook    hook
}

// Options are what an App may be told besides its configuration.
type Options struct {
	Log     *slog.Logger     // nil: nothing is logged
	Now     func() time.Time // nil: time.Now
	Version string           // of this build, for people
	Kinds   map[string]Kind  // by config.Site.Kind; nil: [Kinds]
	Workers int              // events handled at the same time by Serve; 0: 8
}

func (o Options) filled() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Kinds == nil {
		o.Kinds = Kinds()
	}
	return o
}

// Open opens the state, and prepares to talk to every site that c names. It
// makes no call. An error names every site that cannot be opened.
func Open(ctx context.Context, c config.Config, o Options) (*App, error) {
	a, err := OpenState(ctx, c, o)
	if err != nil {
		return nil, err
	}
	if err := a.connect(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// OpenState opens the state alone: links, queue, pauses. No credential is read.
func OpenState(ctx context.Context, c config.Config, o Options) (*App, error) {
	a := &App{Config: c, options: o.filled()}
	if err := os.MkdirAll(c.State, 0o700); err != nil {
		return nil, fmt.Errorf("open state: %w", err)
	}
	db, err := sqlite.Open(ctx, filepath.Join(c.State, "accord.db"), sqlite.Options{})
	if err != nil {
		return nil, fmt.Errorf("open state: %w", err)
	}
	a.db, a.Store, a.Queue, a.Gauge = db, db, db, db
	for _, s := range c.Syncs {
		a.Syncs = append(a.Syncs, &Sync{s, &engine.Engine{
			Sync: s.Name, Rules: s.Rules, Connectors: map[issue.Participant]connector.Connector{},
			Store: a.Store, Queue: a.Queue, Log: a.options.Log, Now: a.options.Now,
		}})
	}
	return a, nil
}

// Close closes the state. Nothing else may be under way.
func (a *App) Close() error {
	if err := a.db.Close(); err != nil {
		return fmt.Errorf("close state: %w", err)
	}
	return nil
}

// Engine returns the engine that a participant belongs to, or nil.
func (a *App) Engine(p issue.Participant) *engine.Engine {
	for _, s := range a.Syncs {
		if _, ok := s.Rules.Eyes[p]; ok {
			return s.Engine
		}
	}
	return nil
}

// Sync returns the sync of that name.
func (a *App) Sync(name string) (*Sync, error) {
	var names []string
	for _, s := range a.Syncs {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return nil, fmt.Errorf("there is no sync %q; there is %v", name, names)
}

// Turn handles one event: it is what the queue calls.
func (a *App) Turn(ctx context.Context, ev issue.Event) error {
	e := a.Engine(ev.Ref.Participant)
	if e == nil { // it was taken out of the file; should it return, a sweep finds what changed
		a.options.Log.Warn("event dropped: its participant is not in the configuration", "ref", ev.Ref.String(), "cause", ev.Cause)
		return nil
	}
	return e.Turn(ctx, ev)
}
