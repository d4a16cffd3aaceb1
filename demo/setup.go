package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"text/template"
	"time"

	_ "embed"

	"example.com/accord/config"
	"example.com/accord/jirasim"
)

// syncAccount is the account that the sync has at both sites.
func syncAccount() jirasim.Account {
	return jirasim.Account{Email: "accord@example.com", Name: "Accord", Token: "accord-demo", Admin: true}
}

// A site is one simulated Jira on a loopback listener.
type site struct {
	url    string
	sim    *jirasim.Sim
	server *http.Server
}

// openSite starts a simulated Jira.
func openSite(o jirasim.Options) (*site, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Flavour, err)
	}
	s := &site{url: "http://" + l.Addr().String()}
	o.PublicURL, o.Accounts = s.url, []jirasim.Account{syncAccount()}
	s.sim = jirasim.New(o)
	s.server = &http.Server{Handler: s.sim, ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(l) // ends with close
	return s, nil
}

// close ends the server first, so that nothing is asked of a site that is gone.
func (s *site) close() error {
	err := s.server.Close()
	s.sim.Close()
	return err
}

// A person has an account at both sites.
type person struct{ Name, Email, Token, Cloud, DataCenter string }

// people asks both sites who has an account, the sync left out.
func people(ctx context.Context, cloud, center *site) ([]person, error) {
	type account struct {
		ID, Name, Email, DisplayName, Token string
		Active                              bool
	}
	var at [2][]account
	for i, s := range []*site{cloud, center} {
		if err := s.get(ctx, "/_sim/accounts", &at[i]); err != nil {
			return nil, err
		}
	}
	var out []person
	for _, a := range at[0] {
		for _, b := range at[1] {
			if a.Email == b.Email && a.Active && a.Token != "" && a.Email != syncAccount().Email {
				out = append(out, person{a.DisplayName, a.Email, a.Token, a.ID, b.Name})
			}
		}
	}
	return out, nil
}

func (s *site) get(ctx context.Context, path string, out any) error {
	return s.call(ctx, "GET", path, nil, out)
}

// call asks the simulator itself; it needs no log-in.
func (s *site) call(ctx context.Context, method, path string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, answer)
	}
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(answer, out)
}

//go:embed accord.yaml.tmpl
var file string

// pace is how patient the sync is.
type pace struct {
	Every string // between two sweeps
	Times string // of accord.yaml; empty: those that any Jira needs
}

// configure writes accord.yaml and its secrets into a folder and reads it. The
// words of recorded issues stand in it only if such were imported.
func configure(folder string, cloud, center *site, who []person, imported bool, p pace) (config.Config, error) {
	listen, err := freeAddress()
	if err != nil {
		return config.Config{}, err
	}
	var b bytes.Buffer
	err = template.Must(template.New("accord.yaml").Parse(file)).Execute(&b, struct {
		Listen, Cloud, DataCenter string
		People                    []person
		Imported                  bool
		pace
	}{listen, cloud.url, center.url, who, imported, p})
	path := filepath.Join(folder, "accord.yaml")
	for name, text := range map[string]string{path: b.String(), filepath.Join(folder, "token"): syncAccount().Token, filepath.Join(folder, "secret"): "the demo's own secret"} {
		err = errors.Join(err, os.WriteFile(name, []byte(text+"\n"), 0o600))
	}
	if err != nil {
		return config.Config{}, fmt.Errorf("write configuration: %w", err)
	}
	c, faults := config.Read(path)
	return c, faults.Err()
}

// freeAddress returns an address that nobody listens at just now: the sites
// have to be told where before accord listens.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}
