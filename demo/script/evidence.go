package script

import (
	"context"
	"fmt"
	"sync"
)

// A court is everything that the judge knows. It asks nobody any more.
type court struct {
	words    Words
	sync     [2]string // the sync's accounts
	names    [2]string // its names of the projects
	edits    []*edit
	tracks   []*track
	looks    map[*track][2]look
	standing Standing
	climbed  *track
}

// readers is how many issues are read at the same time.
const readers = 4

// evidence reads every issue of both projects to the last entry of its changelog.
func (r *run) evidence(ctx context.Context) (*court, error) {
	if err := r.find(ctx); err != nil {
		return nil, err
	}
	c := &court{words: r.Words, edits: r.edits, tracks: r.all(), looks: map[*track][2]look{}, climbed: r.climbed}
	for s := range r.Sites {
		c.sync[s], c.names[s] = r.jiras[s].ours, r.Sites[s].Participant
	}
	var err error
	if c.standing, err = r.standing(ctx); err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	next := make(chan *track)
	for range readers {
		group.Go(func() {
			for t := range next {
				looks, e := r.whole(ctx, t)
				mu.Lock()
				if c.looks[t] = looks; e != nil {
					err = e
				}
				mu.Unlock()
			}
		})
	}
	for _, t := range c.tracks {
		next <- t
	}
	close(next)
	group.Wait()
	return c, err
}

func (r *run) whole(ctx context.Context, t *track) (looks [2]look, err error) {
	for s, id := range t.id {
		if id == "" {
			continue
		}
		if looks[s], err = r.jiras[s].look(ctx, r.Words, id, true); err != nil {
			return looks, fmt.Errorf("read issue %s at the %v: %w", id, side(s), err)
		}
	}
	return looks, nil
}
