// Answer answers webhooks, and puts those that are authentic into the stream.
//
//	ACCORD_ANSWER_KEYS, ACCORD_ANSWER_SECRETS  who may deliver: see [answer.Sites]
//	ACCORD_STREAM, ACCORD_KINESIS              where to: see [answer.OpenStream]
//
// There are no names of secrets among them but the secrets themselves, which
// the template takes out of Secrets Manager: so no service is asked at a start.
package main

import (
	"context"
	"log/slog"
	"os"

	"example.com/accord/lambda/answer"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	if err := run(context.Background(), log); err != nil {
		log.Error("cannot go on", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, log *slog.Logger) error {
	sites, err := answer.Sites(os.Getenv("ACCORD_ANSWER_KEYS"), os.Getenv("ACCORD_ANSWER_SECRETS"))
	if err != nil {
		return err
	}
	s, err := answer.OpenStream(os.Getenv)
	if err != nil {
		return err
	}
	h := &answer.Handler{Sites: sites, Put: s.Put, Log: log}
	return answer.Loop(ctx, os.Getenv("AWS_LAMBDA_RUNTIME_API"), h.Handle)
}
