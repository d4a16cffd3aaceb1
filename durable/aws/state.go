package aws

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"example.com/accord/durable"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// State implements [durable.Store].
func (s *Store) State(ctx context.Context, name string) (durable.State, error) {
	st, err := s.named(ctx, stateKey(name))
	st.Name = name
	if err != nil {
		return st, fmt.Errorf("read state %q from table %s: %w", name, s.table, err)
	}
	return st, nil
}

func stateKey(name string) item { return newItem("state", "="+name) }

func (s *Store) named(ctx context.Context, key item) (durable.State, error) {
	i, err := s.item(ctx, key.text("pk"), key.text("sk"))
	if err != nil || i == nil {
		return durable.State{}, err
	}
	return stateOf(i), nil
}

func stateOf(i item) durable.State {
	return durable.State{Value: json.RawMessage(i.text("v")), Revision: i.number("rev"), Changed: time.Unix(0, i.number("at")).UTC()}
}

// States implements [durable.Store].
func (s *Store) States(ctx context.Context, prefix string) iter.Seq2[durable.State, error] {
	return func(yield func(durable.State, error) bool) {
		for i, err := range s.span(ctx, "state", "", "="+prefix) {
			if err != nil {
				yield(durable.State{}, fmt.Errorf("read states from table %s: %w", s.table, err))
				return
			}
			st := stateOf(i)
			st.Name = i.text("sk")[1:]
			if !yield(st, nil) {
				return
			}
		}
	}
}

// SetState implements [durable.Store].
func (s *Store) SetState(ctx context.Context, st durable.State) error {
	err := s.save(ctx, stateKey(st.Name), st, time.Time{})
	if err != nil {
		return fmt.Errorf("set state %q in table %s: %w", st.Name, s.table, err)
	}
	return nil
}

// save compares and swaps one item; until is when it expires, zero: never. One
// whose answer was lost has happened if the stored item is by this very call.
func (s *Store) save(ctx context.Context, i item, st durable.State, until time.Time) error {
	if len(st.Value) > durable.MaxState {
		return fmt.Errorf("%d bytes, at most %d may be", len(st.Value), durable.MaxState)
	}
	where, values := "attribute_not_exists(pk) OR expires <= :now", map[string]types.AttributeValue{":now": number(time.Now().Unix())}
	if st.Revision > 0 {
		where, values = "rev = :rev", map[string]types.AttributeValue{":rev": number(st.Revision)}
	}
	if st.Value == nil {
		_, err := s.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &s.table, Key: i, ConditionExpression: &where, ExpressionAttributeValues: values})
		return s.stale(ctx, err, i, st, "")
	}
	turn := rand.Text()
	i["v"], i["rev"], i["at"], i["by"] = text(string(st.Value)), number(st.Revision+1), number(time.Now().UnixNano()), text(turn)
	if !until.IsZero() {
		i["expires"] = number(until.Unix())
	}
	_, err := s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.table, Item: i, ConditionExpression: &where, ExpressionAttributeValues: values})
	return s.stale(ctx, err, i.key(), st, turn)
}

// stale makes durable.ErrStale of a condition that did not hold, unless it was
// this turn, or this removal, that has made it untrue.
func (s *Store) stale(ctx context.Context, err error, key item, st durable.State, turn string) error {
	if _, failed := errors.AsType[*types.ConditionalCheckFailedException](err); !failed {
		return err
	}
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: key, ConsistentRead: new(true)})
	if err != nil {
		return err
	}
	stored := item(out.Item)
	if turn != "" && stored.text("by") == turn {
		return nil
	}
	return fmt.Errorf("revision %d, stored is %d: %w", st.Revision, stored.number("rev"), durable.ErrStale)
}

func slotKey(name string) item { return newItem("queue#"+name, "item") }

func (s *Store) slot(ctx context.Context, name string) (value []byte, revision int64, err error) {
	st, err := s.named(ctx, slotKey(name))
	return st.Value, st.Revision, err
}

func (s *Store) setSlot(ctx context.Context, name string, value []byte, revision int64, until time.Time) error {
	return s.save(ctx, slotKey(name), durable.State{Value: value, Revision: revision}, until)
}
