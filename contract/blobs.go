package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"example.com/accord/durable"
)

// Blobs checks that what open returns keeps the promises of [durable.Blobs].
// Each test has one of its own.
func Blobs(t *testing.T, open func(t *testing.T) durable.Blobs) {
	for name, test := range map[string]func(*blobs){
		"what was put is opened":              (*blobs).put,
		"a blob is put whole or not at all":   (*blobs).whole,
		"keys come in order, by prefix":       (*blobs).keys,
		"a removed blob is gone":              (*blobs).remove,
		"only keys that are paths are taken":  (*blobs).names,
		"many may put at the same time":       (*blobs).concurrent,
		"a blob is larger than a store takes": (*blobs).large,
	} {
		t.Run(name, func(t *testing.T) { test(&blobs{t, open(t)}) })
	}
}

type blobs struct {
	*testing.T
	durable.Blobs
}

func (b *blobs) ok(err error, doing string) {
	b.Helper()
	if err != nil {
		b.Fatalf("%s: %v", doing, err)
	}
}

func (b *blobs) store(key, content string) {
	b.Helper()
	b.ok(b.Put(b.Context(), key, strings.NewReader(content)), "put "+key)
}

// holds checks what is stored under key.
func (b *blobs) holds(key, want string) {
	b.Helper()
	r, err := b.Open(b.Context(), key)
	b.ok(err, "open "+key)
	got, err := io.ReadAll(r)
	b.ok(errors.Join(err, r.Close()), "read "+key)
	if string(got) != want {
		b.Errorf("%s holds %.80q, want %.80q", key, got, want)
	}
}

func (b *blobs) missing(key string) {
	b.Helper()
	if r, err := b.Open(b.Context(), key); !errors.Is(err, durable.ErrNotFound) {
		b.Errorf("open %s: %v (%v), want ErrNotFound", key, r, err)
	}
}

func (b *blobs) all(prefix string) (keys []string) {
	b.Helper()
	for key, err := range b.Keys(b.Context(), prefix) {
		b.ok(err, "keys")
		keys = append(keys, key)
	}
	return keys
}

func (b *blobs) put() {
	b.missing("a/b")
	b.store("a/b", "one")
	b.store("c", "")
	b.holds("a/b", "one")
	b.holds("c", "")
	b.store("a/b", "two, and longer")
	b.store("a/b", "3")
	b.holds("a/b", "3")
	b.missing("a")
	b.missing("a/b/c")
}

func (b *blobs) whole() {
	broken := errors.New("broken")
	half := func() io.Reader { return io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)) }
	b.store("old", "whole")
	for _, key := range []string{"old", "new/one"} {
		if err := b.Put(b.Context(), key, half()); !errors.Is(err, broken) {
			b.Errorf("put %s from a broken reader: %v, want its error", key, err)
		}
	}
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	if err := b.Put(ctx, "old", strings.NewReader("late")); !errors.Is(err, context.Canceled) {
		b.Errorf("put after the context has ended: %v, want its error", err)
	}
	b.holds("old", "whole")
	b.missing("new/one")
	if keys := b.all(""); !slices.Equal(keys, []string{"old"}) {
		b.Errorf("keys: %v, want only the one that was put", keys)
	}
}

func (b *blobs) keys() {
	names := []string{"a-b", "a/b", "a/b-c", "a.b", "ab/c/d", "b", "census/2026/1", "census/2026/2", "census/2027/1", "é"}
	for _, key := range names {
		b.store(key, key)
	}
	for _, prefix := range []string{"", "a", "a/", "a/b", "ab/", "census/202", "census/2026/", "b", "x", "x/", "é", ".."} {
		var want []string
		for _, key := range names {
			if strings.HasPrefix(key, prefix) {
				want = append(want, key)
			}
		}
		slices.Sort(want)
		if got := b.all(prefix); !slices.Equal(got, want) {
			b.Errorf("keys with prefix %q: %v, want %v", prefix, got, want)
		}
	}
	for key, err := range b.Keys(b.Context(), "") {
		b.ok(err, "keys")
		if key != "a-b" {
			b.Errorf("the first key is %s, want a-b", key)
		}
		break
	}
}

func (b *blobs) remove() {
	b.store("a/b", "x")
	b.store("a/c", "y")
	b.ok(b.Remove(b.Context(), "a/b"), "remove")
	b.missing("a/b")
	b.holds("a/c", "y")
	b.ok(b.Remove(b.Context(), "a/b"), "remove what is gone")
	b.ok(b.Remove(b.Context(), "never/was"), "remove what never was")
}

func (b *blobs) names() {
	for _, key := range []string{"", "/a", "a/", "a//b", ".", "..", "../a", "a/../../b", ".hidden", `a\b`, "a\x00", strings.Repeat("x", 600)} {
		if err := b.Put(b.Context(), key, strings.NewReader("x")); err == nil {
			b.Errorf("the key %.20q was taken", key)
		}
		if r, err := b.Open(b.Context(), key); err == nil {
			b.Errorf("the key %.20q was opened: %v", key, r)
		}
	}
	if keys := b.all(""); len(keys) != 0 {
		b.Errorf("keys: %v, want none", keys)
	}
	long := strings.Repeat("x", 200) + "/" + strings.Repeat("y", 200)
	b.store(long, "fine")
	b.holds(long, "fine")
}

func (b *blobs) concurrent() {
	var wg sync.WaitGroup
	errs := make([]error, 32)
	for i := range errs {
		wg.Go(func() {
			key := fmt.Sprintf("many/%d", i%8)
			errs[i] = b.Put(b.Context(), key, strings.NewReader(strings.Repeat(key, 10_000)))
		})
	}
	wg.Wait()
	b.ok(errors.Join(errs...), "put")
	for i := range 8 {
		key := fmt.Sprintf("many/%d", i)
		b.holds(key, strings.Repeat(key, 10_000))
	}
	if n := len(b.all("")); n != 8 {
		b.Errorf("%d keys, want 8", n)
	}
}

func (b *blobs) large() {
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<17) // 2 MiB
	b.ok(b.Put(b.Context(), "large", iotest.HalfReader(bytes.NewReader(content))), "put")
	b.holds("large", string(content))
}
