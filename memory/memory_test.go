package memory_test

import (
	"testing"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/memory"
)

func TestQueue(t *testing.T) {
	contract.Queue(t, func(*testing.T) durable.Queue { return memory.NewQueue() })
}

func TestFullQueue(t *testing.T) {
	contract.FullQueue(t, func(_ *testing.T, max int) durable.Queue {
		q := memory.NewQueue()
		q.Max = max
		return q
	})
}

func TestQueueTellsLater(t *testing.T) {
	contract.Later(t, func(*testing.T) durable.Queue { return memory.NewQueue() })
}

func TestStore(t *testing.T) {
	contract.Store(t, func(*testing.T) durable.Store { return memory.NewStore() })
}

func TestBlobs(t *testing.T) {
	contract.Blobs(t, func(*testing.T) durable.Blobs { return memory.NewBlobs() })
}
