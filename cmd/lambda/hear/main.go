// Hear takes webhooks out of the stream and queues what they are about.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/connector/jira/hook"
	"example.com/accord/issue"
	"example.com/accord/lambda/ground"
	"example.com/accord/lambda/hear"
)

func main() { ground.Start(build) }

func build(ctx context.Context, g *ground.Ground) (func(context.Context, events.KinesisEvent) (events.KinesisEventResponse, error), error) {
	sites, err := sites(ctx, g)
	if err != nil {
		return nil, err
	}
	h := &hear.Handler{Sites: sites, Queue: g.Queue, Blobs: g.Blobs, Store: g.Store, Log: g.Log}
	return h.Handle, nil
}

// sites are those that send webhooks. Every version of an address has its
// reader as long as a hook with it may be registered.
func sites(ctx context.Context, g *ground.Ground) (map[string]hear.Site, error) {
	keys, err := g.Keys(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]hear.Site{}
	for _, s := range g.Config.Sites {
		if !s.Hooks {
			continue
		}
		r := reader{ground: g, secret: s.Secret, projects: projects(g.Config, s.Name)}
		out[s.Name] = hear.Site{Key: keys[s.Name], Readers: map[string]connector.Events{"1": r}}
	}
	return out, nil
}

// A reader asks for the site's secret anew each time: it may have been changed.
type reader struct {
	ground   *ground.Ground
	secret   config.Credential
	projects []hook.Project
}

// Events implements [connector.Events].
func (r reader) Events(d connector.Delivery) ([]issue.Event, error) {
	h := &hook.Reader{Projects: r.projects}
	if r.secret.Set() {
		text, err := r.ground.Secret(r.secret)
		if err != nil {
			return nil, err
		}
		h.Secret = connector.NewSecret(text)
	}
	return h.Events(d)
}

func projects(c config.Config, site string) (out []hook.Project) {
	for _, s := range c.Syncs {
		for _, p := range s.Participants {
			if p.Site == site {
				out = append(out, hook.Project{Participant: p.Name, Key: p.Project})
			}
		}
	}
	return out
}
