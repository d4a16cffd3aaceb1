package aslambda

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"example.com/accord/runtimeapi"
)

// A function is one that can be called, and tells of each call.
type function struct {
	runtimeapi.Function
	name     string
	debugged bool
	log      *slog.Logger
}

// call is a [source.Call]. It logs what Lambda would: a line REPORT.
func (f *function) call(ctx context.Context, event []byte) ([]byte, error) {
	r, err := f.Invoke(ctx, event)
	if r.Request == "" { // it was never called
		if ctx.Err() == nil {
			f.log.Error("function not called", "function", f.name, "error", err)
		}
		return nil, err
	}
	log := f.log.With("function", f.name, "requestId", r.Request, "durationMs", millis(r.Took), "billedDurationMs", r.Billed().Milliseconds(),
		"memorySizeMB", f.Memory, "maxMemoryUsedMB", r.Peak)
	if r.Cold {
		log = log.With("initDurationMs", millis(r.Init))
	}
	switch {
	case err != nil && ctx.Err() != nil:
		log.Info("REPORT", "status", "stopped")
		return nil, err
	case err != nil:
		log.Error("REPORT", "status", status(err), "error", err)
		return nil, err
	}
	log.Info("REPORT")
	return r.Payload, nil
}

// status is the word that Lambda has for how a call ended.
func status(err error) string {
	if e, ok := errors.AsType[*runtimeapi.Failure](err); ok && e.Type == "Sandbox.Timedout" {
		return "timeout"
	}
	return "error"
}

func millis(d time.Duration) float64 { return float64(d.Round(10*time.Microsecond)) / 1e6 }

// after is run once the function may be called: a function that is debugged has
// a process then, in which the debugger has set its breakpoints.
func (f *function) after(run func(context.Context)) func(context.Context) error {
	return func(ctx context.Context) error {
		if f.debugged {
			f.log.Info("waiting for a debugger: nothing is handled by this function until it continues", "function", f.name, "connect", "dlv connect "+DebugAt)
			if err := f.Warm(ctx); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				return err
			}
		}
		run(ctx)
		return nil
	}
}

// A printed logs what a function prints, with its name.
type printed struct {
	name string
	log  *slog.Logger
}

// Write gets one line.
func (p *printed) Write(line []byte) (int, error) {
	text := bytes.TrimSpace(line)
	level, msg, attrs, ok := parse(text)
	if !ok {
		level, msg, attrs = slog.LevelInfo, "printed", []any{"text", string(text)}
	}
	p.log.Log(context.Background(), level, msg, append([]any{"function", p.name}, attrs...)...)
	return len(line), nil
}

// parse reads a line that a [slog.JSONHandler] has written; false: it is none.
func parse(line []byte) (level slog.Level, msg string, attrs []any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(line))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return 0, "", nil, false
	}
	for d.More() {
		var value json.RawMessage
		name, err := d.Token()
		if err == nil {
			err = d.Decode(&value)
		}
		switch {
		case err != nil:
			return 0, "", nil, false
		case name == slog.LevelKey:
			err = json.Unmarshal(value, &level)
		case name == slog.MessageKey:
			err = json.Unmarshal(value, &msg)
		case name != slog.TimeKey:
			attrs = append(attrs, name, value)
		}
		if err != nil {
			return 0, "", nil, false
		}
	}
	return level, msg, attrs, msg != ""
}
