package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Links implements [durable.Store]. A list proposes, the link decides.
func (s *Store) Links(ctx context.Context, f durable.Filter) iter.Seq2[issue.Link, error] {
	return func(yield func(issue.Link, error) bool) {
		found := 0
		for entry, err := range s.span(ctx, list(f), after(f.After), "") {
			var l issue.Link
			if err == nil {
				l, err = s.listed(ctx, entry)
			}
			switch {
			case errors.Is(err, durable.ErrNotFound):
				continue
			case err != nil:
				yield(issue.Link{}, fmt.Errorf("read links from table %s: %w", s.table, err))
				return
			case !f.Match(l):
				continue
			}
			found++
			if !yield(l, nil) || found == f.Limit {
				return
			}
		}
	}
}

// IDs implements [durable.Lister]. A list changes with its links.
func (s *Store) IDs(ctx context.Context, f durable.Filter) iter.Seq2[issue.Ref, error] {
	return func(yield func(issue.Ref, error) bool) {
		found := 0
		for entry, err := range s.span(ctx, list(f), after(f.After), "") {
			var id issue.Ref
			if err == nil {
				id, err = unrank(entry.text("sk"))
			}
			if err != nil {
				yield(issue.Ref{}, fmt.Errorf("list links from table %s: %w", s.table, err))
				return
			}
			found++
			if !yield(id, nil) || found == f.Limit {
				return
			}
		}
	}
}

// list names the shortest list in which all that f selects are.
func list(f durable.Filter) string {
	switch {
	case f.Open:
		return "open"
	case f.Held:
		return "held"
	case f.Refused:
		return "refused"
	}
	return "links"
}

func after(ref issue.Ref) string {
	if ref == (issue.Ref{}) {
		return ""
	}
	return rank(ref)
}

func (s *Store) listed(ctx context.Context, entry item) (issue.Link, error) {
	id, err := unrank(entry.text("sk"))
	if err != nil {
		return issue.Link{}, err
	}
	return s.link(ctx, id)
}

// History implements [durable.Store].
func (s *Store) History(ctx context.Context, link issue.Ref) iter.Seq2[durable.Record, error] {
	return func(yield func(durable.Record, error) bool) {
		for i, err := range s.reversed(ctx, historyKey(link)) {
			var r durable.Record
			if err == nil {
				r, err = s.record(ctx, i)
			}
			if err != nil {
				yield(durable.Record{}, fmt.Errorf("read history of %s from table %s: %w", link, s.table, err))
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (s *Store) record(ctx context.Context, i item) (r durable.Record, err error) {
	b, err := s.value(ctx, i)
	if err != nil {
		return r, err
	}
	err = json.Unmarshal(b, &r)
	return r, err
}

// span yields the items of a partition whose sort keys come after one and begin
// with a prefix, in order.
func (s *Store) span(ctx context.Context, pk, after, prefix string) iter.Seq2[item, error] {
	in := &dynamodb.QueryInput{ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(pk)}}
	switch {
	case prefix != "":
		in.KeyConditionExpression = new("pk = :pk AND begins_with(sk, :sk)")
		in.ExpressionAttributeValues[":sk"] = text(prefix)
	case after != "":
		in.KeyConditionExpression = new("pk = :pk AND sk > :sk")
		in.ExpressionAttributeValues[":sk"] = text(after)
	default:
		in.KeyConditionExpression = new("pk = :pk")
	}
	return s.pages(ctx, in)
}

// reversed yields the items of a partition, the last first.
func (s *Store) reversed(ctx context.Context, pk string) iter.Seq2[item, error] {
	return s.pages(ctx, &dynamodb.QueryInput{
		KeyConditionExpression: new("pk = :pk"), ScanIndexForward: new(false),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(pk)},
	})
}

// pages yields what in finds, a page at a time.
func (s *Store) pages(ctx context.Context, in *dynamodb.QueryInput) iter.Seq2[item, error] {
	in.Limit = new(int32(page))
	return func(yield func(item, error) bool) {
		for {
			items, next, err := s.query(ctx, in)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, i := range items {
				if !yield(i, nil) {
					return
				}
			}
			if in.ExclusiveStartKey = next; next == nil {
				return
			}
		}
	}
}
