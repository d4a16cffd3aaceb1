// Web shows the status, for people and for programs.
package main

import (
	"context"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/app"
	"example.com/accord/lambda/ground"
	behind "example.com/accord/lambda/web"
	"example.com/accord/web"
)

func main() { ground.Start(build) }

func build(_ context.Context, g *ground.Ground) (func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error), error) {
	a := app.New(g.Config, app.State{Store: g.Store, Queue: g.Queue, Gauge: g.Gauge}, app.Options{Log: g.Log, Version: os.Getenv("AWS_LAMBDA_FUNCTION_VERSION")})
	pages := http.NewServeMux()
	pages.Handle("/", web.Pages{Status: a.Status, Log: g.Log}.Unguarded())
	pages.Handle("GET /healthz", web.Health(func(ctx context.Context) error { _, err := g.Gauge.Depth(ctx); return err }, g.Log))
	h := &behind.Handler{Pages: pages, Log: g.Log}
	return h.Handle, nil
}
