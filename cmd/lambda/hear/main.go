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

func main() { ground.Start(build, keys) }

// keys asks for the path keys before anybody needs them. If nobody answers, the
// next one who asks will hear why.
func keys(ctx context.Context, g *ground.Ground) { g.Keys(ctx) }

func build(ctx context.Context, g *ground.Ground) (func(context.Context, events.KinesisEvent) (events.KinesisEventResponse, error), error) {
	sites, err := sites(ctx, g)
	if err != nil {
		return nil, err
	}
	h := &hear.Handler{Sites: sites, Queue: g.Queue, Blobs: g.Blobs, Store: g.Store, Log: g.Log}
	return h.Handle, nil
}

// sites are those that send webhooks.
func sites(ctx context.Context, g *ground.Ground) (map[string]hear.Site, error) {
	byName, err := g.Keys(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]hear.Site{}
	for _, s := range g.Config.Sites {
		if !s.Hooks {
			continue
		}
		out[s.Name] = hear.Site{Key: byName[s.Name], Events: reader{g, s, projects(g.Config, s.Name)}}
	}
	return out, nil
}

// A reader asks for the site's secret anew each time: it may have been changed.
type reader struct {
	ground   *ground.Ground
	site     config.Site
	projects []hook.Project
}

// Events implements [connector.Events].
func (r reader) Events(d connector.Delivery) ([]issue.Event, error) {
	h := &hook.Reader{Projects: r.projects}
	var err error
	if h.Secret, err = r.secret(r.site.Secret); err != nil {
		return nil, err
	}
	if h.App, err = r.secret(r.site.OAuth.Secret); err != nil {
		return nil, err
	}
	return h.All(r.ground.Log).Events(d)
}

// secret reads a credential, if the site has it.
func (r reader) secret(c config.Credential) (connector.Secret, error) {
	if !c.Set() {
		return connector.Secret{}, nil
	}
	text, err := r.ground.Secret(c)
	return connector.NewSecret(text), err
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
