package durable

import (
	"context"
	"io"
	"iter"
)

// Blobs keeps what is too large for the store: attachments on their way,
// archived logs, census reports. Keys are slash-separated, without "..".
type Blobs interface {
	// Put stores all of r under key, whole or not at all.
	Put(ctx context.Context, key string, r io.Reader) error

	// Open returns the bytes, or ErrNotFound.
	Open(ctx context.Context, key string) (io.ReadCloser, error)

	// Remove removes key; one that is missing does no harm.
	Remove(ctx context.Context, key string) error

	// Keys yields the keys that begin with prefix, in order.
	Keys(ctx context.Context, prefix string) iter.Seq2[string, error]
}
