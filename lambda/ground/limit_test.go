package ground

import (
	"runtime/debug"
	"testing"
)

// TestLimit: the collector knows four fifths of what the function has, and where
// nobody says what that is, what it knew before.
func TestLimit(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	for _, odd := range []string{"", "none", "0", "-512"} {
		limit(odd)
		if got := debug.SetMemoryLimit(-1); got != before {
			t.Fatalf("of %q the limit is %d bytes, want it as before", odd, got)
		}
	}
	limit("512")
	if got := debug.SetMemoryLimit(-1) >> 20; got != 409 {
		t.Errorf("of 512 MB the limit is %d MiB, want 409", got)
	}
}
