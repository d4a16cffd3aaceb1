//go:build !local

package ground

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-lambda-go/events"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/accord/durable"
	"example.com/accord/durable/aws"
)

// open opens the services that the environment names, with the credentials and
// in the region that the function has.
func (g *Ground) open(ctx context.Context) ([]byte, error) {
	names, err := g.must("ACCORD_CONFIG", "ACCORD_TABLE", "ACCORD_LIVE_QUEUE", "ACCORD_BULK_QUEUE", "ACCORD_BUCKET")
	if err != nil {
		return nil, err
	}
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("open AWS: %w", err)
	}
	// An address of one's own, as an emulator has, knows no bucket by its host name.
	blobs := aws.NewBlobs(s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil }), names[4])
	store := aws.NewStore(dynamodb.NewFromConfig(c), names[1], blobs)
	queue := aws.NewQueue(sqs.NewFromConfig(c), store, names[2], names[3])
	g.Store, g.Queue, g.Gauge, g.Blobs, g.Tidy = store, queue, queue, blobs, store.Sweep
	g.Take = func(ctx context.Context, m events.SQSMessage) (durable.Message, bool, error) {
		out, ok, err := queue.Take(ctx, aws.Delivery{ID: m.MessageId, Body: m.Body, Receipt: m.ReceiptHandle}, hide(ctx))
		if busy, is := errors.AsType[aws.Busy](err); is {
			err = durable.Later{At: busy.Until, Why: err.Error()}
		}
		return out, ok, err
	}
	g.secret = vaultOf(c)
	r, err := blobs.Open(ctx, names[0])
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	defer r.Close()
	return io.ReadAll(r)
}

func secrets(ctx context.Context, _ func(string) string) (vault, error) {
	c, err := config.LoadDefaultConfig(ctx)
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
