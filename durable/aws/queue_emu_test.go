//go:build emu

package aws_test

import (
	"testing"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/durable/aws/emulator"
	"example.com/accord/memory"
)

// It is about time, of which others beside it would leave too little. What is left out is exact to less than a second, or what SQS does not tell.
func TestQueueOnFauxqsAndDynamoDBLocal(t *testing.T) {
	client, db, n := emulator.Queues(emulator.Fauxqs(t)), emulator.Tables(emulator.DynamoDBLocal(t)), &names{}
	contract.RemoteQueue(t, func(t *testing.T) durable.Queue {
		store := aws.NewStore(db, emulator.Table(t, db, n.next()), memory.NewBlobs())
		return aws.NewQueue(client, store, emulator.Queue(t, client, n.next()), emulator.Queue(t, client, n.next()))
	}, "receive waits for what comes and what becomes due", "whatever happens, what was sent is handled or kept", "a gauge tells what came first")
}
