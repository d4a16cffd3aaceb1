//go:build emu

package aws_test

import (
	"net/http"
	"testing"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/memory"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// fauxqs starts an SQS, which answers as a region of its own.
func fauxqs(t testing.TB) *sqs.Client {
	t.Helper()
	const cli = "node_modules/fauxqs/dist/cli.js"
	endpoint := start(t, cli, []string{"FAUXQS_PORT=$PORT", "FAUXQS_HOST=127.0.0.1", "FAUXQS_LOGGER=false"}, "$DIR/node", "$DIR/"+cli)
	return sqs.New(sqs.Options{Region: "eu-central-1", BaseEndpoint: &endpoint, Credentials: keys(), Retryer: sdk.NopRetryer{}, HTTPClient: loopback{new(http.Transport)}})
}

func queue(t testing.TB, client *sqs.Client, name string) string {
	t.Helper()
	out, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return *out.QueueUrl
}

// It is about time, of which others beside it would leave too little. What is left out is exact to less than a second, or what SQS does not tell.
func TestQueueOnFauxqsAndDynamoDBLocal(t *testing.T) {
	client, db, n := fauxqs(t), client(dynamoDBLocal(t)), &names{}
	contract.RemoteQueue(t, func(t *testing.T) durable.Queue {
		store := aws.NewStore(db, table(t, db, n.next()), memory.NewBlobs())
		return aws.NewQueue(client, store, queue(t, client, n.next()), queue(t, client, n.next()))
	}, "receive waits for what comes and what becomes due", "whatever happens, what was sent is handled or kept", "a gauge tells what came first")
}
