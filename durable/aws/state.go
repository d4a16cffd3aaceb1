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

// SetState implements [durable.Store]. It is a transaction of one item, because
// only that knows a call again whose answer was lost when somebody else has set
// the state since: a counter counts once.
func (s *Store) SetState(ctx context.Context, st durable.State) error {
	if err := s.setState(ctx, st); err != nil {
		return fmt.Errorf("set state %q in table %s: %w", st.Name, s.table, err)
	}
	return nil
}

func (s *Store) setState(ctx context.Context, st durable.State) error {
	if len(st.Value) > durable.MaxState {
		return fmt.Errorf("%d bytes, at most %d may be", len(st.Value), durable.MaxState)
	}
	turn := rand.Text()
	one := swap(st.Revision)
	if st.Value == nil {
		one.remove = stateKey(st.Name)
	} else {
		one.put = fillState(stateKey(st.Name), st, turn)
	}
	return s.transact(ctx, turn, []step{one})
}

// swap is a step that is refused unless the stored revision is that one.
func swap(revision int64) step {
	st := step{where: "attribute_not_exists(pk) OR expires <= :now", values: map[string]types.AttributeValue{":now": number(time.Now().Unix())}}
	if revision > 0 {
		st.where, st.values = "rev = :rev", map[string]types.AttributeValue{":rev": number(revision)}
	}
	st.refuse = func(stored item) error {
		return fmt.Errorf("revision %d, stored is %d: %w", revision, stored.number("rev"), durable.ErrStale)
	}
	return st
}

func fillState(i item, st durable.State, turn string) item {
	i["v"], i["rev"], i["at"], i["by"] = text(string(st.Value)), number(st.Revision+1), number(time.Now().UnixNano()), text(turn)
	return i
}

func slotKey(name string) item { return newItem("queue#"+name, "item") }

func (s *Store) slot(ctx context.Context, name string) (value []byte, revision int64, err error) {
	st, err := s.named(ctx, slotKey(name))
	return st.Value, st.Revision, err
}

// setSlot is a plain write, for half the price: one that is made again after its
// answer was lost may be refused though it has happened, and does no harm twice.
func (s *Store) setSlot(ctx context.Context, name string, value []byte, revision int64, until time.Time) error {
	turn := rand.Text()
	one := swap(revision)
	i := fillState(slotKey(name), durable.State{Value: value, Revision: revision}, turn)
	if !until.IsZero() {
		i["expires"] = number(until.Unix())
	}
	_, err := s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.table, Item: i, ConditionExpression: &one.where, ExpressionAttributeValues: one.values})
	if _, failed := errors.AsType[*types.ConditionalCheckFailedException](err); !failed {
		return err
	}
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: i.key(), ConsistentRead: new(true)})
	if err != nil || item(out.Item).text("by") == turn {
		return err
	}
	return one.refuse(out.Item)
}
