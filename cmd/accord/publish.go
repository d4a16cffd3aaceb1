package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"example.com/accord/app"
	"example.com/accord/app/aws"
	"example.com/accord/config"
	"example.com/accord/config/published"
	"github.com/spf13/cobra"
)

// A publication is what publish prints.
type publication struct {
	Stack string `json:"stack"`
	published.Current
	Before string `json:"before,omitempty"` // the digest that was in use until now
}

func (c *cli) publish() *cobra.Command {
	var offline bool
	var again string
	cmd := &cobra.Command{
		Use:   "publish",
		Short: "Let a stack on AWS use the configuration",
		Long: `Publish checks accord.yaml as 'accord check' does, but with the stack's own secrets,
stores it in the stack under its digest, and lets it be in use. The functions notice
within a minute; nothing is deployed. The same configuration has the same digest,
and what was published stays: --again goes back to an earlier one by the beginning
of its digest, which 'accord status' and publish itself say.`,
		Example: `  accord publish --stack accord-dev
  accord publish --stack accord-dev --offline     ask no site
  accord publish --stack accord-dev --again 3f2a9c`,
		Args: nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.stack == "" {
				return usage{errors.New("publish: say --stack NAME; what is on this machine reads accord.yaml itself")}
			}
			return aws.Explain(c.published(cmd.Context(), offline, again))
		},
	}
	cmd.Flags().BoolVar(&offline, "offline", false, "check the file alone")
	cmd.Flags().StringVar(&again, "again", "", "an earlier configuration, by the beginning of its digest, in place of the file")
	return cmd
}

func (c *cli) published(ctx context.Context, offline bool, again string) error {
	var conf config.Config
	if again == "" {
		var err error
		if conf, _, err = c.read(); err != nil {
			return err
		}
		if err := conf.Portable(); err != nil {
			return err
		}
	}
	s, err := aws.Find(ctx, c.stack)
	if err != nil {
		return err
	}
	was, err := s.InUse(ctx)
	if err != nil && !errors.Is(err, published.ErrNone) {
		return err
	}
	out := publication{Stack: c.stack, Before: was.Digest}
	switch {
	case again != "":
		out.Current, err = s.PublishAgain(ctx, again, who())
	case offline:
		out.Current, err = s.Publish(ctx, conf, who())
	default:
		if err = c.fits(ctx, s, conf); err == nil {
			out.Current, err = s.Publish(ctx, conf, who())
		}
	}
	if err != nil {
		return err
	}
	return c.print(out, func(w io.Writer) { printPublication(w, out) })
}

// fits asks every site whether what is to be published would work there.
func (c *cli) fits(ctx context.Context, s *aws.Stack, conf config.Config) error {
	keyless, err := s.Keyless(ctx, conf)
	if len(keyless) > 0 {
		err = fmt.Errorf("no address is made yet for the webhooks of %s: run deploy/aws/deploy.sh, which also publishes", strings.Join(keyless, ", "))
	}
	if err != nil {
		return err
	}
	a, err := s.Open(ctx, conf, app.Options{Log: c.quiet(), Version: build()})
	if err != nil {
		return fmt.Errorf("%w\n--offline publishes %s without asking the sites", err, c.file)
	}
	var faults []error
	for _, f := range a.Check(ctx) {
		if f.Fault {
			faults = append(faults, errors.New(f.What))
		}
	}
	if faults != nil {
		return fmt.Errorf("%w\n%s is not published: it cannot work as it is; --offline publishes it all the same", errors.Join(faults...), c.file)
	}
	return a.Close()
}

func printPublication(w io.Writer, p publication) {
	if p.Before == p.Digest {
		fmt.Fprintf(w, "%s uses this configuration already, %.12s, published by %s\n", p.Stack, p.Digest, p.By)
		return
	}
	fmt.Fprintf(w, "%s uses configuration %.12s from now on; its functions notice within a minute\n", p.Stack, p.Digest)
	if p.Before != "" {
		fmt.Fprintf(w, "`accord publish --stack %s --again %.12s` goes back\n", p.Stack, p.Before)
	}
}
