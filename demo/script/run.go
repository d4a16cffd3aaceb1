package script

import (
	"context"
	"errors"
	"sync"
	"time"
)

// hands is how many people edit at the same time.
const hands = 4

// A run is one run of the script.
type run struct {
	Options
	jiras  [2]*jira
	deck   *deck
	prefix string // of tokens: nobody else's words begin with it

	mu      sync.Mutex
	tracks  []*track
	known   map[string]*track // by "participant/id"
	edits   []*edit
	tokens  int
	counter int
	climbed *track // has to go several hops at the other side
}

// edit lets everybody work until the deck is empty.
func (r *run) edit(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var work, watch sync.WaitGroup
	do := func(of *sync.WaitGroup, f func(context.Context) error) {
		of.Go(func() {
			if err := f(ctx); err != nil {
				stop(err)
			}
		})
	}
	for n := range hands {
		do(&work, r.hand(n).play)
	}
	do(&work, r.hand(hands).force)
	watching, enough := context.WithCancel(ctx)
	do(&watch, func(context.Context) error { return r.watch(watching) })
	work.Wait()
	enough()
	watch.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return nil
}

// watch looks for the other half of issues until it is told to stop.
func (r *run) watch(ctx context.Context) error {
	for {
		if err := sleep(ctx, 300*time.Millisecond); err != nil {
			return nil
		}
		if r.alone() == 0 {
			continue
		}
		if err := r.find(ctx); err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
}

// alone counts the issues that are known at one Jira only.
func (r *run) alone() int {
	n := 0
	for _, t := range r.all() {
		t.mu.Lock()
		if !t.paired() {
			n++
		}
		t.mu.Unlock()
	}
	return n
}

// find lists both projects and pairs what is new: an issue that carries a mark
// of the sync is the other half of the one that it names.
func (r *run) find(ctx context.Context) error {
	type copied struct {
		j *jira
		l look
	}
	var copies []copied
	for _, j := range r.jiras {
		ids, err := j.list(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if r.at(j.name(id)) != nil {
				continue
			}
			l, err := j.look(ctx, r.Words, id, false)
			if err != nil {
				return err
			}
			if l.Creator == j.ours {
				copies = append(copies, copied{j, l})
			} else {
				r.meet(j, l)
			}
		}
	}
	for _, c := range copies { // what they are copies of has been met
		r.meet(c.j, c.l)
	}
	return nil
}

// name is how the sync names an issue of this Jira.
func (j *jira) name(id string) string { return j.Participant + "/" + id }

func (r *run) at(name string) *track {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[name]
}

// meet takes note of an issue that nobody here made.
func (r *run) meet(j *jira, l look) {
	t := r.at(l.Link)
	if t == nil || l.Creator != j.ours {
		t := r.begin(j.side, l.ID)
		t.guest = true
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.id[j.side] == "" {
		t.id[j.side] = l.ID
	} else {
		t.twins = append(t.twins, l.Key)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known[j.name(l.ID)] = t
}

// begin adds an issue that was made at s; nobody but its maker edits the taken fields.
func (r *run) begin(s side, id string, taken ...string) *track {
	t := newTrack(s, id)
	for _, f := range taken {
		t.taken[f] = true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[string]*track{}
	}
	r.tracks = append(r.tracks, t)
	r.known[r.jiras[s].name(id)] = t
	return t
}

// record adds an edit that was made.
func (r *run) record(e edit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.N = len(r.edits) + 1
	if e.Kind != "create" {
		from, _ := r.Words.one(e.Field, e.Side, e.From)
		to, _ := r.Words.one(e.Field, e.Side, e.To)
		e.Epoch = e.Track.edited(e.Field, from, to)
	}
	r.edits = append(r.edits, &e)
}

func (r *run) all() []*track {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*track(nil), r.tracks...)
}
