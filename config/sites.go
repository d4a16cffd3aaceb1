package config

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

func (r *reader) config(root node) Config {
	o := r.object(root, "version", "listen", "hooks_listen", "public_url", "state", "tls", "sites", "syncs")
	if r.need(root, o, "version", "this is version 1 of the file") {
		r.oneOf(o["version"], "1")
	}
	c := Config{Listen: "127.0.0.1:8080", State: r.path("state")}
	if n, ok := o["listen"]; ok {
		c.Listen = r.address(n)
	}
	if n, ok := o["hooks_listen"]; ok {
		c.HooksAt = r.address(n)
	}
	if n, ok := o["public_url"]; ok {
		c.PublicURL = r.publicURL(n)
	}
	if n, ok := o["state"]; ok {
		c.State = r.fileName(n)
	}
	c.TLS = r.tls(o["tls"])
	if r.need(root, o, "sites", "the Jira instances and how to log in there") {
		c.Sites = r.sites(o["sites"])
	}
	if r.need(root, o, "syncs", "which projects are kept in step") {
		c.Syncs = r.syncs(o["syncs"], c.Sites)
	}
	r.together(root, o, c)
	return c
}

// together checks what only the whole file shows.
func (r *reader) together(root node, o map[string]node, c Config) {
	hooked := slices.IndexFunc(c.Sites, func(s Site) bool { return s.Hooks })
	if _, has := o["public_url"]; hooked >= 0 && !has {
		r.fault(root, "public_url is missing: %s sends its webhooks there; or say webhooks: off at every site", c.Sites[hooked].Name)
	}
	used := map[string]bool{}
	for _, s := range c.Syncs {
		for _, p := range s.Participants {
			used[p.Site] = true
		}
	}
	for _, n := range r.siteNodes {
		if name := strings.TrimPrefix(n.path, "sites."); len(used) > 0 && !used[name] {
			r.note(n, "no sync uses this site")
		}
	}
}

