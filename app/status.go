package app

import (
	"context"

	"example.com/accord/web"
)

// Status says all that can be said at a glance. It needs no site.
func (a *App) Status(ctx context.Context) (web.Status, error) {
	s := web.Source{Version: a.options.Version, Store: a.Store, Queue: a.Gauge, Now: a.options.Now}
	for _, c := range a.Config.Sites {
		s.Sites = append(s.Sites, web.Place{Name: c.Name, Kind: c.Kind, URL: c.URL, Hooks: c.Hooks})
	}
	for _, c := range a.Config.Syncs {
		sync := web.Sync{Name: c.Name}
		for _, p := range c.Participants {
			sync.Participants = append(sync.Participants, web.Participant{
				Name: string(p.Name), Site: p.Site, Project: p.Project, ReadOnly: p.ReadOnly, Every: c.Every.String(),
			})
		}
		s.Syncs = append(s.Syncs, sync)
	}
	return s.Status(ctx)
}
