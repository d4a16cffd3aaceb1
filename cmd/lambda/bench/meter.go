package main

import (
	"context"
	"fmt"
	"time"
)

// A meter measures starts.
type meter struct {
	ctx                  context.Context
	env                  []string
	hello                string // path of the bootstrap that all are held against
	evicts               bool   // files can be taken out of the page cache
	noisy                int
	helloWarm, helloCold []float64 // ms
}

// rows are what is measured of the functions; the first is the one that all are
// held against.
func (m *meter) rows(built []bootstrap, n int) ([]Row, error) {
	rows := []Row{{Function: built[0].name, Zip: built[0].zip, Binary: built[0].binary}}
	for _, b := range built[1:] {
		warm, cold, err := m.measure(b.path, n)
		if err != nil {
			return nil, fmt.Errorf("start %s: %w", b.name, err)
		}
		row := Row{Function: b.name, Zip: b.zip, Binary: b.binary, Goal: goals[b.name]}
		row.Warm, row.WarmRatio, row.CPURatio = spreads(warm)
		row.Cold, row.ColdRatio, _ = spreads(cold)
		rows = append(rows, row)
	}
	rows[0].Warm, rows[0].Cold = spread(m.helloWarm), spread(m.helloCold)
	return rows, nil
}

// measure starts a bootstrap n times with its pages in the cache and n times
// without, each time after hello.
func (m *meter) measure(path string, n int) (warm, cold []Pair, err error) {
	for _, p := range []string{m.hello, path} { // what is not in any cache yet
		if _, err := start(m.ctx, p, m.env); err != nil {
			return nil, nil, err
		}
	}
	for range n {
		before := spin()
		w, err := m.pair(path, false)
		if err != nil {
			return nil, nil, err
		}
		var c Pair
		if m.evicts {
			if c, err = m.pair(path, true); err != nil {
				return nil, nil, err
			}
		}
		if after := spin(); after*100 > before*115 || before*100 > after*115 {
			m.noisy++
			continue
		}
		warm = append(warm, w)
		m.helloWarm = append(m.helloWarm, float64(w.hello.took)/1e6)
		if m.evicts {
			cold = append(cold, c)
			m.helloCold = append(m.helloCold, float64(c.hello.took)/1e6)
		}
	}
	return warm, cold, nil
}

func (m *meter) pair(path string, cold bool) (p Pair, err error) {
	if p.hello, err = m.start(m.hello, cold); err == nil {
		p.ours, err = m.start(path, cold)
	}
	return p, err
}

func (m *meter) start(path string, cold bool) (Start, error) {
	if cold {
		if err := evict(path); err != nil {
			return Start{}, err
		}
	}
	return start(m.ctx, path, m.env)
}

// spin is how long a loop of arithmetic takes, at best of three.
func spin() time.Duration {
	best := time.Hour
	for range 3 {
		began, x := time.Now(), uint64(1)
		for range 2_000_000 {
			x = x*6364136223846793005 + 1442695040888963407
		}
		if took := time.Since(began); took < best && x != 0 {
			best = took
		}
	}
	return best
}
