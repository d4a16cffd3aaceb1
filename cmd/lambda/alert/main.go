// Alert tells a Slack channel of alarms.
package main

import (
	"context"
	"errors"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"example.com/accord/connector"
	"example.com/accord/lambda/alert"
	"example.com/accord/lambda/ground"
)

func main() {
	name := os.Getenv("ACCORD_SLACK")
	if name == "" {
		ground.Fail(errors.New("the environment has no ACCORD_SLACK"))
	}
	address, err := ground.Secret(context.Background(), os.Getenv, name)
	if err != nil {
		ground.Fail(err)
	}
	h := &alert.Handler{Webhook: connector.NewSecret(address), Log: ground.Log()}
	lambda.Start(h.Handle)
}
