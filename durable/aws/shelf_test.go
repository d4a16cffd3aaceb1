package aws_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"example.com/accord/durable/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type attributes = map[string]types.AttributeValue

// shelf is a table of DynamoDB in memory. It knows the conditions that the store
// says and the limits that the store minds; the emulators know the rest. What
// fault says before a call, before each item of a batch, as "item", or after a
// call, as "transact done", is its error.
type shelf struct {
	fault     func(op string) error
	leave     func(n int) int // how many of n writes of a batch are left undone
	pageItems int             // in one page of a query; 0: a thousand

	mu    sync.Mutex
	items map[string]attributes // pk, a zero byte, sk
}

var _ aws.DB = (*shelf)(nil)

func newShelf() *shelf { return &shelf{items: map[string]attributes{}} }

func s(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	}
	return ""
}

func keyOf(a attributes) string { return s(a["pk"]) + "\x00" + s(a["sk"]) }

// around carries out do between the faults of an operation.
func (h *shelf) around(ctx context.Context, op string, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if h.fault != nil {
		if err := h.fault(op); err != nil {
			return err
		}
	}
	h.mu.Lock()
	err := do()
	h.mu.Unlock()
	if err == nil && h.fault != nil {
		err = h.fault(op + " done")
	}
	return err
}

// holds says whether a condition holds for what is stored under key.
func (h *shelf) holds(key string, condition *string, values attributes) bool {
	if condition == nil {
		return true
	}
	stored, there := h.items[key]
	for one := range strings.SplitSeq(*condition, " OR ") {
		fields := strings.Fields(one)
		switch {
		case one == "attribute_not_exists(pk)":
			if !there {
				return true
			}
		case one == "attribute_exists(pk)":
			if there {
				return true
			}
		case len(fields) == 3 && fields[1] == "=":
			if there && s(stored[fields[0]]) == s(values[fields[2]]) {
				return true
			}
		case len(fields) == 3 && fields[1] == "<=": // numbers of one width
			if v, has := stored[fields[0]]; has && s(v) <= s(values[fields[2]]) {
				return true
			}
		default:
			panic("unknown condition " + one)
		}
	}
	return false
}

func (h *shelf) GetItem(ctx context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	out := &dynamodb.GetItemOutput{}
	return out, h.around(ctx, "get", func() error { out.Item = maps.Clone(h.items[keyOf(in.Key)]); return nil })
}

func (h *shelf) PutItem(ctx context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	return &dynamodb.PutItemOutput{}, h.around(ctx, "put", func() error {
		if !h.holds(keyOf(in.Item), in.ConditionExpression, in.ExpressionAttributeValues) {
			return &types.ConditionalCheckFailedException{}
		}
		h.items[keyOf(in.Item)] = maps.Clone(in.Item)
		return nil
	})
}

func (h *shelf) DeleteItem(ctx context.Context, in *dynamodb.DeleteItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	return &dynamodb.DeleteItemOutput{}, h.around(ctx, "delete", func() error {
		if !h.holds(keyOf(in.Key), in.ConditionExpression, in.ExpressionAttributeValues) {
			return &types.ConditionalCheckFailedException{}
		}
		delete(h.items, keyOf(in.Key))
		return nil
	})
}

func (h *shelf) Query(ctx context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out := &dynamodb.QueryOutput{}
	return out, h.around(ctx, "query", func() error {
		pk, sk := s(in.ExpressionAttributeValues[":pk"]), s(in.ExpressionAttributeValues[":sk"])
		backwards := in.ScanIndexForward != nil && !*in.ScanIndexForward
		most := h.pageItems
		if most == 0 {
			most = 1000
		}
		if in.Limit != nil {
			most = min(most, int(*in.Limit))
		}
		keys := slices.Sorted(maps.Keys(h.items))
		if backwards {
			slices.Reverse(keys)
		}
		from := keyOf(in.ExclusiveStartKey)
		for _, key := range keys {
			own, rest, _ := strings.Cut(key, "\x00")
			switch {
			case own != pk, len(in.ExclusiveStartKey) > 0 && (key <= from) != backwards, key == from,
				strings.Contains(*in.KeyConditionExpression, "begins_with") && !strings.HasPrefix(rest, sk),
				strings.Contains(*in.KeyConditionExpression, "sk >") && rest <= sk:
				continue
			}
			if len(out.Items) == most {
				last := out.Items[most-1]
				out.LastEvaluatedKey = attributes{"pk": last["pk"], "sk": last["sk"]}
				break
			}
			out.Items = append(out.Items, maps.Clone(h.items[key]))
		}
		return nil
	})
}

func (h *shelf) BatchWriteItem(ctx context.Context, in *dynamodb.BatchWriteItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error) {
	out := &dynamodb.BatchWriteItemOutput{}
	return out, h.around(ctx, "batch", func() error {
		for table, requests := range in.RequestItems {
			if len(requests) > 25 {
				return fmt.Errorf("%d writes in one batch", len(requests))
			}
			n := len(requests)
			if h.leave != nil {
				n -= h.leave(n)
			}
			for _, r := range requests[:n] {
				if h.fault != nil {
					if err := h.fault("item"); err != nil {
						return err
					}
				}
				if r.PutRequest != nil {
					h.items[keyOf(r.PutRequest.Item)] = maps.Clone(r.PutRequest.Item)
				} else {
					delete(h.items, keyOf(r.DeleteRequest.Key))
				}
			}
			if n < len(requests) {
				out.UnprocessedItems = map[string][]types.WriteRequest{table: requests[n:]}
			}
		}
		return nil
	})
}

func (h *shelf) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	return &dynamodb.TransactWriteItemsOutput{}, h.around(ctx, "transact", func() error {
		if len(in.TransactItems) > 100 {
			return fmt.Errorf("%d items in one transaction", len(in.TransactItems))
		}
		seen := map[string]bool{}
		canceled := &types.TransactionCanceledException{}
		failed := false
		for _, a := range in.TransactItems {
			key, condition, values := parts(a)
			if seen[key] {
				return fmt.Errorf("two actions on %q in one transaction", key)
			}
			seen[key] = true
			reason := types.CancellationReason{Code: new("None")}
			if !h.holds(key, condition, values) {
				reason, failed = types.CancellationReason{Code: new("ConditionalCheckFailed"), Item: maps.Clone(h.items[key])}, true
			}
			canceled.CancellationReasons = append(canceled.CancellationReasons, reason)
		}
		if failed {
			return canceled
		}
		for _, a := range in.TransactItems {
			if a.Put != nil {
				h.items[keyOf(a.Put.Item)] = maps.Clone(a.Put.Item)
			} else {
				delete(h.items, keyOf(a.Delete.Key))
			}
		}
		return nil
	})
}

func parts(a types.TransactWriteItem) (key string, condition *string, values attributes) {
	if a.Put != nil {
		return keyOf(a.Put.Item), a.Put.ConditionExpression, a.Put.ExpressionAttributeValues
	}
	return keyOf(a.Delete.Key), a.Delete.ConditionExpression, a.Delete.ExpressionAttributeValues
}
