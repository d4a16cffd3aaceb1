package aslambda

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/accord/config"
	"example.com/accord/connector"
)

// Environment is what the functions are told of c and its state: see
// lambda/ground, whose names these are. It writes the compiled configuration into
// the folder of the state, as functions.json. Credentials that are files here are environment
// variables there.
func Environment(c config.Config, keys map[string]connector.Secret) ([]string, error) {
	state, err := filepath.Abs(c.State)
	if err != nil {
		return nil, err
	}
	src, _, err := c.Compile()
	if err != nil {
		return nil, err
	}
	env := outward()
	src, credentials, err := credentials(src)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(state, "functions.json")
	if err := os.WriteFile(path, src, 0o600); err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	open := map[string]string{}
	for site, key := range keys {
		open[site] = key.Reveal()
	}
	text, err := json.Marshal(open)
	if err != nil {
		return nil, err
	}
	return slices.Concat(env, credentials, []string{
		"ACCORD_STATE=" + state, "ACCORD_CONFIG=" + path, "ACCORD_SITE_KEYS=ACCORD_SITE_KEYS_HERE", "ACCORD_SITE_KEYS_HERE=" + string(text),
	}), nil
}

// outward is what of our environment says how the sites are reached from here.
func outward() (env []string) {
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if slices.Contains([]string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"}, strings.ToUpper(name)) {
			env = append(env, e)
		}
	}
	return env
}

// credentials reads every credential that a compiled configuration names, and
// returns the configuration with all of them as variables, and these.
func credentials(src []byte) ([]byte, []string, error) {
	var whole any
	if err := json.Unmarshal(src, &whole); err != nil {
		return nil, nil, fmt.Errorf("read credentials: %w", err)
	}
	found := map[string]string{}
	if err := replace(whole, found); err != nil {
		return nil, nil, err
	}
	var env []string
	for name, text := range found {
		env = append(env, name+"="+text)
	}
	slices.Sort(env)
	out, err := json.Marshal(whole)
	return out, env, err
}

// replace walks what JSON holds. A credential is what has an Env and a File,
// wherever it stands.
func replace(v any, found map[string]string) error {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if err := replace(e, found); err != nil {
				return err
			}
		}
	case map[string]any:
		env, isEnv := v["Env"].(string)
		file, isFile := v["File"].(string)
		if isEnv && isFile && len(v) == 2 {
			c := config.Credential{Env: env, File: file}
			if !c.Set() {
				return nil
			}
			text, err := c.Read()
			if file != "" {
				env = fmt.Sprintf("ACCORD_FILE_%d", len(found)+1)
				v["Env"], v["File"] = env, ""
			}
			found[env] = text
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if err := replace(v[name], found); err != nil {
				return err
			}
		}
	}
	return nil
}
