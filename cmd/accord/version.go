package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"
)

func (c *cli) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which version this is",
		Args:  nothing,
		RunE: func(*cobra.Command, []string) error {
			v := struct {
				Version string `json:"version"`
				Go      string `json:"go"`
			}{build(), runtime.Version()}
			return c.print(v, func(w io.Writer) { fmt.Fprintf(w, "accord %s (%s)\n", v.Version, v.Go) })
		},
	}
}
