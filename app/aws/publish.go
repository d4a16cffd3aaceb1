package aws

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/accord/config"
	"example.com/accord/config/published"
)

// InUse says which configuration is in use, or [published.ErrNone].
func (s *Stack) InUse(ctx context.Context) (published.Current, error) {
	now, err := published.Read(ctx, s.store)
	if err != nil {
		return now, fmt.Errorf("stack %s: %w", s.name, err)
	}
	return now, nil
}

// Keyless names the sites of c that send webhooks to an address that nobody has
// made a key for: hear would take none of them.
func (s *Stack) Keyless(ctx context.Context, c config.Config) (sites []string, err error) {
	keys, err := s.keys(ctx)
	if err != nil {
		return nil, err
	}
	for _, site := range c.Sites {
		if key := keys[site.Name]; site.Hooks && !key.Set() {
			sites = append(sites, site.Name)
		}
	}
	return sites, nil
}

// Publish lets c be in use from now on, and returns what is said of it. What
// has been published before is not stored again, and what is in use stays so.
func (s *Stack) Publish(ctx context.Context, c config.Config, by string) (published.Current, error) {
	digest, _, err := published.Store(ctx, s.blobs, c)
	if err != nil {
		return published.Current{}, fmt.Errorf("publish to stack %s: %w", s.name, err)
	}
	return s.use(ctx, digest, by)
}

// PublishAgain lets a configuration be in use that was published before: its
// digest begins with start, and no other's does.
func (s *Stack) PublishAgain(ctx context.Context, start, by string) (published.Current, error) {
	digest, err := s.find(ctx, start)
	if err == nil {
		_, err = published.Load(ctx, s.blobs, digest)
	}
	if err != nil {
		return published.Current{}, fmt.Errorf("publish to stack %s again: %w", s.name, err)
	}
	return s.use(ctx, digest, by)
}

func (s *Stack) use(ctx context.Context, digest, by string) (published.Current, error) {
	was, err := published.Read(ctx, s.store)
	if err == nil && was.Digest == digest {
		return was, nil
	}
	now := published.Current{Digest: digest, At: time.Now().UTC().Truncate(time.Second), By: by}
	if err := published.Use(ctx, s.store, now); err != nil {
		return now, fmt.Errorf("publish to stack %s: %w", s.name, err)
	}
	return now, nil
}

func (s *Stack) find(ctx context.Context, start string) (digest string, err error) {
	found := 0
	for key, err := range s.blobs.Keys(ctx, "config/"+start) {
		if err != nil {
			return "", err
		}
		digest = strings.TrimSuffix(strings.TrimPrefix(key, "config/"), ".json")
		found++
	}
	switch {
	case start == "":
		return "", errors.New("no digest is said")
	case found == 0:
		return "", fmt.Errorf("no configuration was published whose digest begins with %s", start)
	case found > 1:
		return "", fmt.Errorf("%d configurations were published whose digests begin with %s: say more of it", found, start)
	}
	return digest, nil
}
