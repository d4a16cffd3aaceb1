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
	if err := sim.Stack("accord-dev"); err != nil {
		t.Fatal(err)
	}
	return account{env: sim.Env(), sim: sim}
}
