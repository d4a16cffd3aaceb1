package aws

import (
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Names are what the parts of a stack are called.
type Names struct {
	Table, Bucket string
	Live, Bulk    string // the URLs of the queues
}

// Open returns the parts with those names. It makes no call.
func Open(c sdk.Config, n Names) (*Store, *Queue, *Blobs) {
	// An address of one's own, as an emulator has, knows no bucket by its host name.
	blobs := NewBlobs(s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil }), n.Bucket)
	store := NewStore(dynamodb.NewFromConfig(c), n.Table, blobs)
	return store, NewQueue(sqs.NewFromConfig(c), store, n.Live, n.Bulk), blobs
}
