//go:build emu

package aws_test

import (
	"testing"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/memory"
)

func TestStoreOnDynamoDBLocal(t *testing.T) {
	db, n := client(dynamoDBLocal(t)), &names{}
	contract.Store(t, func(t *testing.T) durable.Store {
		return aws.NewStore(db, table(t, db, n.next()), memory.NewBlobs())
	})
}
