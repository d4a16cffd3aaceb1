package aws

import (
	"context"
	"time"

	"example.com/accord/durable"
	"example.com/accord/memory"
)

// Mail is what a Queue uses of SQS.
type Mail = mail

// QueueInMemory returns a Queue on any mail, whose slots are in memory.
func QueueInMemory(m Mail, s *memory.Store) *Queue {
	return &Queue{sqs: m, urls: map[durable.Lane]string{durable.Live: "live", durable.Bulk: "bulk"}, slots: inMemory{s}, dead: s}
}

type inMemory struct{ *memory.Store }

func (s inMemory) slot(ctx context.Context, name string) ([]byte, int64, error) {
	st, err := s.State(ctx, "slot/"+name)
	return st.Value, st.Revision, err
}

func (s inMemory) setSlot(ctx context.Context, name string, value []byte, revision int64, _ time.Time) error {
	return s.SetState(ctx, durable.State{Name: "slot/" + name, Value: value, Revision: revision})
}

// DB is what a Store uses of DynamoDB.
type DB = db

// StoreOn returns a Store in any table.
func StoreOn(d DB, blobs durable.Blobs) *Store { return &Store{db: d, table: "accord", blobs: blobs} }
