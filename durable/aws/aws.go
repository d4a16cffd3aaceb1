// Package aws keeps what outlives a process with the services of AWS: the store
// in one DynamoDB table, the queue in SQS with its items in the same table, and
// blobs in S3.
//
// The table has the string keys pk and sk and the TTL attribute expires (seconds
// since 1970). In it are:
//
//	pk            sk                    attributes
//	link#REF      head                  rev, v, layers, last, gone, blobs, by,   the link but for its places
//	                                    held, refused, carried                   what the stream tells of it, see [News]
//	link#REF      l#LAYER#PLACE         rev, v | blob                            all that is known at one place, as JSON
//	link#REF      l#LAYER#+SIDE#N       rev, v | blob                            one sent
//	history#REF   REVISION              v | blob                                 one record, as JSON
//	ref#REF       ref                   link                                     to which link an id belongs
//	links         PARTICIPANT WIDTH ID                                           every link, in the order of ids
//	held, refused, open   the same                                               those of them that are
//	state         =NAME                 rev, v, at, by                           one named record
//	queue#KEY     item                  rev, v, at, by, expires                    what waits and what is handled for one issue
//	trash         TIME#LAYER            link, layer, blobs                       what an upkeep may remove
//
// A commit writes the places that differ. What fits into one transaction, at
// most 100 items and 4 MB, is one. A larger one first writes its places under a
// layer that no head names, so that nobody reads them, and becomes true by the
// one transaction that writes the head. Of two layers that have a place the
// later in the head counts; a place without v and blob is gone. What is too
// long for an item is a blob, named by its hash.
//
// Before a layer or a blob is written, an item in trash says so, and the
// transaction that writes the head removes it: so what a commit that died has
// left can be found, see [Store.Sweep].
package aws

import (
	"context"
	"time"

	"example.com/accord/durable"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// The limits of DynamoDB, and what we keep of them.
const (
	maxItems  = 100       // in one transaction
	maxBytes  = 3_800_000 // in one transaction; 4 MB may be
	maxValue  = 350 << 10 // in one item beside its names; 400 KB may be
	maxKey    = 900       // bytes of a place; 1,024 may be
	maxLayers = 6         // then a large commit writes the whole link
	batch     = 25        // items in one BatchWriteItem
	page      = 100       // ids read at a time where somebody iterates
)

// grace is how long after it was begun a commit may still become true. What is
// in trash for twice as long belongs to nobody.
const grace = 30 * time.Minute

// A Store is a [durable.Store] in one table. It may be used by many at the same time.
type Store struct {
	db    db
	table string
	blobs durable.Blobs
}

var (
	_ durable.Store  = (*Store)(nil)
	_ durable.Lister = (*Store)(nil)
)

// db is what we use of DynamoDB.
type db interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	BatchWriteItem(context.Context, *dynamodb.BatchWriteItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// NewStore returns the store in a table; what is too long for an item goes into
// blobs, under "parts/".
func NewStore(db *dynamodb.Client, table string, blobs durable.Blobs) *Store {
	return &Store{db: db, table: table, blobs: blobs}
}
