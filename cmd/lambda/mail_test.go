//go:build emu || tune

package lambda_test

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// A post is an SQS queue as a mailbox.
type post struct {
	mail *sqs.Client
	url  string
}

// Receive implements [source.Mailbox].
func (p post) Receive(ctx context.Context) (events.SQSMessage, bool, error) {
	got, err := p.mail.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &p.url, MaxNumberOfMessages: 1, VisibilityTimeout: 3, WaitTimeSeconds: 1})
	if err != nil || len(got.Messages) == 0 {
		return events.SQSMessage{}, false, err
	}
	m := got.Messages[0]
	return events.SQSMessage{MessageId: *m.MessageId, Body: *m.Body, ReceiptHandle: *m.ReceiptHandle}, true, nil
}

// Keep implements [source.Mailbox].
func (p post) Keep(ctx context.Context, m events.SQSMessage) error {
	_, err := p.mail.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &p.url, ReceiptHandle: &m.ReceiptHandle, VisibilityTimeout: 3})
	return err
}

// Remove implements [source.Mailbox].
func (p post) Remove(ctx context.Context, m events.SQSMessage) error {
	_, err := p.mail.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &p.url, ReceiptHandle: &m.ReceiptHandle})
	return err
}

// siteKeys are the path keys, as the secret holds them.
func (s *stack) siteKeys() string {
	s.t.Helper()
	s.register()
	keys := map[string]string{}
	for site, key := range s.app.Keys() {
		keys[site] = key.Reveal()
	}
	b, err := json.Marshal(keys)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}
