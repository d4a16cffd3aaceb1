package aws

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A step is one action of a transaction: it puts an item, or removes one.
type step struct {
	put, remove item
	where       string // condition; empty: none
	values      map[string]types.AttributeValue
	refuse      func(stored item) error // the error if the condition does not hold
}

func (s *Store) action(st step) types.TransactWriteItem {
	var where *string
	if st.where != "" {
		where = &st.where
	}
	if st.put == nil {
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName: &s.table, Key: st.remove.key(), ConditionExpression: where, ExpressionAttributeValues: st.values,
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		}}
	}
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &s.table, Item: st.put, ConditionExpression: where, ExpressionAttributeValues: st.values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

// conflicts is how often a transaction is tried that met another one.
const conflicts = 10

// transact carries out all of steps or none. One that met another transaction
// is tried again; one whose answer was lost has happened if the stored head is
// by this turn.
func (s *Store) transact(ctx context.Context, turn string, steps []step) error {
	if len(steps) > maxItems {
		return fmt.Errorf("%d items in one transaction, at most %d may be: it has too many sides", len(steps), maxItems)
	}
	in := &dynamodb.TransactWriteItemsInput{}
	for _, st := range steps {
		in.TransactItems = append(in.TransactItems, s.action(st))
	}
	for try := 1; ; try++ {
		_, err := s.db.TransactWriteItems(ctx, in)
		canceled, ok := errors.AsType[*types.TransactionCanceledException](err)
		if !ok {
			return err
		}
		again, err := s.reasons(canceled, turn, steps)
		if !again || try == conflicts {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// reasons says why a transaction was cancelled, and whether to try again.
func (s *Store) reasons(canceled *types.TransactionCanceledException, turn string, steps []step) (again bool, err error) {
	for n, r := range canceled.CancellationReasons {
		if r.Code == nil || n >= len(steps) {
			continue
		}
		switch *r.Code {
		case "ConditionalCheckFailed":
			stored := item(r.Item)
			if stored.text("by") == turn {
				return false, nil // it was this very transaction
			}
			if refuse := steps[n].refuse; refuse != nil {
				return false, refuse(stored)
			}
			return false, canceled
		case "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
			again = true
		}
	}
	return again, canceled
}

// pause waits longer the more tries there were, and not as long as somebody else.
func pause(ctx context.Context, try int) error {
	most := min(time.Second, 10*time.Millisecond<<min(try, 10))
	t := time.NewTimer(most/2 + rand.N(most/2))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// item reads one item, as it is now; one that is missing or expired is nil.
func (s *Store) item(ctx context.Context, pk, sk string) (item, error) {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: newItem(pk, sk), ConsistentRead: new(true)})
	if err != nil || item(out.Item).expired(time.Now()) {
		return nil, err
	}
	return out.Item, nil
}
