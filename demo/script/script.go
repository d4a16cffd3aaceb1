// Package script is a handful of simulated people who edit issues in two Jiras
// that are kept in step, and a judge who reads both afterwards.
//
// It shares nothing with what it judges: it is a client of Jira's REST API like
// any other, with tables of words, readers of rich text and a record of its
// own. Every edit that it made must stand on both sides, be superseded by a
// later one, or stand in a field that is held with both values; a field may be
// held only where it was edited on both sides without being seen equal between.
package script

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"
)

// Options say what to do, and where.
type Options struct {
	Edits int     // how many; at least [Least]
	Seed  uint64  // decides who does what; not when the sync answers
	Sites [2]Site // the Cloud, then the Data Center; person n has account n at both
	Words Words   // without People, whom the script asks the sites for

	// Standing returns what the sync says of itself, as JSON: see [Standing].
	Standing func(ctx context.Context) ([]byte, error)

	Settle time.Duration // for which a comment was seen equal before it is edited; 0: it is seen equal
	Pace   time.Duration // between two edits of anybody, on average; 0: 50 ms
	Within time.Duration // for the sync to come to rest after the last edit; 0: two minutes
	HTTP   *http.Client  // nil: one that gives up after 30 s
	Log    io.Writer     // a line now and then for who waits; nil: none
}

// Least is how few edits are a run: one of each kind, and what must happen.
const Least = 20

// A Result is what a run found.
type Result struct {
	Issues    int            `json:"issues"`    // issues that are to be one on both sides
	Edits     int            `json:"edits"`     // edits that were made
	Equal     int            `json:"equal"`     // issues that say the same on both sides but for fields held or refused
	Differing int            `json:"differing"` // issues that differ, have lost an edit, or hold what they must not; and whatever else is wrong
	Held      int            `json:"held"`      // fields that wait for a person
	Refused   int            `json:"refused"`   // values that the other side has no word for
	Defaults  int            `json:"defaults"`  // fields that one side has filled in by itself and nobody has ever said
	Writes    int            `json:"writes"`    // requests by which the sync changed something
	Seconds   float64        `json:"seconds"`
	Kinds     map[string]int `json:"kinds"` // edits by kind
	Fates     map[string]int `json:"fates"` // edits by what became of them
	Seed      uint64         `json:"seed"`
	Findings  []string       `json:"findings,omitempty"` // each difference in words
}

// Run makes the edits, waits until the sync has come to rest, and judges. An
// error means that the run could not be made, not that it found something.
func Run(ctx context.Context, o Options) (Result, error) {
	start := time.Now()
	r, err := newRun(ctx, o)
	if err != nil {
		return Result{}, fmt.Errorf("prepare script: %w", err)
	}
	if err := r.edit(ctx); err != nil {
		return Result{}, fmt.Errorf("run script with seed %d: %w", o.Seed, err)
	}
	r.say("%d edits made in %.0f s; waiting until all is quiet", len(r.edits), time.Since(start).Seconds())
	res, err := r.verdict(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("judge script with seed %d: %w", o.Seed, err)
	}
	res.Seed, res.Seconds = o.Seed, time.Since(start).Seconds()
	return res, nil
}

// verdict judges once all is quiet. While something is wrong and the sync means
// to look again, it has not come to rest: it is judged again.
func (r *run) verdict(ctx context.Context) (res Result, err error) {
	for end := time.Now().Add(r.Within); ; {
		writes, waiting, err := r.rest(ctx, end)
		if errors.Is(err, errUnrest) && res.Differing > 0 {
			return res, nil
		}
		if err != nil {
			return Result{}, err
		}
		c, err := r.evidence(ctx)
		if err != nil {
			return Result{}, err
		}
		res = c.judge()
		res.Writes = writes
		if res.Differing == 0 || waiting == 0 || time.Now().After(end) {
			return res, nil
		}
		r.say("quiet, but the sync means to look again %d times, and it has to: %s", waiting, res.Findings[0])
		if err := r.stir(ctx, waiting, end); err != nil {
			return Result{}, err
		}
	}
}

func newRun(ctx context.Context, o Options) (*run, error) {
	if o.Edits < Least {
		return nil, fmt.Errorf("%d edits are too few for one of each kind; it takes %d", o.Edits, Least)
	}
	o.Pace, o.Within = orElse(o.Pace, 50*time.Millisecond), orElse(o.Within, 2*time.Minute)
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 30 * time.Second}
	}
	rnd := rand.New(rand.NewPCG(o.Seed, 0))
	r := &run{Options: o, prefix: "tk", deck: newDeck(rnd, o.Edits, forced())}
	for range 4 {
		r.prefix += string(rune('a' + rnd.IntN(26)))
	}
	for s := range r.jiras {
		r.jiras[s] = &jira{Site: o.Sites[s], side: side(s), http: o.HTTP}
		if err := r.jiras[s].prepare(ctx); err != nil {
			return nil, err
		}
	}
	people, err := r.people(ctx)
	if err != nil {
		return nil, err
	}
	r.Words.People = people
	return r, r.find(ctx)
}

func orElse(d, other time.Duration) time.Duration {
	if d == 0 {
		return other
	}
	return d
}

// people asks both sites who the accounts are.
func (r *run) people(ctx context.Context) ([]Person, error) {
	var out []Person
	for n := range r.Sites[cloud].Accounts {
		id, name, err := r.jiras[cloud].me(ctx, n)
		if err != nil {
			return nil, err
		}
		login, _, err := r.jiras[server].me(ctx, n)
		if err != nil {
			return nil, err
		}
		out = append(out, Person{name, id, login})
	}
	return out, nil
}

func (r *run) say(format string, args ...any) {
	if r.Log != nil {
		fmt.Fprintf(r.Log, format+"\n", args...)
	}
}
