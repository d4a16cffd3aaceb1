// Package app puts the parts together: it opens everything that a configuration
// names, and serves it.
package app

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/connector/jira/oauth"
	"example.com/accord/durable"
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
	close   func() error
	alone   bool
	silence sync.Map // by participant: whether its edits notify nobody, as noted
}

// A State is what outlives the process, open.
type State struct {
	Store durable.Store
	Queue durable.Queue
	Gauge durable.Gauge
	Close func() error // nil: there is nothing to close
	Alone bool         // one process does the work on it; others may look. False: they share in it what a site allows
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
	consent *oauth.Keeper // nil: it has a token
	hook    hook
}

// Options are what an App may be told besides its configuration.
type Options struct {
	Log     *slog.Logger                            // nil: nothing is logged
	Now     func() time.Time                        // nil: time.Now
	Version string                                  // of this build, for people
	Kinds   map[string]Kind                         // by config.Site.Kind; nil: [Kinds]
	Secret  func(config.Credential) (string, error) // where credentials are; nil: [config.Credential.Read]
	Keys    map[string]connector.Secret             // the last parts of the addresses that sites deliver to, by site; of one that is missing it is made, and kept in the store
	Workers int                                     // events handled at the same time by Serve; 0: 8
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
	if o.Secret == nil {
		o.Secret = config.Credential.Read
	}
	return o
}

// New returns an App on a state that is open. It knows no site, and can do what
// needs none: tell its status, pause, decide. No credential is read.
func New(c config.Config, state State, o Options) *App {
	a := &App{Config: c, Store: state.Store, Queue: state.Queue, Gauge: state.Gauge, options: o.filled(), close: state.Close, alone: state.Alone}
	for _, s := range c.Syncs {
		a.Syncs = append(a.Syncs, &Sync{s, &engine.Engine{
			Sync: s.Name, Rules: s.Rules, Connectors: map[issue.Participant]connector.Connector{},
			Store: a.Store, Queue: a.Queue, Log: a.options.Log, Now: a.options.Now,
		}})
	}
	return a
}

// Close closes the state. Nothing else may be under way.
func (a *App) Close() error {
	if a.close == nil {
		return nil
	}
	if err := a.close(); err != nil {
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
	for _, s := range a.Syncs {
		if s.Name == name {
			return s, nil
		}
	}
	return nil, fmt.Errorf("there is no sync %q; there is %s", name, strings.Join(a.Names(), ", "))
}

// Names returns the names of all syncs, in order.
func (a *App) Names() (names []string) {
	for _, s := range a.Syncs {
		names = append(names, s.Name)
	}
	return names
}

// Turn handles one event: it is what the queue calls.
func (a *App) Turn(ctx context.Context, ev issue.Event) error {
	e := a.Engine(ev.Ref.Participant)
	if e == nil { // it was taken out of the file; should it return, a sweep finds what changed
		a.options.Log.Warn("event dropped: its participant is not in the configuration", "ref", ev.Ref.String(), "cause", ev.Cause)
		return nil
	}
	defer a.noteSilence(ctx, e)
	return e.Turn(ctx, ev)
}
