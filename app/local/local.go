// Package local opens an app whose state is on this machine: one SQLite file.
package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.com/accord/app"
	"example.com/accord/config"
	"example.com/accord/durable/sqlite"
)

// Open opens the state, and prepares to talk to every site that c names. It
// makes no call. An error names every site that cannot be opened.
func Open(ctx context.Context, c config.Config, o app.Options) (*app.App, error) {
	a, err := OpenState(ctx, c, o)
	if err != nil {
		return nil, err
	}
	if err = a.Connect(); err == nil {
		err = a.LoadHooks(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// OpenState opens the state alone: links, queue, pauses. No credential is read.
func OpenState(ctx context.Context, c config.Config, o app.Options) (*app.App, error) {
	s, err := State(ctx, c.State)
	if err != nil {
		return nil, err
	}
	return app.New(c, s, o), nil
}

// State opens the state in a folder, which is made if it is missing.
func State(ctx context.Context, folder string) (app.State, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return app.State{}, fmt.Errorf("open state: %w", err)
	}
	db, err := sqlite.Open(ctx, filepath.Join(folder, "accord.db"), sqlite.Options{})
	if err != nil {
		return app.State{}, fmt.Errorf("open state: %w", err)
	}
	return app.State{Store: db, Queue: db, Gauge: db, Close: db.Close, Alone: true}, nil
}
