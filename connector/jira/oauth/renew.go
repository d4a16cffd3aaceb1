package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"example.com/accord/connector"
	"example.com/accord/durable"
)

func (k *Keeper) name() string { return "oauth/" + k.Site }

func (k *Keeper) load(ctx context.Context) (durable.State, record, error) {
	var r record
	s, err := k.Store.State(ctx, k.name())
	if err == nil && len(s.Value) > 0 {
		err = json.Unmarshal(s.Value, &r)
	}
	if err != nil {
		return s, r, fmt.Errorf("read tokens of %s: %w", k.Site, err)
	}
	return s, r, nil
}

// save stores the record if nobody else did since s was read, and returns what
// the next save begins with.
func (k *Keeper) save(ctx context.Context, s durable.State, r record) (durable.State, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return s, fmt.Errorf("store tokens of %s: %w", k.Site, err)
	}
	s.Value = b
	if err := k.Store.SetState(ctx, s); err != nil {
		return s, fmt.Errorf("store tokens of %s: %w", k.Site, err)
	}
	s.Revision++
	return s, nil
}

// renew takes the lease, asks for new tokens and stores them. Whoever asked may
// have gone meanwhile; an answer that is on its way is waited for all the same.
// Errors: durable.ErrStale if somebody else was faster.
func (k *Keeper) renew(ctx context.Context, s durable.State, r record) (record, error) {
	now := k.now()
	before := r.Lease // of a process that never gave it back
	r.Lease = &lease{Since: now, Until: now.Add(leaseFor)}
	if before != nil {
		r.Lease.Since = before.Since
	}
	s, err := k.save(ctx, s, r)
	if err != nil {
		return record{}, err
	}
	ctx = context.WithoutCancel(ctx)
	call, cancel := context.WithTimeout(ctx, exchange)
	defer cancel()
	t, err := k.App.config().TokenSource(using(call, k.HTTP), &oauth2.Token{RefreshToken: r.Refresh}).Token()
	switch {
	case refusal(err):
		r.Refused, r.Why = k.now(), k.lost(err, before)
		r.Lease = nil
		if _, err := k.save(ctx, s, r); err != nil {
			return record{}, err
		}
		return record{}, fmt.Errorf("site %s: %s: %w", k.Site, r.Why, connector.ErrDenied)
	case err != nil:
		return record{}, k.failed(ctx, s, r, err)
	}
	r.take(t, k.now())
	return r, k.keep(ctx, s, r)
}

// lost says why the consent is gone.
func (k *Keeper) lost(err error, before *lease) string {
	why := fmt.Sprintf("the consent is not taken any more (%v); run `accord login %s`", explain(err), k.Site)
	if before != nil {
		why += fmt.Sprintf("; new tokens were asked for at %s and no answer was stored, and after ten minutes the old ones are worth nothing", before.Since.UTC().Format(time.RFC3339))
	}
	return why
}

// failed gives the lease back after a call whose end is not known. The refresh
// token may have been used by it: that is remembered.
func (k *Keeper) failed(ctx context.Context, s durable.State, r record, err error) error {
	err = fmt.Errorf("site %s: renew tokens: %w", k.Site, explain(err))
	k.mu.Lock()
	k.hold, k.why = k.now().Add(again), err
	k.mu.Unlock()
	r.Lease.Until = k.now()
	if _, stored := k.save(ctx, s, r); stored != nil && !errors.Is(stored, durable.ErrStale) {
		err = errors.Join(err, stored)
	}
	return &connector.Busy{For: again, Why: strings.ReplaceAll(err.Error(), "\n", "; ")}
}

// keep stores new tokens: until that is done, nobody uses them. A store that
// does not answer is asked again for as long as the lease is ours.
func (k *Keeper) keep(ctx context.Context, s durable.State, r record) error {
	var err error
	for range 4 {
		if _, err = k.save(ctx, s, r); err == nil || errors.Is(err, durable.ErrStale) {
			return err
		}
		if pause(ctx, time.Second) != nil {
			break
		}
	}
	return err
}
