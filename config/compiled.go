package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// compiled is how a Config is published for those that do not read the file.
type compiled struct {
	Format int
	Config Config
}

// Format counts the shapes of a published Config, and what is meant by them. A
// build reads its own only: it is published again with each, beside the others.
const Format = 1

// Compile returns c as JSON, the same for the same c wherever its file lies, and
// the name that it is published under: its digest. The folders of this machine
// are left out.
func (c Config) Compile() (src []byte, name string, err error) {
	c.State, c.TLS = "", TLS{}
	if src, err = json.Marshal(compiled{Format, c}); err != nil {
		return nil, "", fmt.Errorf("compile configuration: %w", err)
	}
	sum := sha256.Sum256(src)
	return src, hex.EncodeToString(sum[:]) + ".json", nil
}

// Load reads what Compile returned.
func Load(src []byte) (Config, error) {
	var c compiled
	d := json.NewDecoder(bytes.NewReader(src))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("load configuration: %w", err)
	}
	if c.Format != Format {
		return Config{}, fmt.Errorf("load configuration: it has format %d, and this build reads %d; publish it again", c.Format, Format)
	}
	return c.Config, nil
}

// Portable says what of c could not be used on another machine: it names every
// file that would not be there. Where credentials are kept elsewhere, the name
// of an environment variable is their name.
func (c Config) Portable() error {
	var errs []error
	file := func(site, what, path string) {
		if path != "" {
			errs = append(errs, fmt.Errorf("site %s: %s is the file %s, which is on this machine only", site, what, path))
		}
	}
	for _, s := range c.Sites {
		file(s.Name, "token", s.Token.File)
		file(s.Name, "secret", s.Secret.File)
		file(s.Name, "oauth.client", s.OAuth.Client.File)
		file(s.Name, "oauth.secret", s.OAuth.Secret.File)
		file(s.Name, "ca_file", s.CAFile)
	}
	return errors.Join(errs...)
}
