package engine_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage lie longer: worlds make a lot of it and are small.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
