// Package jirasim is a simulated Jira: Cloud or Data Center, over HTTP, for
// clients that know nothing of it. It answers, refuses, lags, limits and calls
// webhooks as Jira does; what it does not do stands in its README.
//
// It is laid out by what a Jira is made of: world (the site and its rules,
// without HTTP), jql (the query language), limits (rate limits), and here what
// speaks HTTP: routes, one file for each family of them, and the shapes of
// what they answer in each flavour.
package jirasim

import (
	"context"
	"net/http"
	"sync"
	"time"
	_ "time/tzdata" // profiles name time zones, and a small machine has no table of them

	"example.com/accord/jirasim/consent"
	"example.com/accord/jirasim/limits"
	"example.com/accord/jirasim/ui"
	"example.com/accord/jirasim/world"
)

// A Flavour is one of the two kinds of Jira.
type Flavour = world.Flavour

// The flavours.
const (
	Cloud      = world.Cloud
	DataCenter = world.DataCenter
)

// A Project to found.
type Project = world.Seat

// An App is an OAuth 2.0 integration that people may consent to, on Cloud.
type App = consent.App

// Options say what kind of site to simulate.
type Options struct {
	Flavour   Flavour
	MediaURL  string           // start of the addresses of files on Cloud; empty: the site's own, by another name if it has one
	PublicURL string           // start of self links, without a slash at the end; empty: from each request
	Seed      uint64           // decides ids and every chance
	Now       func() time.Time // nil: time.Now
	Projects  []Project        // empty: SUP on Cloud, DEV on Data Center
	Accounts  []Account
	Apps      []App
	Leeway    time.Duration // a refresh token that was used is taken again for so long; 0: 10 minutes; negative: not at all
	Samples   int           // how many sample issues to begin with
	Client    *http.Client  // calls webhooks; nil: one that gives up after 20 s
	Lag       time.Duration // until a search shows a change; 0: 2 s; negative: none
	Retry     time.Duration // between tries of a webhook on Cloud; 0: 5 to 15 minutes
	Unlimited bool          // no rate limits on Cloud
}

// A Sim is a simulated Jira. It is an http.Handler.
type Sim struct {
	opt    Options
	routes *node
	ctx    context.Context // until Close
	stop   context.CancelFunc
	post   *courier
	page   *ui.Page

	mu     sync.Mutex // guards everything below
	w      *world.World
	oauth  *consent.Server
	ahead  time.Duration // how far its clock was set forward
	faults Faults
	dice   dice
	held   map[string]held // by id of a webhook
	turns  uint64
	cloud  *limits.Cloud
	users  *limits.Users
	log    journal
}

// New starts a site.
func New(o Options) *Sim {
	if o.Flavour == "" {
		o.Flavour = Cloud
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 20 * time.Second}
	}
	if len(o.Projects) == 0 {
		o.Projects = []Project{{Key: "SUP", Name: "Support"}}
		if o.Flavour == DataCenter {
			o.Projects = []Project{{Key: "DEV", Name: "Development"}}
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Sim{opt: o, routes: tree(o.Flavour), ctx: ctx, stop: stop, w: world.Found(o.Flavour, o.Seed, o.Projects), held: map[string]held{},
		dice: newDice(o.Seed), cloud: limits.NewCloud(), users: &limits.Users{Rate: nodeRate, Size: nodeRate}}
	s.post = newCourier(ctx, o.Client)
	s.page = ui.New(grounds{s}, o.PublicURL)
	s.found(&consent.Server{})
	s.faults = defaults(o)
	s.trap()
	for _, a := range o.Accounts {
		if err := s.enrol(a); err != nil {
			panic(err) // options name roles and projects that there are
		}
	}
	if err := s.w.Samples(o.Samples, s.now()); err != nil {
		panic(err) // the samples fit every new site, which a test shows
	}
	return s
}

// Close ends what is under way: webhooks that wait for another try are dropped.
func (s *Sim) Close() {
	s.stop()
	s.page.Close()
	s.post.wait()
}

// now is the time on the site's clock; Jira keeps milliseconds.
func (s *Sim) now() time.Time { return s.opt.Now().Add(s.ahead).UTC().Truncate(time.Millisecond) }

// forward sets the site's clock forward; what waits on it does so less long.
func (s *Sim) forward(d time.Duration) {
	s.ahead += d
	s.post.forward(d)
}

// trap tells the world of the faults that are its own.
func (s *Sim) trap() {
	f := s.faults
	s.w.Traps = world.Traps{Lag: time.Duration(f.Lag), Lags: map[string]time.Duration{}, Loses: f.MediaLoss, Normalises: f.Normalise, Ignores: f.ProjectEdits == ignores}
	for issue, d := range f.Lags {
		s.w.Lags[issue] = time.Duration(d)
	}
}
