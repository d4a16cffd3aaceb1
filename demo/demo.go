// Package demo runs two simulated Jiras and a sync between them in one process,
// to play with or to be put to the test by a script.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"example.com/accord/app"
	"example.com/accord/app/local"
	"example.com/accord/config"
	"example.com/accord/demo/script"
	"example.com/accord/engine"
	"example.com/accord/jirasim"
)

// Options say what kind of demo it is.
type Options struct {
	Script  int          // edits to make and judge; 0: none, the demo goes on until it is stopped
	Seed    uint64       // of the simulated Jiras and the script
	Import  []string     // files with recorded issues to begin with
	Out     io.Writer    // for people: where to look, what goes on
	Log     *slog.Logger // of the sync; nil: none
	Version string       // of this build

	between time.Duration // two edits; 0: the script's own
}

// samples is how many sample issues each project begins with.
const samples = 6

// Run runs a demo until ctx ends or the script is done. Without a script the
// Result is empty.
func Run(ctx context.Context, o Options) (res script.Result, err error) {
	folder, err := os.MkdirTemp("", "accord-demo-")
	if err != nil {
		return res, fmt.Errorf("run demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	s := &stage{Options: o, folder: folder}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.open(ctx); err != nil {
		return res, fmt.Errorf("open demo: %w", err)
	}
	if o.Script > 0 {
		res, err = script.Run(ctx, s.script())
	} else if err = s.describe(ctx); err == nil {
		<-ctx.Done()
	}
	return res, errors.Join(err, s.end())
}

// A stage is everything that a demo has running.
type stage struct {
	Options
	folder        string
	cloud, center *site
	people        []person
	app           *app.App
	stand         *stand // nil: no page
	stop          context.CancelFunc
	served        chan error
}

// open starts both sites, loads what is to be imported, and starts the sync.
func (s *stage) open(ctx context.Context) error {
	c, err := s.set(ctx, jirasim.Options{Samples: samples}, pace{Every: "1m"})
	if err != nil {
		return err
	}
	if s.app, err = local.Open(ctx, c, app.Options{Log: s.Log, Version: s.Version}); err != nil {
		return err
	}
	return s.serve(ctx)
}

// set starts both sites, alike but for their flavour, loads what is to be
// imported, and writes the configuration.
func (s *stage) set(ctx context.Context, o jirasim.Options, p pace) (c config.Config, err error) {
	o.Flavour, o.Seed = jirasim.Cloud, s.Seed
	if s.cloud, err = openSite(o); err != nil {
		return c, err
	}
	o.Flavour, o.Seed = jirasim.DataCenter, s.Seed+1
	if s.center, err = openSite(o); err != nil {
		return c, err
	}
	if err := s.load(ctx); err != nil {
		return c, err
	}
	if s.people, err = people(ctx, s.cloud, s.center); err != nil {
		return c, err
	}
	return configure(s.folder, s.cloud, s.center, s.people, len(s.Import) > 0, p)
}

// load imports recorded issues, which a search is to show at once: they are
// from long ago.
func (s *stage) load(ctx context.Context) error {
	if err := s.lag(ctx, 0); err != nil {
		return err
	}
	for _, path := range s.Import {
		n, err := importFile(ctx, path, s.cloud, s.center)
		if err != nil {
			return err
		}
		s.say("%d issues imported of %s\n", n, filepath.Base(path))
	}
	return s.lag(ctx, 2*time.Second)
}

// lag sets how long a search at most takes to show a change.
func (s *stage) lag(ctx context.Context, d time.Duration) error {
	for _, at := range []*site{s.cloud, s.center} {
		if err := at.call(ctx, "POST", "/_sim/faults", fmt.Appendf(nil, `{"lag":%q}`, d), nil); err != nil {
			return err
		}
	}
	return nil
}

// serve sweeps everything into the queue and starts the sync.
func (s *stage) serve(ctx context.Context) error {
	for _, y := range s.app.Syncs {
		if _, err := y.Engine.Sweep(ctx, engine.SweepOptions{All: true}); err != nil {
			return fmt.Errorf("first sync: %w", err)
		}
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop, s.served = stop, make(chan error, 1)
	go func() { s.served <- s.app.Serve(serving) }()
	return s.healthy(ctx)
}

// healthy waits until accord answers.
func (s *stage) healthy(ctx context.Context) error {
	for {
		req, err := http.NewRequestWithContext(ctx, "GET", s.page()+"healthz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			return nil
		}
		select {
		case err := <-s.served:
			s.served <- err
			return fmt.Errorf("it ended at once: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *stage) page() string { return "http://" + s.app.Config.Listen + "/" }

// end stops the sync in order.
func (s *stage) end() error {
	if s.stop == nil {
		return nil
	}
	s.stop()
	err := <-s.served
	s.stop = nil
	return err
}

// close closes what is still open, in the opposite order.
func (s *stage) close() error {
	var err error
	if s.stand != nil {
		err = s.stand.close()
	}
	err = errors.Join(err, s.end())
	if s.app != nil {
		err = errors.Join(err, s.app.Close())
	}
	for _, at := range []*site{s.center, s.cloud} {
		if at != nil {
			err = errors.Join(err, at.close())
		}
	}
	return err
}

func (s *stage) say(format string, args ...any) {
	if s.Out != nil {
		fmt.Fprintf(s.Out, format, args...)
	}
}

// script is what the script is told.
func (s *stage) script() script.Options {
	var accounts []script.Account
	for _, p := range s.people {
		accounts = append(accounts, script.Account{Email: p.Email, Token: p.Token})
	}
	at := func(url, project, participant string) script.Site {
		return script.Site{URL: url, Project: project, Participant: participant, Accounts: accounts,
			Sync: script.Account{Email: syncAccount().Email, Token: syncAccount().Token}}
	}
	return script.Options{
		Edits: s.Script, Seed: s.Seed, Words: script.Sample(), Standing: Standing(s.app.Store, s.app.Gauge), Log: s.Out, Pace: s.between,
		Sites: [2]script.Site{at(s.cloud.url, "SUP", "support"), at(s.center.url, "DEV", "development")},
	}
}
