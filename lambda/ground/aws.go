//go:build !local

package ground

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	accord "example.com/accord/config"
	"example.com/accord/config/published"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/lambda/role"
)

// open opens the services that the environment names, with the credentials and
// in the region that the function has.
func (g *Ground) open(ctx context.Context) error {
	names, err := g.must("ACCORD_TABLE", "ACCORD_LIVE_QUEUE", "ACCORD_BULK_QUEUE", "ACCORD_BUCKET")
	if err != nil {
		return err
	}
	c, err := role.Config(g.env)
	if err != nil {
		return fmt.Errorf("open AWS: %w", err)
	}
	store, queue, blobs := aws.Open(c, aws.Names{Table: names[0], Live: names[1], Bulk: names[2], Bucket: names[3]})
	g.Store, g.Queue, g.Gauge, g.Blobs, g.Tidy = store, queue, queue, blobs, store.Sweep
	g.Take = func(ctx context.Context, m events.SQSMessage) (durable.Message, bool, error) {
		out, ok, err := queue.Take(ctx, aws.Delivery{ID: m.MessageId, Body: m.Body, Receipt: m.ReceiptHandle}, hide(ctx))
		if busy, is := errors.AsType[aws.Busy](err); is {
			err = durable.Later{At: busy.Until, Why: err.Error()}
		}
		return out, ok, err
	}
	g.secret = vaultOf(c)
	g.source = func(ctx context.Context, had string) (c accord.Config, digest string, err error) {
		now, err := published.Read(ctx, store)
		if err == nil && now.Digest != had {
			c, err = published.Load(ctx, blobs, now.Digest)
		}
		return c, now.Digest, err
	}
	return nil
}

func secrets(_ context.Context, env func(string) string) (vault, error) {
	c, err := role.Config(env)
	if err != nil {
		return nil, fmt.Errorf("open AWS: %w", err)
	}
	return vaultOf(c), nil
}

func vaultOf(c sdk.Config) vault {
	return aws.NewSecrets(secretsmanager.NewFromConfig(c), "", time.Minute).Secret
}

// hide is for how long an event is the function's own: until its time limit,
// after which it is dead.
func hide(ctx context.Context) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return time.Minute
	}
	return time.Until(end) + time.Second
}
