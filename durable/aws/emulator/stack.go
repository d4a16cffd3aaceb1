package emulator

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// A Loopback carries requests to the loopback and refuses others. Its connections
// are its own, or one for each request if it has none: a test server that ends
// closes those of the transport that all share. The body is shown as a reader
// only: one of smithy-go that is closed, as it is once there is an answer, tells a
// transport that still looks for its end by WriteTo that this failed (v1.28.9), and
// the transport then closes the connection while the answer is read.
type Loopback struct{ To *http.Transport }

// Do carries one request.
func (l Loopback) Do(r *http.Request) (*http.Response, error) {
	if host := r.URL.Hostname(); host != "127.0.0.1" {
		return nil, fmt.Errorf("%s is not on the loopback", host)
	}
	if r.Body != nil {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	if l.To == nil {
		l.To = &http.Transport{DisableKeepAlives: true}
	}
	return l.To.RoundTrip(r)
}

// Tables is a client of the DynamoDB at a URL. It tries once, as the others do.
func Tables(url string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: Region, BaseEndpoint: &url, Credentials: Keys(), Retryer: aws.NopRetryer{}, HTTPClient: Loopback{new(http.Transport)},
	})
}

// Queues is a client of the SQS at a URL.
func Queues(url string) *sqs.Client {
	return sqs.New(sqs.Options{
		Region: Region, BaseEndpoint: &url, Credentials: Keys(), Retryer: aws.NopRetryer{}, HTTPClient: Loopback{new(http.Transport)},
	})
}

// Buckets is a client of the S3 at a URL.
func Buckets(url string) *s3.Client {
	return s3.New(s3.Options{
		Region: Region, BaseEndpoint: &url, Credentials: Keys(), Retryer: aws.NopRetryer{}, HTTPClient: Loopback{new(http.Transport)}, UsePathStyle: true,
	})
}

// Table makes a table as the template does, and returns its name once it is there.
func Table(t testing.TB, db *dynamodb.Client, name string) string {
	t.Helper()
	text := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{text("pk"), text("sk")},
		KeySchema:            []types.KeySchemaElement{{AttributeName: new("pk"), KeyType: types.KeyTypeHash}, {AttributeName: new("sk"), KeyType: types.KeyTypeRange}},
	})
	if err != nil {
		t.Fatal(err)
	}
	active := dynamodb.NewTableExistsWaiter(db, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay, o.MaxDelay = 10*time.Millisecond, time.Second })
	if err := active.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, 30*time.Second); err != nil {
		t.Fatal(err)
	}
	return name
}

// Queue makes a queue, and returns its URL.
func Queue(t testing.TB, client *sqs.Client, name string) string {
	t.Helper()
	out, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return *out.QueueUrl
}

// Bucket makes a bucket, and returns its name.
func Bucket(t testing.TB, client *s3.Client, name string) string {
	t.Helper()
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatal(err)
	}
	return name
}
