//go:build !race

package runtimeapi_test

import (
	"errors"
	"fmt"
	"testing"

	"example.com/accord/runtimeapi"
)

// TestMemory is left out under the race detector, which itself takes more than
// a function has.
func TestMemory(t *testing.T) {
	f := function(t)
	f.Memory = 256
	if got, _, err := invoke(t, f, "allocate", 32<<20); err != nil || got != fmt.Sprint(32<<20) {
		t.Errorf("within the limit: %s, %v", got, err)
	}
	_, _, err := invoke(t, f, "allocate", 300<<20)
	if e, ok := errors.AsType[*runtimeapi.Failure](err); !ok || e.Type != "Runtime.ExitError" {
		t.Errorf("over the limit: %v", err)
	}
}
