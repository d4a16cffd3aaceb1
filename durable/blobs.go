package durable

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"
)

// Blobs keeps what is too large for the store: attachments on their way,
// archived logs, census reports. For keys see CheckKey; none may be the folder of
// another, as "a" is of "a/b".
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

// CheckKey reports what is wrong with a blob's key. One is slash-separated, at
// most 512 bytes of UTF-8, and no element of it is empty, begins with "." or
// holds a backslash, a colon or a control character: so it is a file's path
// everywhere.
func CheckKey(key string) error {
	odd := func(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`\:*?"<>|`, r) }
	if len(key) > 512 || !utf8.ValidString(key) || strings.ContainsFunc(key, odd) {
		return fmt.Errorf("blob key %.80q: want at most 512 bytes without control characters or any of \\:*?\"<>|", key)
	}
	for element := range strings.SplitSeq(key, "/") {
		if element == "" || element[0] == '.' || len(element) > 200 {
			return fmt.Errorf("blob key %.80q: want elements of at most 200 bytes that do not begin with a dot", key)
		}
	}
	return nil
}
