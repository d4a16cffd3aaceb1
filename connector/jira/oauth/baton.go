package oauth

import (
	"context"
	"sync"
	"time"
)

// A baton is a mutex that is waited for no longer than a context lasts. The
// zero baton is free.
type baton struct {
	once sync.Once
	held chan struct{}
}

func (b *baton) lane() chan struct{} {
	b.once.Do(func() { b.held = make(chan struct{}, 1) })
	return b.held
}

// take takes it if it is free.
func (b *baton) take() bool {
	select {
	case b.lane() <- struct{}{}:
		return true
	default:
		return false
	}
}

// wait takes it when it is free.
func (b *baton) wait(ctx context.Context) error {
	select {
	case b.lane() <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// pass frees it.
func (b *baton) pass() { <-b.lane() }

// pause waits for a while, or as long as ctx lasts.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
