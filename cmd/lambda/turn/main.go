// Turn hands events to the engine: one pass over one link each.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/app"
	"example.com/accord/lambda/ground"
	"example.com/accord/lambda/turn"
)

func main() { ground.Start(build) }

func build(_ context.Context, g *ground.Ground) (func(context.Context, events.SQSEvent) (events.SQSEventResponse, error), error) {
	a := app.New(g.Config, app.State{Store: g.Store, Queue: g.Queue}, app.Options{Log: g.Log, Secret: g.Secret})
	if err := a.Connect(); err != nil {
		return nil, err
	}
	h := &turn.Handler{Take: g.Take, Turn: a.Turn, Queue: g.Queue, Log: g.Log}
	return h.Handle, nil
}
