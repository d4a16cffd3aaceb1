package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// A compiledFile is what compile prints.
type compiledFile struct {
	Name string `json:"name"` // below the folder, as functions are told it
}

func (c *cli) compile() *cobra.Command {
	var into string
	cmd := &cobra.Command{
		Use:   "compile",
		Short: "Write the configuration as the functions on AWS read it",
		Long: `Compile checks accord.yaml and writes it as JSON to config/DIGEST.json: what the
functions on AWS load. The same configuration always has the same name. Credentials
must be named as {env: NAME}, which there is the name of a secret; a file on this
machine is refused. It asks no site: see accord check.`,
		Example: `  accord compile --into dist     dist/config/DIGEST.json`,
		Args:    nothing,
		RunE: func(*cobra.Command, []string) error {
			conf, _, err := c.read()
			if err != nil {
				return err
			}
			if err := conf.Portable(); err != nil {
				return err
			}
			src, name, err := conf.Compile()
			if err != nil {
				return err
			}
			name = "config/" + name
			path := filepath.Join(into, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return fmt.Errorf("compile: %w", err)
			}
			if err := os.WriteFile(path, src, 0o644); err != nil {
				return fmt.Errorf("compile: %w", err)
			}
			return c.print(compiledFile{name}, func(w io.Writer) { fmt.Fprintln(w, name) })
		},
	}
	cmd.Flags().StringVar(&into, "into", ".", "the folder to write to")
	return cmd
}
