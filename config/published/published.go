// Package published keeps the configurations of a stack: each is the blob
// config/DIGEST.json and never changes, and the State "config/current" says
// which of them is in use, for each [config.Format] one: while one build takes
// over from another, each finds what it can read. To go back is to use an earlier
// one again.
package published

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"example.com/accord/config"
	"example.com/accord/durable"
)

const current = "config/current"

// A Current says which configuration is in use.
type Current struct {
	Digest string    `json:"digest"` // SHA-256 of the blob, in hexadecimal digits
	At     time.Time `json:"at"`     // since when
	By     string    `json:"by"`     // who said so, for people
}

// ErrNone says that no configuration was published yet that this build reads.
var ErrNone = errors.New("no configuration is published yet: `accord publish --stack NAME` does it")

// Read returns which configuration this build uses, or [ErrNone].
func Read(ctx context.Context, s durable.Store) (Current, error) {
	a, _, err := read(ctx, s)
	if err != nil {
		return Current{}, err
	}
	return a.own()
}

// Latest is Read for those who are not deployed with the functions, and may be of
// another build: it fails if what was published last is for another.
func Latest(ctx context.Context, s durable.Store) (Current, error) {
	a, _, err := read(ctx, s)
	if err != nil {
		return Current{}, err
	}
	own, err := a.own()
	for format, c := range a {
		if err == nil && c.At.After(own.At) {
			return own, fmt.Errorf("what is in use since %s has the format %d, and this build of Accord reads %d: use the build that is deployed, or deploy this one", c.At.Format(time.RFC3339), format, config.Format)
		}
	}
	return own, err
}

// all is the State: what is in use, by the format of it.
type all map[int]Current

func (a all) own() (Current, error) {
	c, ok := a[config.Format]
	switch {
	case ok:
		return c, nil
	case len(a) > 0:
		return c, fmt.Errorf("%w; what is published is for another build of Accord: this one reads the format %d", ErrNone, config.Format)
	}
	return c, ErrNone
}

func read(ctx context.Context, s durable.Store) (a all, st durable.State, err error) {
	a = all{}
	st, err = s.State(ctx, current)
	if err == nil && len(st.Value) > 0 {
		err = json.Unmarshal(st.Value, &a)
	}
	if err != nil {
		return a, st, fmt.Errorf("read which configuration is in use: %w", err)
	}
	return a, st, nil
}

// Use lets c be in use from now on by all that read this build's format.
// [durable.ErrStale]: somebody else has said something else at the same time.
func Use(ctx context.Context, s durable.Store, c Current) error {
	a, st, err := read(ctx, s)
	if err != nil {
		return err
	}
	a[config.Format] = c
	if st.Value, err = json.Marshal(a); err != nil {
		return err
	}
	if err := s.SetState(ctx, st); err != nil {
		return fmt.Errorf("use configuration %.12s: %w", c.Digest, err)
	}
	return nil
}

// address is the State that says where the sites reach the hooks of a stack.
const address = "hooks/address"

// NoteAddress keeps where the sites reach the hooks: the functions are told, and
// others on the same state are not. It holds a key.
func NoteAddress(ctx context.Context, s durable.Store, url string) error {
	st, err := s.State(ctx, address)
	if err != nil {
		return fmt.Errorf("note address of the hooks: %w", err)
	}
	value, err := json.Marshal(url)
	if err != nil {
		return err
	}
	if bytes.Equal(st.Value, value) {
		return nil
	}
	st.Value = value
	if err := s.SetState(ctx, st); err != nil && !errors.Is(err, durable.ErrStale) { // another has noted it
		return fmt.Errorf("note address of the hooks: %w", err)
	}
	return nil
}

// Address returns what NoteAddress has kept; empty: nothing.
func Address(ctx context.Context, s durable.Store) (url string, err error) {
	st, err := s.State(ctx, address)
	if err == nil && len(st.Value) > 0 {
		err = json.Unmarshal(st.Value, &url)
	}
	if err != nil {
		return "", fmt.Errorf("read address of the hooks: %w", err)
	}
	return url, nil
}

// key is that of a configuration's blob.
func key(digest string) string { return "config/" + digest + ".json" }

// Load reads a published configuration, and makes sure that it is what was
// published. [durable.ErrNotFound]: there is none with this digest.
func Load(ctx context.Context, b durable.Blobs, digest string) (c config.Config, err error) {
	r, err := b.Open(ctx, key(digest))
	if err != nil {
		return c, fmt.Errorf("load configuration: %w", err)
	}
	defer r.Close()
	src, err := io.ReadAll(r)
	if err != nil {
		return c, fmt.Errorf("load configuration %.12s: %w", digest, err)
	}
	if sum := sha256.Sum256(src); hex.EncodeToString(sum[:]) != digest {
		return c, fmt.Errorf("load configuration %.12s: it is not what was published", digest)
	}
	return config.Load(src)
}

// A Creator stores a blob unless there is one with its key, and says whether there was none.
type Creator interface {
	Create(ctx context.Context, key string, r io.Reader) (created bool, err error)
}

// Store puts c among the published configurations, and returns its digest; it
// is not in use yet. What is there already stays as it is.
func Store(ctx context.Context, b Creator, c config.Config) (digest string, created bool, err error) {
	if err := c.Portable(); err != nil {
		return "", false, err
	}
	src, name, err := c.Compile()
	if err != nil {
		return "", false, err
	}
	digest = strings.TrimSuffix(name, ".json")
	created, err = b.Create(ctx, key(digest), bytes.NewReader(src))
	return digest, created, err
}
