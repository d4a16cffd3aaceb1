// Package config is accord.yaml: what a person writes to describe sites and the
// syncs between them, checked as a whole before anything is opened. docs/CONFIG.md
// describes the file; accord.schema.json is the same for editors.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/accord/issue"
	"example.com/accord/plan"
)

// A Config is a file that was read. Paths in it are relative to the file's
// folder there, and usable as they are here.
type Config struct {
	Listen    string // host:port of the pages, and of the hooks unless HooksAt is set
	HooksAt   string // host:port of the hooks alone; may be empty
	PublicURL string // where the sites reach the hooks; without a slash at the end, may be empty; or Stack
	TLS       TLS    // of the listener that serves the hooks
	State     string // folder of accord.db and the blobs
	Sites     []Site // by name
	Syncs     []Sync // by name
}

// Stack is what public_url says where a stack on AWS takes the webhooks: its
// address is not known before it is made, and holds a key. Its functions know it.
const Stack = "stack"

// TLS names the PEM files of a certificate and its key; both are empty or neither is.
type TLS struct{ Cert, Key string }

// The kinds of site.
const (
	Cloud      = "cloud"
	DataCenter = "datacenter"
)

// A Site is one Jira instance, with its address and where its credentials are.
type Site struct {
	Name   string
	Kind   string     // Cloud or DataCenter
	URL    string     // without a slash at the end
	User   string     // e-mail address of the account; may be empty at a Data Center
	Token  Credential // unset where OAuth is set
	Until  time.Time  `json:",omitzero"` // the day on which Token expires, its begin in UTC; zero: it is not said
	Secret Credential // signs its webhooks; may be unset
	OAuth  OAuth      `json:",omitzero"` // an app that the account consents to, instead of a token
	Proxy  string     // may be empty
	CAFile string     // may be empty
	Hooks  bool       // register a webhook; false: sweeps alone find what changed
}

// An OAuth is an OAuth 2.0 app of the user's own, at Jira Cloud.
type OAuth struct {
	Client, Secret Credential
	Callback       string // where a log-in comes back to, on this machine; as the app has it
	AuthURL        string // of the authorization server; "": Atlassian's
	APIURL         string // of the gateway to the API; "": Atlassian's
}

// Set reports whether there is an app.
func (o OAuth) Set() bool { return o != OAuth{} }

// A Credential says where a secret is; the file never holds one.
type Credential struct {
	Env  string // an environment variable, or
	File string // the first line of a file
}

// A Sync is a set of participants and the rules between them.
type Sync struct {
	Name         string
	Participants []Participant // in order of rank
	Rules        plan.Rules    // without the Canon and Logged of the eyes, which are the connectors'
	Every        time.Duration // between two sweeps
}

// A Participant is one project on one site taking part in a sync.
type Participant struct {
	Name     issue.Participant
	Site     string
	Project  string // its key
	ReadOnly bool
	Fields   []Field               // by name
	Via      map[string][][]string // by field: paths through the workflow, in own words
}

// A Field ties a field of the sync to one of Jira.
type Field struct {
	Name string // the sync's
	ID   string // Jira's, or the name of a custom field as Jira shows it
	Kind string // one of Kinds
}

// Set reports whether there is a credential.
func (c Credential) Set() bool { return c != Credential{} }

// String says where the secret is, without it.
func (c Credential) String() string {
	if c.Env != "" {
		return "environment variable " + c.Env
	}
	return "file " + c.File
}

// Read returns the secret. One that is missing or empty is an error that says
// where it was looked for.
func (c Credential) Read() (string, error) {
	text := os.Getenv(c.Env)
	if c.File != "" {
		b, err := os.ReadFile(c.File)
		if err != nil {
			return "", fmt.Errorf("read credential: %w", err)
		}
		text, _, _ = strings.Cut(string(b), "\n")
	}
	if text = strings.TrimSpace(text); text == "" {
		return "", fmt.Errorf("read credential: %v is not set or empty", c)
	}
	return text, nil
}

// Read reads the file at path. If the faults have an Err, the Config is not to be used.
func Read(path string) (Config, Faults) {
	src, err := os.ReadFile(path)
	if e, ok := errors.AsType[*os.PathError](err); ok {
		err = e.Err // the fault names the path itself
	}
	if err != nil {
		return Config{}, Faults{{File: path, What: fmt.Sprintf("cannot be read: %v", err)}}
	}
	return Parse(path, src)
}

// Parse reads src as the file at path, which need not exist: it names the
// faults, and its folder is where relative paths begin.
func Parse(path string, src []byte) (Config, Faults) {
	r := &reader{file: path, folder: filepath.Dir(path)}
	root, ok := r.parse(src)
	if !ok {
		return Config{}, r.faults
	}
	c := r.config(root)
	return c, r.faults.sorted()
}
