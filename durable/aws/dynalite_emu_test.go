//go:build emu

package aws_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/durable/aws/emulator"
	"example.com/accord/memory"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// oneByOne is a way to an engine without transactions: it carries out the
// actions of one, one by one, and takes them back if a condition does not hold.
// Nobody else writes meanwhile, but everybody may read: so reads see half of a
// transaction more often than they ever would.
type oneByOne struct {
	mu   sync.Mutex
	done map[string]bool // by the token of the request
}

type object = map[string]json.RawMessage

func (o *oneByOne) Do(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".TransactWriteItems") {
		return emulator.Loopback{}.Do(r)
	}
	var in struct {
		ClientRequestToken string
		TransactItems      []map[string]object
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done[in.ClientRequestToken] {
		return answer(r, http.StatusOK, "{}"), nil
	}
	var undo []func() error
	for n, action := range in.TransactItems {
		for op, params := range action {
			reason, back, err := carryOut(r, op+"Item", params)
			if err != nil {
				return nil, err
			}
			undo = append(undo, back)
			if reason == "" {
				continue
			}
			for _, back := range undo[:n] {
				if err := back(); err != nil {
					return nil, err
				}
			}
			return answer(r, 400, `{"__type":"`+namespace+`TransactionCanceledException","message":"no","CancellationReasons":[`+
				strings.Repeat(`{"Code":"None"},`, n)+reason+`]}`), nil
		}
	}
	o.done[in.ClientRequestToken] = true
	return answer(r, http.StatusOK, "{}"), nil
}

// carryOut carries out one action. Reason is why it cannot be; back takes it back.
func carryOut(r *http.Request, op string, params object) (reason string, back func() error, err error) {
	delete(params, "ReturnValuesOnConditionCheckFailure")
	key := params["Key"]
	if key == nil {
		var item object
		if err := json.Unmarshal(params["Item"], &item); err != nil {
			return "", nil, err
		}
		if key, err = json.Marshal(object{"pk": item["pk"], "sk": item["sk"]}); err != nil {
			return "", nil, err
		}
	}
	at := object{"TableName": params["TableName"], "Key": key}
	_, got, err := call(r, "GetItem", at)
	if err != nil {
		return "", nil, err
	}
	old := got["Item"]
	status, said, err := call(r, op, params)
	if err != nil {
		return "", nil, err
	}
	if status != http.StatusOK {
		if !strings.Contains(string(said["__type"]), "ConditionalCheckFailed") {
			return `{"Code":"ValidationError","Message":` + string(said["message"]) + `}`, nil, nil
		}
		if old == nil {
			old = json.RawMessage("{}")
		}
		return `{"Code":"ConditionalCheckFailed","Item":` + string(old) + `}`, nil, nil
	}
	return "", func() error {
		put := maps.Clone(at)
		delete(put, "Key")
		if put["Item"] = old; old == nil {
			_, _, err := call(r, "DeleteItem", at)
			return err
		}
		_, _, err := call(r, "PutItem", put)
		return err
	}, nil
}

// call makes another call as the one who made r.
func call(r *http.Request, op string, params object) (status int, out object, err error) {
	body, err := json.Marshal(params)
	if err != nil {
		return 0, nil, err
	}
	one := r.Clone(r.Context())
	prefix, _, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	one.Header.Set("X-Amz-Target", prefix+"."+op)
	one.Body, one.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	response, err := emulator.Loopback{}.Do(one)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	return response.StatusCode, out, json.NewDecoder(response.Body).Decode(&out)
}

// Dynalite knows no transactions; all else the store says it has to understand.
func TestStoreOnDynaliteWithoutTransactions(t *testing.T) {
	t.Parallel()
	endpoint := emulator.Dynalite(t)
	sound, n := emulator.Tables(endpoint), &names{}
	db := dynamodb.New(dynamodb.Options{
		Region: emulator.Region, BaseEndpoint: &endpoint, Credentials: emulator.Keys(), Retryer: sdk.NopRetryer{}, HTTPClient: &oneByOne{done: map[string]bool{}},
	})
	contract.Store(t, func(t *testing.T) durable.Store {
		return aws.NewStore(db, emulator.Table(t, sound, n.next()), memory.NewBlobs())
	})
}
