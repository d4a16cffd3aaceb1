package ground

import (
	"context"
	"fmt"
	"maps"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"example.com/accord/config"
)

// keep is for how long a warm function asks nobody whether its configuration
// and its credentials are still those in use.
const keep = 30 * time.Second

// A Build makes what handles the calls of a function. It is called at the start,
// and again whenever the configuration in use, or a credential that the ground
// gave it, has changed. Each time the ground is another, on the same state.
type Build[In, Out any] func(context.Context, *Ground) (func(context.Context, In) (Out, error), error)

// Start opens what the environment names, and runs the function for ever. What
// build will ask for may be asked early, beside the configuration: whoever is
// asked twice answers once.
func Start[In, Out any](build Build[In, Out], early ...func(context.Context, *Ground)) {
	limit(os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"))
	ctx := context.Background()
	g, err := Open(ctx, os.Getenv, early...)
	if err != nil {
		Fail(err)
	}
	h, err := handler(ctx, g, build)
	if err != nil {
		Fail(err)
	}
	lambda.Start(h)
}

// handler returns what handles calls with what build last made.
func handler[In, Out any](ctx context.Context, g *Ground, build Build[In, Out]) (func(context.Context, In) (Out, error), error) {
	handle, err := build(ctx, g)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	asked := time.Now()
	now := func(ctx context.Context) func(context.Context, In) (Out, error) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(asked) < keep {
			return handle
		}
		asked = time.Now()
		ctx, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		if next, made, err := remake(ctx, g, build); err != nil {
			g.Log.Error("what is in use now cannot be used: going on as before", "error", err)
		} else if next != g {
			g, handle = next, made
			g.Log.Info("begun anew", "config", g.digest)
		}
		return handle
	}
	return func(ctx context.Context, in In) (Out, error) { return now(ctx)(ctx, in) }, nil
}

// remake builds on the next ground, if there is one.
func remake[In, Out any](ctx context.Context, g *Ground, build Build[In, Out]) (*Ground, func(context.Context, In) (Out, error), error) {
	next, err := g.next(ctx)
	if err != nil || next == g {
		return g, nil, err
	}
	made, err := build(ctx, next)
	return next, made, err
}

// next returns g, or what to stand on in its place.
func (g *Ground) next(ctx context.Context) (*Ground, error) {
	c, digest, err := g.source(ctx, g.digest)
	if err != nil {
		return g, err
	}
	if digest == g.digest {
		changed, err := g.changed(ctx)
		if err != nil || !changed {
			return g, err
		}
		c = g.Config
	}
	next := *g
	next.given = &given{}
	next.use(c, digest)
	return &next, nil
}

// use puts in what only the stack knows.
func (g *Ground) use(c config.Config, digest string) {
	if c.PublicURL == config.Stack {
		c.PublicURL = g.env("ACCORD_PUBLIC_URL")
	}
	g.Config, g.digest = c, digest
}

// changed reports whether a credential is no longer what was given.
func (g *Ground) changed(ctx context.Context) (bool, error) {
	for name, text := range g.given.all() {
		now, err := g.secret(ctx, name)
		if err != nil {
			return false, fmt.Errorf("read credential %s again: %w", name, err)
		}
		if now != text {
			return true, nil
		}
	}
	return false, nil
}

// A given is which credentials were asked for, and what they were first.
type given struct {
	mu    sync.Mutex
	texts map[string]string
}

func (g *given) all() map[string]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.texts)
}

func (g *given) note(name, text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, had := g.texts[name]; had {
		return
	}
	if g.texts == nil {
		g.texts = map[string]string{}
	}
	g.texts[name] = text
}
