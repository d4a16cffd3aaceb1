package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"runtime/debug"

	"example.com/accord/app"
	"example.com/accord/app/aws"
	"example.com/accord/app/local"
	"example.com/accord/config"
	"golang.org/x/term"
)

// read reads the configuration. Its notes go to the log of serve and to check.
func (c *cli) read() (config.Config, config.Faults, error) {
	conf, faults := config.Read(c.file)
	return conf, faults, faults.Err()
}

// with opens everything for do, and closes it.
func (c *cli) with(ctx context.Context, do func(*app.App) error) error {
	if c.stack != "" {
		return c.onStack(ctx, (*aws.Stack).Open, do)
	}
	return c.opened(ctx, local.Open, c.quiet(), 0, do)
}

// withState opens the state alone: no credential is needed.
func (c *cli) withState(ctx context.Context, do func(*app.App) error) error {
	if c.stack != "" {
		return c.onStack(ctx, (*aws.Stack).OpenState, do)
	}
	return c.opened(ctx, local.OpenState, c.quiet(), 0, do)
}

type opener func(context.Context, config.Config, app.Options) (*app.App, error)

func (c *cli) opened(ctx context.Context, open opener, log *slog.Logger, workers int, do func(*app.App) error) error {
	conf, _, err := c.read()
	if err != nil {
		return err
	}
	a, err := open(ctx, conf, app.Options{Log: log, Version: build(), Workers: workers})
	if err != nil {
		return err
	}
	err = do(a)
	return unless(a.Close(), err)
}

// quiet is the log of a command that a person runs: only what is wrong, on stderr.
func (c *cli) quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(c.errs, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// print writes v as JSON, or as text for people.
func (c *cli) print(v any, text func(io.Writer)) error {
	if !c.json {
		text(c.out)
		return nil
	}
	e := json.NewEncoder(c.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// progress shows what is under way, on a terminal only; call the end of it.
func (c *cli) progress(format string, args ...any) (end func()) {
	f, ok := c.errs.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func() {}
	}
	fmt.Fprintf(f, "\r\x1b[K"+format, args...)
	return func() { fmt.Fprint(f, "\r\x1b[K") }
}

// who names the person at the keyboard, for the history.
func who() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "somebody"
}

// build is the version of the module, or the commit it was built from.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}
