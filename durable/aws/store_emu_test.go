//go:build emu

package aws_test

import (
	"fmt"
	"testing"
	"time"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/durable/aws/emulator"
	"example.com/accord/issue"
)

func TestStoreOnDynamoDBLocalAndVersitygw(t *testing.T) {
	t.Parallel()
	db, s3, n := emulator.Tables(emulator.DynamoDBLocal(t)), emulator.Buckets(emulator.Versitygw(t)), &names{}
	open := func(t *testing.T) *aws.Store {
		name := n.next()
		return aws.NewStore(db, emulator.Table(t, db, name), aws.NewBlobs(s3, emulator.Bucket(t, s3, name)))
	}
	contract.Store(t, func(t *testing.T) durable.Store { return open(t) })
	t.Run("large commits, and what they leave", func(t *testing.T) { large(t, open(t)) })
}

// large makes commits that are no single transaction, and sweeps after them.
func large(t *testing.T, s *aws.Store) {
	link := issue.Link{}
	for turn := range 9 {
		after := crowded(*comments, fmt.Sprintf("turn %d ", turn))
		if err := s.Commit(t.Context(), link, after, durable.Record{Turn: after.Rules}); err != nil {
			t.Fatal(err)
		}
		after.Revision = link.Revision + 1
		link = after
		if _, err := s.Sweep(t.Context(), time.Now().Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		got, err := s.Link(t.Context(), link.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Rules != link.Rules || !got.Agreed.Equal(link.Agreed) || !got.Sides["beta"].Base.Equal(link.Sides["beta"].Base) || got.Revision != link.Revision {
			t.Fatalf("revision %d of %q is not what was committed, %d of %q", got.Revision, got.Rules, link.Revision, link.Rules)
		}
	}
	if removed, err := s.Sweep(t.Context(), time.Now().Add(2*time.Hour)); err != nil || removed != 0 {
		t.Errorf("a second sweep removed %d (%v), want nothing", removed, err)
	}
}
