package aws_test

import (
	"testing"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/memory"
)

func TestQueue(t *testing.T) {
	contract.QueueBySecond(t, func(t *testing.T) durable.Queue { return aws.QueueInMemory(newPost(), memory.NewStore()) },
		"a gauge tells what came first")
}
