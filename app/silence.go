package app

import (
	"context"
	"encoding/json"
	"errors"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/web"
)

// noteSilence keeps for [App.Status], as the State "silence/<participant>",
// whether edits notify people: only writes show it. It decides nothing, so what
// cannot be kept is logged.
func (a *App) noteSilence(ctx context.Context, e *engine.Engine) {
	for who, c := range e.Connectors {
		q, ok := c.(connector.Quieter)
		if !ok {
			continue
		}
		silent, known := q.Silent()
		if was, noted := a.silence.Load(who); !known || noted && was == silent || ctx.Err() != nil {
			continue
		}
		err := a.setSilence(ctx, string(who), silent)
		switch {
		case err == nil:
			a.silence.Store(who, silent)
		case !errors.Is(err, durable.ErrStale):
			a.options.Log.Warn("cannot note whether edits notify people", "participant", who, "error", err)
		}
	}
}

func (a *App) setSilence(ctx context.Context, who string, silent bool) error {
	s, err := a.Store.State(ctx, "silence/"+who)
	if err != nil {
		return err
	}
	if s.Value, err = json.Marshal(web.Silence{Silent: silent}); err != nil {
		return err
	}
	return a.Store.SetState(ctx, s)
}
