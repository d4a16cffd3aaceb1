package sqlite

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"example.com/accord/durable"
)

// Blobs keeps blobs as files in a folder, each under its key as path. No way
// leads out of the folder, symbolic links included.
type Blobs struct{ root *os.Root }

var _ durable.Blobs = (*Blobs)(nil)

// unfinished begins the name of a file that is being put; no key has such an element.
const unfinished = ".put-"

// OpenBlobs opens the folder, and makes it if there is none. It clears away what
// a process that died had begun to put more than a day ago.
func OpenBlobs(dir string) (*Blobs, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	b := &Blobs{root}
	if err := b.clear(time.Now().Add(-24 * time.Hour)); err != nil {
		return nil, fmt.Errorf("open blobs: %w", errors.Join(err, root.Close()))
	}
	return b, nil
}

// Close closes the folder.
func (b *Blobs) Close() error { return b.root.Close() }

func (b *Blobs) clear(before time.Time) error {
	files, err := fs.ReadDir(b.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, f := range files {
		if info, err := f.Info(); err == nil && strings.HasPrefix(f.Name(), unfinished) && info.ModTime().Before(before) {
			if err := b.root.Remove(f.Name()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Put implements [durable.Blobs]. The blob is on the disk, under another name,
// before it has its own.
func (b *Blobs) Put(ctx context.Context, key string, r io.Reader) error {
	if err := durable.CheckKey(key); err != nil {
		return err
	}
	temp := unfinished + rand.Text()
	err := b.write(ctx, temp, r)
	if err == nil {
		err = b.place(temp, key)
	}
	if err != nil {
		b.root.Remove(temp) // what stays is cleared away some day
		return fmt.Errorf("put blob %s: %w", key, err)
	}
	return nil
}

func (b *Blobs) write(ctx context.Context, name string, r io.Reader) (err error) {
	f, err := b.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := io.Copy(f, reader{ctx, r}); err != nil {
		return err
	}
	return f.Sync()
}

// place gives a file its key as name, and makes that last.
func (b *Blobs) place(temp, key string) error {
	dir := path.Dir(key)
	if err := b.root.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := b.root.Rename(temp, key); err != nil {
		return err
	}
	for ; ; dir = path.Dir(dir) {
		if err := b.sync(dir); err != nil || dir == "." {
			return err
		}
	}
}

func (b *Blobs) sync(dir string) error {
	d, err := b.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open implements [durable.Blobs].
func (b *Blobs) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := errors.Join(ctx.Err(), durable.CheckKey(key)); err != nil {
		return nil, err
	}
	f, err := b.root.Open(key)
	if err == nil {
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil && !info.IsDir() {
			return f, nil
		}
		f.Close()
		err = errors.Join(err, fs.ErrNotExist)
	}
	if isMissing(err) {
		err = durable.ErrNotFound
	}
	return nil, fmt.Errorf("open blob %s: %w", key, err)
}

// Remove implements [durable.Blobs].
func (b *Blobs) Remove(ctx context.Context, key string) error {
	if err := errors.Join(ctx.Err(), durable.CheckKey(key)); err != nil {
		return err
	}
	if err := b.root.Remove(key); err != nil && !isMissing(err) {
		return fmt.Errorf("remove blob %s: %w", key, err)
	}
	return nil
}

// Keys implements [durable.Blobs].
func (b *Blobs) Keys(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		keys, err := b.list(ctx, prefix)
		if err != nil {
			yield("", fmt.Errorf("list blobs: %w", err))
			return
		}
		for _, key := range keys {
			if !yield(key, nil) {
				return
			}
		}
	}
}

// list reads the folders in which a key with prefix may be.
func (b *Blobs) list(ctx context.Context, prefix string) (keys []string, err error) {
	err = fs.WalkDir(b.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case isMissing(err): // removed meanwhile
			return nil
		case err != nil:
			return err
		case d.IsDir() && name != "." && !strings.HasPrefix(name+"/", prefix) && !strings.HasPrefix(prefix, name+"/"):
			return fs.SkipDir
		case !d.IsDir() && strings.HasPrefix(name, prefix) && durable.CheckKey(name) == nil:
			keys = append(keys, name)
		}
		return nil
	})
	slices.Sort(keys)
	return keys, err
}

// isMissing also tells a key in which a blob stands where a folder would.
func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
