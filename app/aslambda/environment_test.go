package aslambda_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/app/aslambda"
	"example.com/accord/config"
	"example.com/accord/connector"
)

const file = `
version: 1
public_url: http://127.0.0.1:1
sites:
  cloud: {kind: cloud, url: "http://127.0.0.1:2", user: a@example.com, token: {env: TOKEN}, secret: {file: secret}}
  center: {kind: datacenter, url: "http://127.0.0.1:3", token: {file: token}, secret: {file: secret}}
syncs:
  support:
    participants: [{name: a, site: cloud, project: SUP}, {name: b, site: center, project: DEV}]
    fields: {summary: hold}
`

func parsed(t *testing.T) config.Config {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"token": "of the file\n", "secret": "hush\n", "state/x": ""} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("TOKEN", "of the environment")
	c, faults := config.Parse(filepath.Join(dir, "accord.yaml"), []byte(file))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

func environment(t *testing.T, c config.Config) map[string]string {
	t.Helper()
	list, err := aslambda.Environment(c, map[string]connector.Secret{"cloud": connector.NewSecret("k3y")})
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for _, e := range list {
		name, value, _ := strings.Cut(e, "=")
		env[name] = value
	}
	return env
}

// TestEnvironment: the functions load the same configuration, and find every
// credential by the name that stands there.
func TestEnvironment(t *testing.T) {
	c := parsed(t)
	env := environment(t, c)
	if env["ACCORD_STATE"] != c.State || env[env["ACCORD_SITE_KEYS"]] != `{"cloud":"k3y"}` {
		t.Errorf("%v", env)
	}
	src, err := os.ReadFile(env["ACCORD_CONFIG"])
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hush", "of the file", "k3y"} {
		if strings.Contains(string(src), secret) {
			t.Errorf("%s is written to the disk", secret)
		}
	}
	got, err := config.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range got.Sites {
		for which, pair := range map[string][2]config.Credential{"token": {s.Token, c.Sites[i].Token}, "secret": {s.Secret, c.Sites[i].Secret}} {
			want, err := pair[1].Read()
			if text := env[pair[0].Env]; err != nil || pair[0].File != "" || text != want {
				t.Errorf("%s of %s: %+v is %q, want %q: %v", which, s.Name, pair[0], text, want, err)
			}
		}
		got.Sites[i].Token, got.Sites[i].Secret = c.Sites[i].Token, c.Sites[i].Secret
	}
	a, _, err := got.Compile()
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := c.Compile()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(b), string(a)); d != "" {
		t.Errorf("all else is not the same (-want +got):\n%s", d)
	}
}

// TestOutward: what says how the sites are reached is passed on, and nothing else.
func TestOutward(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:9")
	t.Setenv("no_proxy", "localhost")
	t.Setenv("SOMETHING", "else")
	env := environment(t, parsed(t))
	if env["HTTPS_PROXY"] == "" || env["no_proxy"] == "" || env["SOMETHING"] != "" || env["PATH"] != "" {
		t.Errorf("%v", env)
	}
}

func TestMissingCredential(t *testing.T) {
	c := parsed(t)
	t.Setenv("TOKEN", "")
	if _, err := aslambda.Environment(c, nil); err == nil || !strings.Contains(err.Error(), "TOKEN") {
		t.Errorf("%v", err)
	}
}
