package awssim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The limits of DynamoDB: "Quotas in Amazon DynamoDB".
const (
	maxWrites = 25      // in one batch
	maxPage   = 1 << 20 // bytes that a query reads before it ends a page
	maxSteps  = 100     // in one transaction
	maxItem   = 400 << 10
)

// scalar returns the text or the number that an attribute holds.
func scalar(raw json.RawMessage) string {
	var v struct{ S, N *string }
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	if v.N != nil {
		return *v.N
	}
	if v.S != nil {
		return *v.S
	}
	return ""
}

func keyOf(i object) string { return scalar(i["pk"]) + "\x00" + scalar(i["sk"]) }

func size(i object) (n int) {
	for name, v := range i {
		n += len(name) + len(v)
	}
	return n
}

// An action is what one call, or one step of a transaction, is asked to do.
type action struct {
	TableName                 string
	Key, Item                 object
	ConditionExpression       string
	ExpressionAttributeValues object
}

func (a action) key() string {
	if a.Item != nil {
		return keyOf(a.Item)
	}
	return keyOf(a.Key)
}

// holds says whether the condition holds for what is stored.
func (a action) holds(stored object) bool {
	if a.ConditionExpression == "" {
		return true
	}
	for one := range strings.SplitSeq(a.ConditionExpression, " OR ") {
		if a.one(one, stored) {
			return true
		}
	}
	return false
}

// one says whether a part of a condition holds: NAME = :VALUE, NAME <= :VALUE, or
// whether there is an attribute.
func (a action) one(part string, stored object) bool {
	if f := strings.Fields(part); len(f) == 3 {
		value, there := stored[f[0]]
		return there && compare(scalar(value), f[1], scalar(a.ExpressionAttributeValues[f[2]]))
	}
	if name, ok := strings.CutPrefix(part, "attribute_not_exists("); ok {
		_, there := stored[strings.TrimSuffix(name, ")")]
		return !there
	}
	name, ok := strings.CutPrefix(part, "attribute_exists(")
	if !ok {
		panic("a condition that is not simulated: " + part)
	}
	_, there := stored[strings.TrimSuffix(name, ")")]
	return there
}

func compare(a, operator, b string) bool {
	if operator == "=" {
		return a == b
	}
	m, err1 := strconv.ParseInt(a, 10, 64)
	n, err2 := strconv.ParseInt(b, 10, 64)
	if operator != "<=" || err1 != nil || err2 != nil {
		panic(fmt.Sprintf("a comparison that is not simulated: %s %s %s", a, operator, b))
	}
	return m <= n
}

// table carries out a call to DynamoDB.
func (s *Sim) table(op string, in object, half bool) (any, *refusal) {
	var a action
	if err := into(in, &a); err != nil {
		return nil, refuse("SerializationException", "%v", err)
	}
	items, ok := s.tables[a.TableName]
	if !ok && op != "BatchWriteItem" && op != "TransactWriteItems" {
		return nil, refuse("ResourceNotFoundException", "Requested resource not found: Table: %s not found", a.TableName)
	}
	switch op {
	case "GetItem":
		if i, ok := items[a.key()]; ok {
			return object{"Item": raw(i)}, nil
		}
		return object{}, nil
	case "PutItem", "DeleteItem":
		if !a.holds(items[a.key()]) {
			return nil, refuse("ConditionalCheckFailedException", "The conditional request failed")
		}
		return object{}, put(items, a)
	case "Query":
		return query(items, in, a)
	case "BatchWriteItem":
		return s.batch(in, half)
	case "TransactWriteItems":
		return s.transact(in)
	}
	return nil, refuse("UnknownOperationException", "%s is not simulated", op)
}

// put stores what a puts, or removes what it does not.
func put(items map[string]object, a action) *refusal {
	if a.Item == nil {
		delete(items, a.key())
		return nil
	}
	if size(a.Item) > maxItem {
		return refuse("ValidationException", "Item size has exceeded the maximum allowed size")
	}
	items[a.key()] = a.Item
	return nil
}

