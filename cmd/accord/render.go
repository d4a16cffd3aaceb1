package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"example.com/accord/app"
	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/connector/jira/descriptor"
	"example.com/accord/connector/jira/hook"
	"github.com/spf13/cobra"
)

// A rendered call is what render prints of one site.
type rendered struct {
	Site string `json:"site"`
	connector.HookCall
}

func (c *cli) render() *cobra.Command {
	reveal := false
	cmd := &cobra.Command{
		Use:   "render [SITE…]",
		Short: "Show the call that registers our webhook, for an administrator to make it",
		Long: `Registering takes an administrator of the site, which the account of Accord need
not be. Render shows the call that would be made; an administrator makes it as
himself, or fills the same into the page of his Jira. It makes no call.`,
		Example: `  accord hooks render acme
  accord hooks render acme --reveal --json | jq -c '.[0].body' |
    curl -u me@acme.example -H 'Content-Type: application/json' -d @- https://acme.atlassian.net/rest/webhooks/1.0/webhook`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), func(a *app.App) error {
				sites, err := chosen(a, args)
				if err != nil {
					return err
				}
				all, errs := []rendered{}, []error{}
				for _, s := range sites {
					call, err := a.RenderHook(s, reveal)
					if err == nil {
						all = append(all, rendered{s.Name, call})
					}
					errs = append(errs, err)
				}
				return errors.Join(append(errs, c.print(all, func(w io.Writer) { printCalls(w, all, reveal) }))...)
			})
		},
	}
	cmd.Flags().BoolVar(&reveal, "reveal", false, "show the credentials that the call holds")
	return cmd
}

func printCalls(w io.Writer, all []rendered, reveal bool) {
	for _, r := range all {
		var body bytes.Buffer
		if json.Indent(&body, r.Body, "", "  ") != nil {
			body.Write(r.Body)
		}
		fmt.Fprintf(w, "%s: %s %s\n%s\n", r.Site, r.Method, r.URL, body.String())
	}
	if !reveal {
		fmt.Fprintln(w, "What stands as [secret] is shown with --reveal.")
	}
}

func (c *cli) descriptor() *cobra.Command {
	var set []string
	cmd := &cobra.Command{
		Use:   "descriptor TEMPLATE",
		Short: "Fill in the template of an app descriptor",
		Long: `An app descriptor tells a site where an app's webhooks deliver to. Sites do not all
take a new version of an app at the same time, so the address carries one:

  "webhooks": [{"event": "jira:issue_updated", "url": "/webhook?v={{version}}"}]

Descriptor prints the template with values in place of the names in double braces.
{{version}} is that of the webhooks of this build, {{baseUrl}} the public_url of
accord.yaml, unless --set says otherwise. "-" reads the template from stdin.`,
		Example: `  accord hooks descriptor atlassian-connect.template.json >atlassian-connect.json
  accord hooks descriptor template.json --set version=3 --set baseUrl=https://accord.acme.example`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			template, err := source(cmd, args[0])
			if err != nil {
				return err
			}
			values, err := c.values(template, set)
			if err != nil {
				return err
			}
			out, err := descriptor.Fill(template, values)
			if err != nil {
				return fmt.Errorf("%s: %s", args[0], strings.ReplaceAll(err.Error(), "\n", "\n"+args[0]+": "))
			}
			_, err = io.WriteString(c.out, out)
			return err
		},
	}
	cmd.Flags().StringArrayVar(&set, "set", nil, "`NAME=VALUE` to put in a place, several times")
	return cmd
}

func source(cmd *cobra.Command, name string) (string, error) {
	if name == "-" {
		b, err := io.ReadAll(cmd.InOrStdin())
		return string(b), err
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("read template: %w", err)
	}
	return string(b), nil
}

// values are what was set, and those of this build that the template asks for.
func (c *cli) values(template string, set []string) (map[string]string, error) {
	out := map[string]string{}
	for _, s := range set {
		name, value, ok := strings.Cut(s, "=")
		if _, twice := out[name]; !ok || name == "" || twice {
			return nil, usage{fmt.Errorf("--set takes NAME=VALUE, each name once, not %q", s)}
		}
		out[name] = value
	}
	asks := func(name string) bool {
		_, has := out[name]
		return !has && (strings.Contains(template, "{{"+name+"}}") || strings.Contains(template, "{{ "+name+" }}"))
	}
	if asks("version") {
		out["version"] = hook.Newest
	}
	if !asks("baseUrl") {
		return out, nil
	}
	conf, _, err := c.read()
	if err != nil {
		return nil, err
	}
	if conf.PublicURL == "" || conf.PublicURL == config.Stack {
		return nil, fmt.Errorf("%s says no public_url that {{baseUrl}} could be: use --set baseUrl=…", c.file)
	}
	out["baseUrl"] = conf.PublicURL
	return out, nil
}
