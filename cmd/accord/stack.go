package main

import (
	"context"
	"errors"
	"fmt"

	"example.com/accord/app"
	"example.com/accord/app/aws"
	"example.com/accord/config"
	"github.com/spf13/cobra"
)

// alone says why a command has nothing to do with a stack; empty: it has.
func alone(command string) string {
	switch command {
	case "serve":
		return "a stack serves itself: AWS calls its functions"
	case "demo":
		return "the demo is on this machine, and needs no AWS"
	case "compile":
		return "it only writes a file; `accord publish` brings the configuration to a stack"
	case "version":
		return "it says which version this is"
	}
	return ""
}

// whether checks that what is said of a stack makes sense.
func (c *cli) whether(cmd *cobra.Command, _ []string) error {
	if c.stack == "" {
		return nil
	}
	if why := alone(cmd.Name()); why != "" {
		return usage{fmt.Errorf("%s takes no --stack: %s", cmd.Name(), why)}
	}
	if cmd.Name() != "publish" && cmd.Flags().Changed("config") {
		return usage{errors.New("--stack and --config exclude each other: a stack uses the configuration that was published to it")}
	}
	return nil
}

// what names the configuration, for people.
func (c *cli) what() string {
	if c.stack != "" {
		return "the configuration of stack " + c.stack
	}
	return c.file
}

// onStack opens the stack, with the configuration in use there, for do.
func (c *cli) onStack(ctx context.Context, open func(*aws.Stack, context.Context, config.Config, app.Options) (*app.App, error), do func(*app.App) error) error {
	s, err := aws.Find(ctx, c.stack)
	if err != nil {
		return err
	}
	conf, now, err := s.Config(ctx)
	if err != nil {
		return aws.Explain(err)
	}
	c.current = &now
	a, err := open(s, ctx, conf, app.Options{Log: c.quiet(), Version: build()})
	if err == nil {
		err = do(a)
		err = unless(a.Close(), err)
	}
	return aws.Explain(err)
}