func query(items map[string]object, in object, a action) (any, *refusal) {
	var q struct {
		KeyConditionExpression string
		ScanIndexForward       *bool
		Limit                  int
		ExclusiveStartKey      object
	}
	if err := into(in, &q); err != nil {
		return nil, refuse("SerializationException", "%v", err)
	}
	pk, sk := scalar(a.ExpressionAttributeValues[":pk"]), scalar(a.ExpressionAttributeValues[":sk"])
	keys := slices.Sorted(maps.Keys(items))
	backwards := q.ScanIndexForward != nil && !*q.ScanIndexForward
	if backwards {
		slices.Reverse(keys)
	}
	found, bytes, out := []object{}, 0, object{}
	for _, key := range keys {
		own, rest, _ := strings.Cut(key, "\x00")
		from := keyOf(q.ExclusiveStartKey)
		switch {
		case own != pk, q.ExclusiveStartKey != nil && (key == from || key < from != backwards),
			strings.Contains(q.KeyConditionExpression, "begins_with(sk, :sk)") && !strings.HasPrefix(rest, sk),
			strings.Contains(q.KeyConditionExpression, "sk > :sk") && rest <= sk:
			continue
		}
		if q.Limit > 0 && len(found) == q.Limit || bytes >= maxPage {
			last := found[len(found)-1]
			out["LastEvaluatedKey"] = raw(object{"pk": last["pk"], "sk": last["sk"]})
			break
		}
		found, bytes = append(found, items[key]), bytes+size(items[key])
	}
	out["Items"], out["Count"] = raw(found), raw(len(found))
	return out, nil
}

// batch writes every part, or every second one, and says what it left undone.
func (s *Sim) batch(in object, half bool) (any, *refusal) {
	var b struct {
		RequestItems map[string][]map[string]action // by table, each put or delete
	}
	if err := into(in, &b); err != nil {
		return nil, refuse("SerializationException", "%v", err)
	}
	left := map[string][]map[string]action{}
	for table, requests := range b.RequestItems {
		if len(requests) > maxWrites {
			return nil, refuse("ValidationException", "Too many items requested for the BatchWriteItem call")
		}
		for n, r := range requests {
			if half && n%2 == 0 {
				left[table] = append(left[table], r)
				continue
			}
			for _, a := range r {
				if no := put(s.tables[table], a); no != nil {
					return nil, no
				}
			}
		}
	}
	return object{"UnprocessedItems": raw(undone(left))}, nil
}

// undone is a batch as it was sent.
func undone(left map[string][]map[string]action) any {
	out := map[string][]map[string]map[string]object{}
	for table, requests := range left {
		for _, r := range requests {
			for verb, a := range r {
				part := map[string]object{"Key": a.Key}
				if a.Item != nil {
					part = map[string]object{"Item": a.Item}
				}
				out[table] = append(out[table], map[string]map[string]object{verb: part})
			}
		}
	}
	return out
}

// transact carries out all steps or none, and those that have one token once.
func (s *Sim) transact(in object) (any, *refusal) {
	var t struct {
		ClientRequestToken string
		TransactItems      []map[string]action
	}
	if err := into(in, &t); err != nil || len(t.TransactItems) > maxSteps {
		return nil, refuse("ValidationException", "%d steps, %v", len(t.TransactItems), err)
	}
	if t.ClientRequestToken != "" && s.done[t.ClientRequestToken] {
		return object{}, nil
	}
	reasons, failed := []any{}, false
	for _, step := range t.TransactItems {
		for _, a := range step {
			stored := s.tables[a.TableName][a.key()]
			if a.holds(stored) {
				reasons = append(reasons, map[string]string{"Code": "None"})
				continue
			}
			failed = true
			reasons = append(reasons, map[string]any{"Code": "ConditionalCheckFailed", "Item": stored})
		}
	}
	if failed {
		return nil, &refusal{http.StatusBadRequest, "TransactionCanceledException", "Transaction cancelled", object{"CancellationReasons": raw(reasons)}}
	}
	for _, step := range t.TransactItems {
		for _, a := range step {
			if no := put(s.tables[a.TableName], a); no != nil {
				return nil, no
			}
		}
	}
	s.done[t.ClientRequestToken] = true
	return object{}, nil
}

// into reads what is asked into a struct with the names that the service has.
func into(in object, v any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

func raw(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // what came as JSON goes as JSON
	}
	return b
}
