package main

import (
	"github.com/rogpeppe/go-internal/testscript"

	"example.com/accord/awssim"
)

// An account at AWS has the stack accord-dev, and credentials in an environment.
type account struct {
	env      map[string]string
	sim      *awssim.Sim // that has the secrets at least
	emulated bool        // the rest is not in sim
}

func secret(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: secret NAME TEXT")
	}
	ts.Value("aws").(*awssim.Sim).SetSecret(args[0], args[1])
}

func denied(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: denied [CALL]")
	}
	ts.Value("aws").(*awssim.Sim).SetFault(func(op string) awssim.Fault {
		if len(args) == 1 && op == args[0] {
			return awssim.Denied
		}
		return ""
	})
}
