//go:build emu

package aws_test

import (
	"fmt"
	"sync/atomic"
)

// names counts the tables, queues and buckets that were made.
type names struct{ n atomic.Int64 }

func (n *names) next() string { return fmt.Sprintf("accord-%d", n.n.Add(1)) }
