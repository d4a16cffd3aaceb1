package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/sqlite"
)

func openBlobs(t *testing.T, dir string) *sqlite.Blobs {
	t.Helper()
	b, err := sqlite.OpenBlobs(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestBlobs(t *testing.T) {
	contract.Blobs(t, func(t *testing.T) durable.Blobs { return openBlobs(t, filepath.Join(t.TempDir(), "new", "blobs")) })
}

func TestBlobsStayInTheirFolder(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "way")); err != nil {
		t.Fatal(err)
	}
	b := openBlobs(t, dir)
	if r, err := b.Open(t.Context(), "way/secret"); err == nil {
		t.Errorf("a symbolic link led out of the folder: %v", r)
	}
	if err := b.Put(t.Context(), "way/secret", strings.NewReader("x")); err == nil {
		t.Error("a symbolic link led out of the folder")
	}
	if err := b.Remove(t.Context(), "way/secret"); err == nil {
		t.Error("a symbolic link led out of the folder")
	}
	if got, err := os.ReadFile(secret); err != nil || string(got) != "secret" {
		t.Errorf("outside there is %q (%v) now", got, err)
	}
}

// A process that died while it put leaves a file that is no blob, and which goes
// away some day, but not while another process may be at it.
func TestBlobsClearAwayWhatADeadProcessLeft(t *testing.T) {
	dir := t.TempDir()
	young, old := filepath.Join(dir, ".put-young"), filepath.Join(dir, ".put-old")
	for _, name := range []string{young, old} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	b := openBlobs(t, dir)
	for key, err := range b.Keys(t.Context(), "") {
		t.Errorf("there is a blob %q (%v), want none", key, err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old one is still there: %v", err)
	}
}

func TestBlobsNeedAFolder(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.OpenBlobs(name); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("opened a file: %v, want an error that names it", err)
	}
}
