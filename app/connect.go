package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	jirahook "example.com/accord/connector/jira/hook"
	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/plan"
)

// A Tracker is one site, as the connector of its kind speaks to it.
type Tracker struct {
	Hooks      connector.Hooks
	Events     connector.Events
	Version    string                                    // of the address that webhooks are registered with, the newest that Events reads
	Connectors map[issue.Participant]connector.Connector // one for each project
}

// A Kind opens a site of one kind for the projects that take part. It makes no call.
type Kind func(jira.Site, []jira.Project, *slog.Logger) (Tracker, error)

// Kinds are the kinds of site that this build can talk to.
func Kinds() map[string]Kind {
	return map[string]Kind{config.Cloud: openJira, config.DataCenter: openJira}
}

func openJira(s jira.Site, projects []jira.Project, log *slog.Logger) (Tracker, error) {
	c, err := jira.Open(s, jira.Options{Log: log})
	if err != nil {
		return Tracker{}, err
	}
	t := Tracker{c, jira.NewEvents(s, log, projects...), jirahook.Newest, map[issue.Participant]connector.Connector{}}
	for _, p := range projects {
		t.Connectors[p.Participant] = c.Participant(p)
	}
	return t, nil
}

// Connect prepares to talk to every site, and gives each engine its connectors.
// It makes no call. An error names every site that cannot be talked to.
func (a *App) Connect() error {
	var errs []error
	all := map[issue.Participant]connector.Connector{}
	for _, s := range a.Config.Sites {
		site, err := a.open(s)
		if err != nil {
			errs = append(errs, fmt.Errorf("open site %s: %w", s.Name, err))
			continue
		}
		maps.Copy(all, site.Tracker.Connectors)
		a.Sites = append(a.Sites, site)
	}
	if errs != nil {
		return errors.Join(errs...)
	}
	for _, s := range a.Syncs {
		e := s.Engine
		e.Rules.Eyes = maps.Clone(e.Rules.Eyes)
		for _, p := range s.Participants {
			e.Connectors[p.Name] = all[p.Name]
			e.Rules.Eyes[p.Name] = see(e.Rules.Eyes[p.Name], all[p.Name])
		}
	}
	return nil
}

// see completes an eye with what only the connector knows.
func see(eye plan.Eye, c connector.Connector) plan.Eye {
	eye.Canon, eye.Logged = c.Canon, c.Logged
	return eye
}

func (a *App) open(s config.Site) (*Site, error) {
	open, ok := a.options.Kinds[s.Kind]
	if !ok {
		return nil, fmt.Errorf("this build has no connector for the kind %q", s.Kind)
	}
	site, to := &Site{Site: s}, jira.Site{Name: s.Name, Flavour: jira.Flavour(s.Kind), URL: s.URL, User: s.User, Proxy: s.Proxy, CAFile: s.CAFile}
	var err error
	if s.OAuth.Set() {
		if site.consent, err = a.keeper(s); err != nil {
			return nil, err
		}
		to.Bearer, to.App = site.consent, site.consent.App.Secret
	} else if to.Token, err = a.credential("token", s.Token); err != nil {
		return nil, err
	}
	if s.Secret.Set() {
		if site.secret, err = a.credential("secret", s.Secret); err != nil {
			return nil, err
		}
	}
	to.Secret = site.secret
	if !a.alone {
		to.Shared = a.share(s.Name)
	}
	site.Tracker, err = open(to, a.projects(s.Name), a.options.Log)
	return site, err
}

// share is the State "limit/<site>": what is used of what the site allows, and
// whether it is to be left alone.
func (a *App) share(site string) jira.Shared {
	return func(ctx context.Context, change func([]byte) ([]byte, error)) error {
		return durable.Update(ctx, a.Store, "limit/"+site, func(value json.RawMessage) (json.RawMessage, error) { return change(value) })
	}
}

// credential reads one, and says which if it cannot.
func (a *App) credential(what string, c config.Credential) (connector.Secret, error) {
	text, err := a.options.Secret(c)
	if err != nil {
		return connector.Secret{}, fmt.Errorf("%s: %w", what, err)
	}
	return connector.NewSecret(text), nil
}

// projects are those of all participants on a site.
func (a *App) projects(site string) (out []jira.Project) {
	for _, s := range a.Config.Syncs {
		for _, p := range s.Participants {
			if p.Site == site {
				out = append(out, project(p, s.Rules.Eyes[p.Name]))
			}
		}
	}
	return out
}

// project says in the connector's words what the file says of a participant.
func project(p config.Participant, eye plan.Eye) jira.Project {
	out := jira.Project{Participant: p.Name, Key: p.Project, Via: p.Via, Words: map[string][]string{}}
	for _, f := range p.Fields {
		out.Fields = append(out.Fields, jira.Field{Name: f.Name, ID: f.ID, Type: jira.Type(f.Kind)})
		for _, w := range eye.Fields[f.Name].Words {
			if !slices.Contains(out.Words[f.Name], w.Own) {
				out.Words[f.Name] = append(out.Words[f.Name], w.Own)
			}
		}
	}
	return out
}
