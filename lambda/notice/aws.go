//go:build !local

package notice

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sns"

	"example.com/accord/lambda/role"
)

// Open returns the teller of the topic that the environment names.
func Open(_ context.Context, env func(string) string) (Teller, error) {
	topic := env("ACCORD_TOPIC")
	if topic == "" {
		return nil, errors.New("the environment has no ACCORD_TOPIC")
	}
	c, err := role.Config(env)
	if err != nil {
		return nil, fmt.Errorf("open AWS: %w", err)
	}
	return on(sns.NewFromConfig(c), topic), nil
}

// topics is what we use of SNS.
type topics interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

func on(t topics, topic string) Teller {
	post := struct{ sns topics }{t}
	return func(ctx context.Context, subject, text string) error {
		in := &sns.PublishInput{TopicArn: &topic, Subject: new(plain(subject)), Message: &text}
		if _, err := post.sns.Publish(ctx, in); err != nil {
			return fmt.Errorf("tell %s: %w", topic, err)
		}
		return nil
	}
}
