package connector

import (
	"context"
	"encoding/json"
	"time"
)

// A Checker can say what would not work at its participant.
type Checker interface {
	// Check looks at log-in, project, permissions and the named fields and
	// returns every fault it finds, in words: what, where, what to do.
	Check(ctx context.Context) []Finding
}

// A Finding is one line of a check.
type Finding struct {
	Fault bool   `json:"fault"` // it cannot work; false: good to know
	What  string `json:"what"`  // "acme-support: project SUP: the account may not create issues; give it Create Issues"
}

// Hooks registers webhooks at a site.
type Hooks interface {
	Hooks(ctx context.Context) ([]Hook, error)         // those whose URL begins with ours are Ours
	AddHook(ctx context.Context, h Hook) (Hook, error) // the same URL again does no harm
	RemoveHook(ctx context.Context, id string) error
}

// A Hook is a registered webhook.
type Hook struct {
	ID     string
	Name   string
	URL    string
	Secret string // for AddHook only; empty: none
	Active bool
	Ends   time.Time // after that it delivers no more; zero: it does not end
}

// A Renewer is a [Hooks] whose webhooks end unless they are renewed.
type Renewer interface {
	RenewHook(ctx context.Context, id string) (ends time.Time, err error)
}

// A Renderer is a [Hooks] that can show how it registers, for an administrator
// to do it by hand.
type Renderer interface {
	// RenderHook returns the call that AddHook would make. It makes none.
	RenderHook(h Hook) (HookCall, error)
}

// A HookCall is the call that registers a webhook. Its body holds credentials.
type HookCall struct {
	Method string          `json:"method"`
	URL    string          `json:"url"`
	Body   json.RawMessage `json:"body"`
}

// A Quieter can say whether its edits notify people.
type Quieter interface {
	// Silent reports whether edits notify nobody; known is false until a write
	// has shown it. Creates and comments always notify: docs/JIRA.md "Create and edit".
	Silent() (silent, known bool)
}
