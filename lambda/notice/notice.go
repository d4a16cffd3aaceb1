// Package notice tells people something, by the topic whose subscribers they
// are. ACCORD_TOPIC is its ARN. A build with the tag "local" logs it instead.
package notice

import (
	"context"
	"strings"
)

// A Teller tells a notice. An error says that nobody was told.
type Teller func(ctx context.Context, subject, text string) error

// maxSubject is how long a subject may be: 100 characters of ASCII ("Publish" in
// the reference of SNS).
const maxSubject = 100

// plain is a subject as a topic takes it.
func plain(subject string) string {
	one := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, strings.TrimSpace(subject))
	return one[:min(len(one), maxSubject)]
}
