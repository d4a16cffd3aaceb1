package oauth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/accord/durable"
)

// A Standing is how a site's consent stands, for people.
type Standing struct {
	Site  string    `json:"site"`
	Since time.Time `json:"since,omitzero"`  // zero: nobody has logged in
	Until time.Time `json:"until,omitzero"`  // when the account has to consent again, whatever happens
	Lacks []string  `json:"lacks,omitempty"` // scopes that were not given
	Why   string    `json:"why,omitempty"`   // it is not good any more; empty: it is
}

func (k *Keeper) standing(r record) Standing {
	s := Standing{Site: k.Site, Since: r.Consented, Lacks: r.Lacks, Why: r.Why}
	if !r.Consented.IsZero() {
		s.Until = r.Consented.Add(ConsentLife)
	}
	return s
}

// Standing reads how the consent stands. It makes no call.
func (k *Keeper) Standing(ctx context.Context) (Standing, error) {
	_, r, err := k.load(ctx)
	return k.standing(r), err
}

// Login asks a person to consent, by showing him where, and stores what came of
// it in place of what was before. It ends with ctx.
func (k *Keeper) Login(ctx context.Context, show func(url string)) (Standing, error) {
	c := k.App.Ask()
	code, err := c.Await(ctx, func() { show(c.URL()) })
	if err != nil {
		return Standing{}, fmt.Errorf("log in at %s: %w", k.Site, err)
	}
	r, err := c.grant(ctx, k.HTTP, code, k.URL, k.now())
	if err != nil {
		return Standing{}, fmt.Errorf("log in at %s: %w", k.Site, err)
	}
	return k.standing(r), k.replace(context.WithoutCancel(ctx), r)
}

// replace stores r whatever is stored. Whoever renews the old tokens meanwhile
// finds that the record has moved on.
func (k *Keeper) replace(ctx context.Context, r record) error {
	for range 10 {
		s, err := k.Store.State(ctx, k.name())
		if err != nil {
			return fmt.Errorf("read tokens of %s: %w", k.Site, err)
		}
		if _, err = k.save(ctx, s, r); !errors.Is(err, durable.ErrStale) {
			return err
		}
	}
	return fmt.Errorf("store tokens of %s: %w", k.Site, durable.ErrStale)
}
