package main

import (
	"fmt"
	"io"

	"example.com/accord/app"
	"example.com/accord/config"
	"example.com/accord/connector"
	"github.com/spf13/cobra"
)

// A verdict is what check prints.
type verdict struct {
	Faults   config.Faults       `json:"faults"`   // of the file
	Findings []connector.Finding `json:"findings"` // of the sites; none if the file has faults
}

func (c *cli) check() *cobra.Command {
	var schema, offline bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say what in accord.yaml cannot work",
		Long: `Check reads accord.yaml and tells every fault at once, with line, column and the
word that was probably meant. If there is none it asks the sites: log-in, project,
permissions, and the fields that are named. It writes nothing. With --stack it asks
them about the configuration in use there.`,
		Example: `  accord check
  accord check --offline         the file alone
  accord check --schema          the JSON Schema of the file, for editors`,
		Args: nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if schema {
				_, err := io.WriteString(c.out, config.Schema)
				return err
			}
			v := verdict{Faults: config.Faults{}, Findings: []connector.Finding{}}
			if c.stack == "" {
				_, faults, err := c.read()
				v.Faults = append(v.Faults, faults...)
				if err != nil || offline {
					return c.judge(v, err != nil)
				}
			}
			return c.with(cmd.Context(), func(a *app.App) error {
				v.Findings = append(v.Findings, a.Check(cmd.Context())...)
				wrong := false
				for _, f := range v.Findings {
					wrong = wrong || f.Fault
				}
				return c.judge(v, wrong)
			})
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of the file")
	cmd.Flags().BoolVar(&offline, "offline", false, "check the file alone")
	return cmd
}

func (c *cli) judge(v verdict, wrong bool) error {
	err := c.print(v, func(w io.Writer) {
		for _, f := range v.Faults {
			fmt.Fprintln(w, f)
		}
		for _, f := range v.Findings {
			if mark := "fine"; f.Fault {
				fmt.Fprintln(w, "fault:", f.What)
			} else {
				fmt.Fprintf(w, "%s:  %s\n", mark, f.What)
			}
		}
	})
	switch {
	case err != nil:
		return err
	case wrong:
		return fmt.Errorf("%s cannot work as it is", c.what())
	case !c.json:
		fmt.Fprintf(c.out, "%s: nothing stands against it\n", c.what())
	}
	return nil
}
