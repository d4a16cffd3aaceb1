package aws

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// reads is how often a link is read that changes while it is being read.
const reads = 12

// errTorn says that what was read is not of one moment.
var errTorn = errors.New("it changes while it is being read")

// Link implements [durable.Store].
func (s *Store) Link(ctx context.Context, ref issue.Ref) (issue.Link, error) {
	l, err := s.find(ctx, ref)
	if err != nil {
		return issue.Link{}, fmt.Errorf("read link of %s from table %s: %w", ref, s.table, err)
	}
	return l, nil
}

func (s *Store) find(ctx context.Context, ref issue.Ref) (issue.Link, error) {
	for try := 1; ; try++ {
		owner, err := s.item(ctx, refKey(ref), "ref")
		if err != nil {
			return issue.Link{}, err
		}
		if owner == nil {
			return issue.Link{}, durable.ErrNotFound
		}
		id, err := issue.ParseRef(owner.text("link"))
		if err != nil {
			return issue.Link{}, err
		}
		l, err := s.link(ctx, id)
		if err != nil || slices.Contains(durable.Refs(l), ref) {
			return l, err
		}
		if try == reads { // ref goes from link to link
			return issue.Link{}, errTorn
		}
	}
}

// link reads the link with an id.
func (s *Store) link(ctx context.Context, id issue.Ref) (issue.Link, error) {
	for try := 1; ; try++ {
		l, err := s.look(ctx, id)
		gone := errors.Is(err, durable.ErrNotFound) // a blob may have been replaced meanwhile
		if err == nil || try == reads || !gone && !errors.Is(err, errTorn) {
			return l, err
		}
		if err := pause(ctx, try); err != nil {
			return issue.Link{}, err
		}
	}
}

// look reads a link once. It is an error, errTorn, if its items are not of one moment.
func (s *Store) look(ctx context.Context, id issue.Ref) (l issue.Link, err error) {
	items, err := s.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    new("pk = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(linkKey(id))},
	})
	if err != nil {
		return l, err
	}
	if len(items) == 0 || items[0].text("sk") != headKey {
		return l, durable.ErrNotFound
	}
	head := items[0]
	current := visible(head.list("layers"), items[1:])
	if torn(head, current) {
		return l, errTorn
	}
	if err := add(&l, "", []byte(head.text("v"))); err != nil {
		return l, err
	}
	for _, name := range slices.Sorted(maps.Keys(current)) {
		value, err := s.value(ctx, current[name])
		if err != nil {
			return l, err
		}
		if value == nil {
			continue
		}
		if err := add(&l, name, value); err != nil {
			return l, err
		}
	}
	l.Revision = head.number("rev")
	return l, nil
}

func add(l *issue.Link, name string, value []byte) error {
	parts, err := partsOf(name, value)
	for _, p := range parts {
		err = errors.Join(err, p.AddTo(l))
	}
	return err
}

// visible returns the items that count, by group: of those in a layer that is
// named, the one in the last.
func visible(layers []string, items []item) map[string]item {
	found, rank := map[string]item{}, map[string]int{}
	for _, i := range items {
		layer, group, ok := splitKey(i.text("sk"))
		n := slices.Index(layers, layer)
		if !ok || n < 0 {
			continue
		}
		if was, had := rank[group]; !had || n > was {
			found[group], rank[group] = i, n
		}
	}
	return found
}

// torn reports whether items are not those of the head. The service reads a
// page of items one by one: of a transaction that is just taking place it may
// show some and not others. An item of a later revision shows that, and so does
// one that the head's own transaction wrote and that is not there. Those before
// had ended when it began.
func torn(head item, current map[string]item) bool {
	rev := head.number("rev")
	keys := map[string]int64{}
	for _, i := range current {
		keys[i.text("sk")] = i.number("rev")
		if i.number("rev") > rev {
			return true
		}
	}
	for _, key := range head.list("last") {
		if keys[key] != rev {
			return true
		}
	}
	for _, key := range head.list("gone") {
		if _, there := keys[key]; there {
			return true
		}
	}
	return false
}

// query reads all items that in names, as they are now, and leaves out those
// that have expired.
func (s *Store) query(ctx context.Context, in *dynamodb.QueryInput) (items []item, err error) {
	in.TableName, in.ConsistentRead = &s.table, new(true)
	for {
		out, err := s.db.Query(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, i := range out.Items {
			if !item(i).expired(time.Now()) {
				items = append(items, i)
			}
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; len(in.ExclusiveStartKey) == 0 || in.Limit != nil {
			return items, nil
		}
	}
}
