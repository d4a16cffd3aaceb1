// Turn hands events to the engine: one pass over one link each.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"example.com/accord/app"
	"example.com/accord/lambda/ground"
	"example.com/accord/lambda/turn"
)

func main() {
	g, err := ground.Open(context.Background(), os.Getenv)
	if err != nil {
		ground.Fail(err)
	}
	a := app.New(g.Config, app.State{Store: g.Store, Queue: g.Queue}, app.Options{Log: g.Log, Secret: g.Secret})
	if err := a.Connect(); err != nil {
		ground.Fail(err)
	}
	h := &turn.Handler{Take: g.Take, Turn: a.Turn, Queue: g.Queue, Log: g.Log}
	lambda.Start(h.Handle)
}
