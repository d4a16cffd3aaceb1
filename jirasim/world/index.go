package world

import (
	"hash/fnv"
	"strings"
	"time"
)

// indexed is one issue as a search sees it.
type indexed struct {
	shown *Issue // nil: not yet
	later []waiting
}

type waiting struct {
	at    time.Time
	issue *Issue
}

// put makes i the present version of an issue. A search sees it later.
func (w *World) put(i *Issue, now time.Time) {
	w.adopted(w.Issues[i.ID], i)
	w.Issues[i.ID] = i
	w.keys[strings.ToUpper(i.Key)] = i.ID
	for _, c := range i.Comments {
		w.said[c.ID] = i.ID
	}
	w.enter(i)
	x := w.index[i.ID]
	if x == nil {
		x = &indexed{}
		w.index[i.ID] = x
	}
	x.later = append(x.later, waiting{now.Add(w.lag(i)), i})
}

// lag is how long an issue's changes stay unseen: what was said for this one,
// or else a time of its own between half of Lag and all of it, so that the
// order of changes is not kept.
func (w *World) lag(i *Issue) time.Duration {
	for _, name := range []string{i.ID, i.Key} {
		if d, said := w.Lags[name]; said {
			return d
		}
	}
	h := fnv.New32a()
	h.Write([]byte(i.ID))
	return w.Lag/2 + w.Lag/2*time.Duration(h.Sum32()%1000)/1000
}

// see moves the index to now.
func (x *indexed) see(now time.Time) *Issue {
	for len(x.later) > 0 && !x.later[0].at.After(now) {
		x.shown = x.later[0].issue
		x.later = x.later[1:]
	}
	return x.shown
}

// Restore rebuilds what the JSON form leaves out. Everything is indexed.
func (w *World) Restore() {
	w.keys, w.said, w.index = map[string]string{}, map[string]string{}, map[string]*indexed{}
	w.kids = map[string][]string{}
	w.parts, w.names = map[part]string{}, map[string]string{}
	if w.Issues == nil {
		w.Issues = map[string]*Issue{}
	}
	if w.Last == nil {
		w.Last = map[string]int64{}
	}
	w.furnish()
	w.configure()
	w.permit()
	w.relink()
	for id, i := range w.Issues {
		for _, k := range append(i.Past[:len(i.Past):len(i.Past)], i.Key) {
			w.keys[strings.ToUpper(k)] = id
		}
		for _, c := range i.Comments {
			w.said[c.ID] = id
		}
		w.enter(i)
		w.index[id] = &indexed{shown: i}
		w.adopted(nil, i)
	}
	if len(w.Projects) > 0 {
		w.equip()
	}
}

// Reconcile shows an issue to searches as it is now.
func (w *World) Reconcile(id string) {
	if i := w.Issues[id]; i != nil {
		w.index[id] = &indexed{shown: i}
	}
}
