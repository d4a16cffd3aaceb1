// Hear takes webhooks out of the stream and queues what they are about.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/connector/jira/hook"
	"example.com/accord/lambda/ground"
	"example.com/accord/lambda/hear"
)

func main() {
	ctx := context.Background()
	g, err := ground.Open(ctx, os.Getenv)
	if err != nil {
		ground.Fail(err)
	}
	sites, err := sites(ctx, g)
	if err != nil {
		ground.Fail(err)
	}
	h := &hear.Handler{Sites: sites, Queue: g.Queue, Blobs: g.Blobs, Store: g.Store, Log: g.Log}
	lambda.Start(h.Handle)
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
		r := &hook.Reader{Projects: projects(g.Config, s.Name)}
		if s.Secret.Set() {
			text, err := g.Secret(s.Secret)
			if err != nil {
				return nil, err
			}
			r.Secret = connector.NewSecret(text)
		}
		out[s.Name] = hear.Site{Key: keys[s.Name], Readers: map[string]connector.Events{"1": r}}
	}
	return out, nil
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
