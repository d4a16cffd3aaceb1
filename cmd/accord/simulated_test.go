//go:build !emu

package main

import (
	"testing"

	"example.com/accord/awssim"
)

// newAccount starts a simulated one.
func newAccount(t *testing.T) account {
	sim, end := awssim.Start()
	t.Cleanup(end)
	for _, name := range []string{"accord-dev", "accord-app"} {
		if err := sim.Stack(name); err != nil {
			t.Fatal(err)
		}
	}
	return account{env: sim.Env(), sim: sim}
}
