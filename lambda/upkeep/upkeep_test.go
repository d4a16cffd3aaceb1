package upkeep_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/lambda/upkeep"
)

func task(name string, did *[]string, err error) upkeep.Task {
	return upkeep.Task{Name: name, Do: func(context.Context) error { *did = append(*did, name); return err }}
}

func TestOneThatFailsDoesNotStopTheOthers(t *testing.T) {
	var did []string
	broken := errors.New("broken")
	h := &upkeep.Handler{Tasks: []upkeep.Task{task("one", &did, broken), task("two", &did, nil)}, Log: slog.New(slog.DiscardHandler)}
	a, err := h.Handle(t.Context())
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "one: broken") || !a.Done || strings.Join(did, " ") != "one two" {
		t.Errorf("%+v, %v, did %v", a, err, did)
	}
	h.Tasks = h.Tasks[1:]
	if a, err := h.Handle(t.Context()); err != nil || a != (upkeep.Answer{Done: true, Wait: 1}) {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var did []string
		long := upkeep.Task{Name: "long", Do: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
		h := &upkeep.Handler{Tasks: []upkeep.Task{task("one", &did, nil), long, task("two", &did, nil)}, Log: slog.New(slog.DiscardHandler)}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		a, err := h.Handle(ctx)
		if err != nil || a.Done || len(did) != 1 || time.Since(began) != time.Minute-upkeep.Slack {
			t.Errorf("%+v, %v, did %v in %v", a, err, did, time.Since(began))
		}
	})
}