func (r *reader) sites(n node) []Site {
	var out []Site
	for _, e := range r.named(n) {
		r.name(e.node, e.key)
		r.siteNodes = append(r.siteNodes, e.node)
		out = append(out, r.site(e))
	}
	slices.SortFunc(out, func(a, b Site) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (r *reader) site(e entry) Site {
	o := r.object(e.node, "kind", "url", "user", "token", "token_expires", "oauth", "secret", "proxy", "ca_file", "webhooks")
	s := Site{Name: e.key, Hooks: true}
	if r.need(e.node, o, "kind", "cloud or datacenter") {
		s.Kind = r.oneOf(o["kind"], Cloud, DataCenter)
	}
	if r.need(e.node, o, "url", "the address of this Jira, such as https://acme.atlassian.net") {
		s.URL = r.url(o["url"])
	}
	if n, ok := o["oauth"]; ok {
		s.OAuth = r.oauth(n, s.Kind)
		r.instead(o, "user", "token", "token_expires", "secret")
	} else {
		r.account(e.node, o, &s)
	}
	if n, ok := o["proxy"]; ok {
		s.Proxy = r.url(n)
	}
	if n, ok := o["ca_file"]; ok {
		s.CAFile = r.fileName(n)
	}
	if n, ok := o["webhooks"]; ok {
		s.Hooks = r.yes(n)
	}
	return s
}

// account reads the account whose token is used.
func (r *reader) account(site node, o map[string]node, s *Site) {
	if r.need(site, o, "token", "an API token or personal access token, named as {env: NAME} or {file: PATH}") {
		s.Token = r.credential(o["token"])
	}
	if n, ok := o["user"]; ok {
		s.User, _ = r.word(n)
	} else if s.Kind == Cloud {
		r.fault(site, "user is missing: the e-mail address of the account that the token belongs to")
	}
	if n, ok := o["token_expires"]; ok {
		s.Until = r.day(n)
	}
	if n, ok := o["secret"]; ok {
		s.Secret = r.credential(n)
	}
}

func (r *reader) day(n node) time.Time {
	w, ok := r.word(n)
	if !ok {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, w)
	if err != nil {
		r.fault(n, "%q is no day; write it like 2027-01-31", w)
	}
	return day
}

// instead says which keys have no meaning beside oauth.
func (r *reader) instead(o map[string]node, keys ...string) {
	for _, key := range keys {
		if n, ok := o[key]; ok {
			r.fault(n, "has no meaning with oauth: the account is the one that consents with `accord login`, and the app's secret signs its webhooks")
		}
	}
}

// callback is where a log-in comes back to, unless the file says otherwise.
const callback = "http://127.0.0.1:8087/callback"

func (r *reader) oauth(n node, kind string) OAuth {
	o, out := r.object(n, "client", "secret", "callback", "auth_url", "api_url"), OAuth{Callback: callback}
	if kind != "" && kind != Cloud {
		r.fault(n, "only Jira Cloud knows such apps; give a token")
	}
	if r.need(n, o, "client", "the client id of the app, named as {env: NAME} or {file: PATH}") {
		out.Client = r.credential(o["client"])
	}
	if r.need(n, o, "secret", "the secret of the app, named as {env: NAME} or {file: PATH}") {
		out.Secret = r.credential(o["secret"])
	}
	if n, ok := o["callback"]; ok {
		out.Callback = r.callback(n)
	}
	if n, ok := o["auth_url"]; ok {
		out.AuthURL = r.url(n)
	}
	if n, ok := o["api_url"]; ok {
		out.APIURL = r.url(n)
	}
	return out
}

func (r *reader) callback(n node) string {
	w, ok := r.word(n)
	if u, err := url.Parse(w); ok && (err != nil || u.Scheme != "http" || !loopback(u.Hostname()) || u.Port() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		r.fault(n, "this is no address of this machine such as %s", callback)
	}
	return w
}

// credential reads {env: NAME} or {file: PATH}. Nothing that stands here is
// ever printed: it may be the secret itself.
func (r *reader) credential(n node) Credential {
	const want = "a secret is never written in this file; name where it is: {env: NAME} or {file: PATH}"
	m, ok := r.resolve(n.ast).(*ast.MappingNode)
	if !ok || len(m.Values) != 1 {
		r.fault(n, want)
		return Credential{}
	}
	kind, value := m.Values[0].Key.GetToken().Value, child(n, m.Values[0].Key.GetToken().Value, m.Values[0].Value, m.Values[0].Key.GetToken().Position)
	switch kind {
	case "env":
		name, ok := r.word(value)
		if ok && !variable(name) {
			r.fault(value, "this is no name of an environment variable (letters, digits and _); %s", want)
			return Credential{}
		}
		return Credential{Env: name}
	case "file":
		return Credential{File: r.fileName(value)}
	}
	r.fault(n, want)
	return Credential{}
}

func variable(name string) bool {
	return strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == "" && !strings.Contains("0123456789", name[:1])
}

func (r *reader) tls(n node) TLS {
	if n.ast == nil {
		return TLS{}
	}
	o, t := r.object(n, "cert", "key"), TLS{}
	if r.need(n, o, "cert", "the PEM file of the certificate") {
		t.Cert = r.fileName(o["cert"])
	}
	if r.need(n, o, "key", "the PEM file of the key") {
		t.Key = r.fileName(o["key"])
	}
	return t
}

func (r *reader) publicURL(n node) string {
	if w, ok := r.scalar(n); ok && w == Stack {
		return Stack
	}
	return r.url(n)
}

func (r *reader) url(n node) string {
	w, ok := r.word(n)
	if !ok {
		return ""
	}
	u, err := url.Parse(w)
	switch {
	case err == nil && u.User != nil: // not printed: it holds a password
		r.fault(n, "an address with a user or password in it is not taken: a secret is never written in this file")
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.RawQuery != "" || u.Fragment != "":
		r.fault(n, "this is no address such as https://acme.atlassian.net")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		r.note(n, "%s is not encrypted: whoever can listen on the way reads what is sent there, credentials too", w)
	}
	return strings.TrimRight(w, "/")
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func (r *reader) address(n node) string {
	w, ok := r.word(n)
	if _, port, err := net.SplitHostPort(w); ok && (err != nil || port == "") {
		r.fault(n, "%q is no host:port such as 127.0.0.1:8080", w)
	}
	return w
}

func (r *reader) fileName(n node) string {
	w, ok := r.word(n)
	if !ok {
		return ""
	}
	return r.path(w)
}

func (r *reader) path(w string) string {
	if filepath.IsAbs(w) {
		return w
	}
	return filepath.Join(r.folder, w)
}

// name checks a name that stands in addresses, state and logs.
func (r *reader) name(n node, w string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."
	if w == "" || strings.Trim(w, letters) != "" {
		r.fault(n, "the name %q may hold letters, digits, -, _ and . only", w)
		return false
	}
	return true
}
