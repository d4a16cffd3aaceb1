// After counts what commits changed, and tells people of the fields that wait
// for them.
package main

import (
	"context"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/lambda/after"
	"example.com/accord/lambda/ground"
	"example.com/accord/lambda/metric"
	"example.com/accord/lambda/notice"
)

func main() { ground.Start(build) }

func build(ctx context.Context, g *ground.Ground) (func(context.Context, after.Batch) (events.DynamoDBEventResponse, error), error) {
	tell, err := notice.Open(ctx, os.Getenv)
	if err != nil {
		return nil, err
	}
	numbers := metric.Log{W: os.Stdout, Stack: os.Getenv("ACCORD_TABLE")}
	h := &after.Handler{Store: g.Store, Tell: tell, Now: time.Now, Log: g.Log, Count: func(sums map[string]float64) error { return numbers.Put(time.Now(), sums, nil) }}
	return h.Handle, nil
}
