package aws_test

import (
	"testing"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/memory"
)

func TestStore(t *testing.T) {
	contract.Store(t, func(t *testing.T) durable.Store { return aws.StoreOn(newShelf(), memory.NewBlobs()) })
}
