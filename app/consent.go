package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/connector/jira/oauth"
	"example.com/accord/durable"
)

// keeper prepares to log in at a site, and to keep the tokens that come of it.
// It makes no call.
func (a *App) keeper(s config.Site) (*oauth.Keeper, error) {
	k := &oauth.Keeper{Site: s.Name, URL: s.URL, Store: a.Store, Now: a.options.Now, Log: a.options.Log, App: oauth.App{
		Callback: s.OAuth.Callback, AuthURL: s.OAuth.AuthURL, APIURL: s.OAuth.APIURL,
	}}
	var err error
	if k.App.ID, err = a.credential("oauth.client", s.OAuth.Client); err != nil {
		return nil, err
	}
	if k.App.Secret, err = a.credential("oauth.secret", s.OAuth.Secret); err != nil {
		return nil, err
	}
	transport, err := jira.Transport(s.Proxy, s.CAFile)
	if err != nil {
		return nil, err
	}
	k.HTTP = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return k, nil
}

// Login asks a person to consent that Accord acts for him at a site: show is
// told the address at which he does. It needs the state and that site's
// credentials alone, and ends with ctx.
func (a *App) Login(ctx context.Context, site string, show func(url string)) (oauth.Standing, error) {
	for _, s := range a.Config.Sites {
		switch {
		case s.Name != site:
			continue
		case !s.OAuth.Set():
			return oauth.Standing{}, fmt.Errorf("site %s has a token: only a site with oauth is logged in at; docs/CONFIG.md \"OAuth 2.0\"", site)
		}
		k, err := a.keeper(s)
		if err != nil {
			return oauth.Standing{}, fmt.Errorf("site %s: %w", site, err)
		}
		return k.Login(ctx, show)
	}
	return oauth.Standing{}, fmt.Errorf("there is no site %q", site)
}

// Consents says how the consents of all sites stand that have an app. It needs
// no credential and makes no call.
func (a *App) Consents(ctx context.Context) (all []oauth.Standing, err error) {
	for _, s := range a.Config.Sites {
		if !s.OAuth.Set() {
			continue
		}
		st, err := Consent(ctx, a.Store, s.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, st)
	}
	return all, nil
}

// Consent says how the consent of one site stands, by the state alone.
func Consent(ctx context.Context, store durable.Store, site string) (oauth.Standing, error) {
	return (&oauth.Keeper{Site: site, Store: store}).Standing(ctx)
}

// warning is how long before its end a consent is spoken of: an account may be
// away for a while.
const warning = 30 * 24 * time.Hour

// Worry says what there is to do about a consent, or nothing.
func Worry(s oauth.Standing, now time.Time) string {
	switch left := s.Until.Sub(now); {
	case s.Since.IsZero():
		return fmt.Sprintf("nobody has logged in; run `accord login %s`", s.Site)
	case s.Why != "":
		return s.Why
	case left < warning:
		return fmt.Sprintf("the consent ends in %d days, on %s; run `accord login %s` before", max(0, int(left.Hours()/24)), s.Until.UTC().Format(time.DateOnly), s.Site)
	case len(s.Lacks) > 0:
		return fmt.Sprintf("the app was not given %q; allow it that in the developer console, and run `accord login %s`", s.Lacks, s.Site)
	}
	return ""
}

// Refresh makes sure that a site's tokens do not die unused, and says how its
// consent stands; nothing for a site that has a token.
func (a *App) Refresh(ctx context.Context, s *Site) (oauth.Standing, error) {
	if s.consent == nil {
		return oauth.Standing{}, nil
	}
	_, _, failed := s.consent.Bearer(ctx)
	st, err := s.consent.Standing(ctx)
	return st, errors.Join(failed, err)
}

// consents are the findings about the sites that have an app.
func (a *App) consents(ctx context.Context) (out []connector.Finding) {
	all, err := a.Consents(ctx)
	if err != nil {
		return []connector.Finding{{Fault: true, What: err.Error()}}
	}
	for _, st := range all {
		if worry := Worry(st, a.options.Now()); worry != "" {
			out = append(out, connector.Finding{Fault: st.Since.IsZero() || st.Why != "" || len(st.Lacks) > 0, What: fmt.Sprintf("site %s: %s", st.Site, worry)})
		}
	}
	return out
}
