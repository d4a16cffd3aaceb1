package demo

import (
	"context"
	"strings"
	"time"

	"example.com/accord/durable"
)

// describe waits until the first sync is done and says where to look and what
// to try.
func (s *stage) describe(ctx context.Context) (err error) {
	if s.stand, err = s.openStand(ctx); err != nil {
		return err
	}
	keys, err := s.pair(ctx)
	if err != nil {
		return err
	}
	ada := s.people[1]
	s.say(`
Two simulated Jiras, and a sync that keeps them in step:

  page         %s                    both, side by side, with what the sync does
  Cloud        %s/rest/api/3   project SUP, with ADF
  Data Center  %s/rest/api/2   project DEV, with wiki markup
  accord       %s                    what it knows, as a page
  accord.yaml  %s/accord.yaml

%s is %s there. Try, in another terminal:

  curl -u %s:%s -X PUT -H 'Content-Type: application/json' \
    -d '{"fields":{"summary":"Hello from the Cloud"}}' %s/rest/api/3/issue/%s
  curl -H 'Authorization: Bearer %s' '%s/rest/api/2/issue/%s?fields=summary'

  curl -H 'Authorization: Bearer %s' -X POST -H 'Content-Type: application/json' \
    -d '{"body":"And *hello* from the Data Center"}' %s/rest/api/2/issue/%s/comment
  curl -u %s:%s %s/rest/api/3/issue/%s/comment

Stop it with Ctrl-C. Nothing is kept.
`, s.stand.url, s.cloud.url, s.center.url, s.page(), s.folder, keys[0], keys[1],
		ada.Email, ada.Token, s.cloud.url, keys[0], ada.Token, s.center.url, keys[1],
		ada.Token, s.center.url, keys[1], ada.Email, ada.Token, s.cloud.url, keys[0])
	return nil
}

// firstSync is how long the sample issues may take to be copied.
const firstSync = 30 * time.Second

// pair returns the keys of an issue that is on both sides, the Cloud's first.
func (s *stage) pair(ctx context.Context) (keys [2]string, err error) {
	for end := time.Now().Add(firstSync); time.Now().Before(end); {
		for l, err := range s.app.Store.Links(ctx, durable.Filter{}) {
			if err != nil {
				return keys, err
			}
			keys = [2]string{l.Sides["support"].Key, l.Sides["development"].Key}
			if strings.HasPrefix(keys[0], "SUP-") && strings.HasPrefix(keys[1], "DEV-") {
				return keys, nil
			}
		}
		select {
		case <-ctx.Done():
			return keys, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return [2]string{"SUP-1", "not yet"}, nil
}
