//go:build !local

package notice

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sns"
)

type fake struct {
	got []*sns.PublishInput
	err error
}

func (f *fake) Publish(_ context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	f.got = append(f.got, in)
	return &sns.PublishOutput{}, f.err
}

func TestTell(t *testing.T) {
	f := &fake{}
	if err := on(f, "arn:topic")(t.Context(), "a field\nof Käthe "+strings.Repeat("x", 200), "text, größer"); err != nil {
		t.Fatal(err)
	}
	in := f.got[0]
	if s := *in.Subject; !strings.HasPrefix(s, "a field?of K?the xxx") || len(s) != maxSubject || *in.Message != "text, größer" || *in.TopicArn != "arn:topic" {
		t.Errorf("%q, %q to %s", s, *in.Message, *in.TopicArn)
	}
	f.err = errors.New("throttled")
	if err := on(f, "arn:topic")(t.Context(), "a", "b"); !errors.Is(err, f.err) || !strings.Contains(err.Error(), "tell arn:topic: throttled") {
		t.Errorf("%v", err)
	}
}

func TestOpenNamesWhatIsMissing(t *testing.T) {
	if _, err := Open(t.Context(), func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "ACCORD_TOPIC") {
		t.Errorf("%v", err)
	}
}
