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
	head, items, err := s.counting(ctx, id)
	if err != nil {
		return l, err
	}
	current := visible(head.list("layers"), items)
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

// counting reads the head of a link and the items of the layers that it names. It
// jumps over the others, which are there until a sweep: of a large link these
// may be many times as much as the link.
func (s *Store) counting(ctx context.Context, id issue.Ref) (head item, items []item, err error) {
	in := &dynamodb.QueryInput{
		KeyConditionExpression:    new("pk = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(linkKey(id))},
	}
	var layers []string
	for {
		some, next, err := s.query(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		if head == nil {
			if len(some) == 0 || some[0].text("sk") != headKey {
				return nil, nil, durable.ErrNotFound
			}
			head, some, layers = some[0], some[1:], some[0].list("layers")
		}
		for _, i := range some {
			if layer, _, ok := splitKey(i.text("sk")); ok && slices.Contains(layers, layer) {
				items = append(items, i)
			}
		}
		if in.ExclusiveStartKey = jump(next, layers); in.ExclusiveStartKey == nil {
			return head, items, nil
		}
	}
}

// jump returns from where to read on after a page that ended at a key: there, or
// before the next layer that is named. Nil: nothing that is named comes.
func jump(end item, layers []string) item {
	sk := end.text("sk")
	if layer, _, ok := splitKey(sk); end == nil || ok && slices.Contains(layers, layer) {
		return end
	}
	next := ""
	for _, layer := range layers {
		if start := placeKey(layer, ""); start > sk && (next == "" || start < next) {
			next = start
		}
	}
	if next == "" {
		return nil
	}
	return newItem(end.text("pk"), next)
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

// query reads a page of the items that in names, as they are now, and leaves out
// those that have expired. Next is where the page ends; nil: it is the last.
func (s *Store) query(ctx context.Context, in *dynamodb.QueryInput) (items []item, next item, err error) {
	in.TableName, in.ConsistentRead = &s.table, new(true)
	out, err := s.db.Query(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range out.Items {
		if !item(i).expired(time.Now()) {
			items = append(items, i)
		}
	}
	if len(out.LastEvaluatedKey) == 0 {
		return items, nil, nil
	}
	return items, out.LastEvaluatedKey, nil
}
