package main

import (
	"github.com/rogpeppe/go-internal/testscript"

	"example.com/accord/awssim"
)

// account starts a simulated AWS with the stack accord-dev for one script, whose
// environment has credentials for it.
func account(env *testscript.Env) error {
	sim, end := awssim.Start()
	env.Defer(end)
	env.Values["aws"] = sim
	for name, text := range sim.Env() {
		env.Setenv(name, text)
	}
	return sim.Stack("accord-dev")
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
