package memory

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"example.com/accord/durable"
)

// Blobs is a [durable.Blobs] in memory. A copy of it shares what it keeps and
// may have a Fault of its own.
type Blobs struct {
	Fault func(op string) error // as [Store.Fault]

	*blobs
}

type blobs struct {
	mu   sync.Mutex
	kept map[string][]byte
}

var _ durable.Blobs = (*Blobs)(nil)

// NewBlobs returns an empty Blobs.
func NewBlobs() *Blobs { return &Blobs{blobs: &blobs{kept: map[string][]byte{}}} }

// Put implements [durable.Blobs].
func (b *Blobs) Put(ctx context.Context, key string, r io.Reader) error {
	if err := durable.CheckKey(key); err != nil {
		return err
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("put blob %s: %w", key, err)
	}
	return faulty(ctx, b.Fault, "put", &b.mu, func() error {
		b.kept[key] = all
		return nil
	})
}

// Open implements [durable.Blobs].
func (b *Blobs) Open(ctx context.Context, key string) (rc io.ReadCloser, err error) {
	err = faulty(ctx, b.Fault, "open", &b.mu, func() error {
		all, ok := b.kept[key]
		if !ok {
			return fmt.Errorf("open blob %s: %w", key, durable.ErrNotFound)
		}
		rc = io.NopCloser(bytes.NewReader(all))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rc, nil
}

// Remove implements [durable.Blobs].
func (b *Blobs) Remove(ctx context.Context, key string) error {
	return faulty(ctx, b.Fault, "remove", &b.mu, func() error {
		delete(b.kept, key)
		return nil
	})
}

// Keys implements [durable.Blobs].
func (b *Blobs) Keys(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var found []string
		err := faulty(ctx, b.Fault, "keys", &b.mu, func() error {
			for _, key := range slices.Sorted(maps.Keys(b.kept)) {
				if strings.HasPrefix(key, prefix) {
					found = append(found, key)
				}
			}
			return nil
		})
		each(found, err, yield)
	}
}
