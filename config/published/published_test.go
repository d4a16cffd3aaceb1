package published_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/config"
	"example.com/accord/config/published"
	"example.com/accord/durable"
	"example.com/accord/memory"
)

// bucket creates blobs as S3 does with a condition.
type bucket struct{ *memory.Blobs }

func (b bucket) Create(ctx context.Context, key string, r io.Reader) (bool, error) {
	old, err := b.Open(ctx, key)
	if err == nil {
		return false, old.Close()
	}
	if !errors.Is(err, durable.ErrNotFound) {
		return false, err
	}
	return true, b.Put(ctx, key, r)
}

func TestPublishAndGoBack(t *testing.T) {
	b, s := bucket{memory.NewBlobs()}, memory.NewStore()
	if _, err := published.Read(t.Context(), s); !errors.Is(err, published.ErrNone) {
		t.Errorf("before the first: %v", err)
	}
	var digests []string
	for n, c := range []config.Config{{PublicURL: "https://one.example"}, {PublicURL: "https://two.example"}, {PublicURL: "https://one.example"}} {
		digest, created, err := published.Store(t.Context(), b, c)
		if err != nil || created != (n < 2) {
			t.Fatalf("publish %d: created %v, %v", n, created, err)
		}
		digests = append(digests, digest)
		want := published.Current{Digest: digest, At: time.Unix(int64(n), 0).UTC(), By: "ada"}
		if err := published.Use(t.Context(), s, want); err != nil {
			t.Fatal(err)
		}
		got, err := published.Read(t.Context(), s)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("in use after %d: %v (-want +got):\n%s", n, err, diff)
		}
		if got, err := published.Load(t.Context(), b, digest); err != nil || got.PublicURL != c.PublicURL {
			t.Errorf("loaded %q, %v", got.PublicURL, err)
		}
	}
	if digests[0] != digests[2] || digests[0] == digests[1] {
		t.Errorf("the digests are %v: want one for each configuration", digests)
	}
}

// TestEachFormatHasItsOwn: what a build publishes takes nothing from one that
// reads another format, whichever of them is the newer.
func TestEachFormatHasItsOwn(t *testing.T) {
	s := memory.NewStore()
	at := func(hour int) time.Time { return time.Date(2026, 11, 24, hour, 0, 0, 0, time.UTC) }
	other := published.Current{Digest: "theirs", At: at(2), By: "bob"}
	src, err := json.Marshal(map[string]published.Current{"999": other})
	if err == nil {
		err = s.SetState(t.Context(), durable.State{Name: "config/current", Value: src})
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(context.Context, durable.Store) (published.Current, error){"read": published.Read, "latest": published.Latest} {
		if _, err := read(t.Context(), s); !errors.Is(err, published.ErrNone) || !strings.Contains(err.Error(), "for another build of Accord") {
			t.Errorf("%s: what is there is for another build: %v", name, err)
		}
	}
	for _, c := range []struct {
		ours   published.Current
		latest string // what it says to whom may be of another build
	}{
		{published.Current{Digest: "ours", At: at(1), By: "ada"}, "in use since 2026-11-24T02:00:00Z has the format 999"},
		{published.Current{Digest: "ours", At: at(3), By: "ada"}, ""},
	} {
		if err := published.Use(t.Context(), s, c.ours); err != nil {
			t.Fatal(err)
		}
		if got, err := published.Read(t.Context(), s); err != nil || got != c.ours {
			t.Errorf("a function uses %+v, %v", got, err)
		}
		_, err := published.Latest(t.Context(), s)
		if (err == nil) != (c.latest == "") || err != nil && !strings.Contains(err.Error(), c.latest) {
			t.Errorf("at %v: %v, want %q", c.ours.At, err, c.latest)
		}
	}
	st, err := s.State(t.Context(), "config/current")
	var all map[string]published.Current
	if err == nil {
		err = json.Unmarshal(st.Value, &all)
	}
	if err != nil || all["999"] != other {
		t.Errorf("the other build finds %+v, %v", all["999"], err)
	}
}

func TestOnlyWhatWasPublishedIsLoaded(t *testing.T) {
	b := bucket{memory.NewBlobs()}
	digest, _, err := published.Store(t.Context(), b, config.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), "config/"+digest+".json", strings.NewReader(`{"Format":1,"Config":{}}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := published.Load(t.Context(), b, digest); err == nil || !strings.Contains(err.Error(), "not what was published") {
		t.Errorf("what somebody has changed: %v", err)
	}
	if _, err := published.Load(t.Context(), b, strings.Repeat("0", 64)); !errors.Is(err, durable.ErrNotFound) {
		t.Errorf("what is not there: %v", err)
	}
	onMyMachine := config.Config{Sites: []config.Site{{Name: "acme", Token: config.Credential{File: "token"}}}}
	if _, _, err := published.Store(t.Context(), b, onMyMachine); err == nil || !strings.Contains(err.Error(), "site acme: token is the file token") {
		t.Errorf("what is on this machine only: %v", err)
	}
}

func TestTwoPublishAtTheSameTime(t *testing.T) {
	s := memory.NewStore()
	other := *s
	s.Fault = func(op string) error {
		if op == "setstate" {
			s.Fault = nil
			return published.Use(t.Context(), &other, published.Current{Digest: "theirs"})
		}
		return nil
	}
	if err := published.Use(t.Context(), s, published.Current{Digest: "ours"}); !errors.Is(err, durable.ErrStale) {
		t.Errorf("somebody else was faster: %v, want ErrStale", err)
	}
	if got, err := published.Read(t.Context(), s); err != nil || got.Digest != "theirs" {
		t.Errorf("in use is %q, %v", got.Digest, err)
	}
}

func TestTheAddressIsNoted(t *testing.T) {
	s := memory.NewStore()
	for _, want := range []string{"", "https://stack.example/key", "https://other.example/key", "https://other.example/key"} {
		if want != "" {
			if err := published.NoteAddress(t.Context(), s, want); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := published.Address(t.Context(), s); got != want || err != nil {
			t.Errorf("the address is %q (%v), want %q", got, err, want)
		}
	}
	if st, err := s.State(t.Context(), "hooks/address"); err != nil || st.Revision != 2 {
		t.Errorf("revision %d (%v): what is known is noted again", st.Revision, err)
	}
	down := errors.New("down")
	s.Fault = func(string) error { return down }
	if err := published.NoteAddress(t.Context(), s, "x"); !errors.Is(err, down) {
		t.Errorf("note: %v", err)
	}
	if _, err := published.Address(t.Context(), s); !errors.Is(err, down) {
		t.Errorf("read: %v", err)
	}
}
