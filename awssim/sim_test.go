package awssim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/accord/awssim"
)

// A caller calls without the SDK: no call is made again.
type caller struct {
	t   *testing.T
	sim *awssim.Sim
}

func newCaller(t *testing.T) caller {
	sim, end := awssim.Start()
	t.Cleanup(end)
	if err := sim.Stack("accord"); err != nil {
		t.Fatal(err)
	}
	return caller{t, sim}
}

// call returns what is said to a call; status 0: nothing.
func (c caller) call(op, in string) (status int, said string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.sim.URL, strings.NewReader(in))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", op)
	return c.do(r)
}

func (c caller) do(r *http.Request) (status int, said string) {
	c.t.Helper()
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, ""
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return got.StatusCode, string(b)
}

// says holds a call to what is said.
func (c caller) says(op, in string, status int, want string) {
	c.t.Helper()
	if got, said := c.call(op, in); got != status || !strings.Contains(said, want) {
		c.t.Errorf("%s %s: %d %s, want %d with %q", op, in, got, said, status, want)
	}
}

const (
	put = "DynamoDB_20120810.PutItem"
	get = "DynamoDB_20120810.GetItem"
)

func TestFaults(t *testing.T) {
	const one, key = `{"TableName":"accord","Item":{"pk":{"S":"a"},"sk":{"S":"b"},"n":{"N":"1"}}}`, `{"TableName":"accord","Key":{"pk":{"S":"a"},"sk":{"S":"b"}}}`
	for fault, c := range map[awssim.Fault]struct {
		status int
		said   string
		there  bool
	}{
		awssim.Throttled: {400, "ProvisionedThroughputExceeded", false},
		awssim.Broken:    {500, "InternalServerError", false},
		awssim.Denied:    {400, "AccessDenied", false},
		awssim.Lost:      {0, "", true},
		"":               {200, "{}", true},
	} {
		c0 := newCaller(t)
		var asked atomic.Value
		c0.sim.SetFault(func(op string) awssim.Fault { asked.Store(op); return fault })
		c0.says(put, one, c.status, c.said)
		if asked.Load() != "DynamoDB.PutItem" {
			t.Errorf("the call is named %q", asked.Load())
		}
		c0.sim.SetFault(nil)
		if _, said := c0.call(get, key); strings.Contains(said, `"n":{"N":"1"}`) != c.there {
			t.Errorf("%s: it has had its effect: want %v, there is %s", fault, c.there, said)
		}
	}
}

func TestConditionsAndLimits(t *testing.T) {
	c := newCaller(t)
	const item = `{"TableName":"accord","Item":{"pk":{"S":"a"},"sk":{"S":"b"},"rev":{"N":"9"}},`
	c.says(put, item+`"ConditionExpression":"attribute_exists(pk)"}`, 400, "ConditionalCheckFailed")
	c.says(put, item+`"ConditionExpression":"attribute_not_exists(pk)"}`, 200, "")
	c.says(put, item+`"ConditionExpression":"attribute_not_exists(pk) OR rev <= :now","ExpressionAttributeValues":{":now":{"N":"8"}}}`, 400, "ConditionalCheckFailed")
	c.says(put, item+`"ConditionExpression":"attribute_not_exists(pk) OR rev <= :now","ExpressionAttributeValues":{":now":{"N":"10"}}}`, 200, "")
	c.says(put, `{"TableName":"accord","Item":{"pk":{"S":"a"},"sk":{"S":"c"},"v":{"S":"`+strings.Repeat("x", 401<<10)+`"}}}`, 400, "maximum allowed size")
	c.says(get, `{"TableName":"none","Key":{"pk":{"S":"a"},"sk":{"S":"b"}}}`, 400, "ResourceNotFound")
	many, err := json.Marshal(make([]map[string]any, 101))
	if err != nil {
		t.Fatal(err)
	}
	c.says("DynamoDB_20120810.TransactWriteItems", `{"TransactItems":`+string(many)+`}`, 400, "101 steps")
	c.says("DynamoDB_20120810.Scan", `{"TableName":"accord"}`, 400, "not simulated")
}

func TestATransactionHappensOnce(t *testing.T) {
	c := newCaller(t)
	step := func(token, sk string) string {
		return `{"ClientRequestToken":"` + token + `","TransactItems":[{"Put":{"TableName":"accord","Item":{"pk":{"S":"a"},"sk":{"S":"` + sk + `"}},"ConditionExpression":"attribute_not_exists(pk)"}}]}`
	}
	const op = "DynamoDB_20120810.TransactWriteItems"
	c.says(op, step("t1", "b"), 200, "{}")
	c.says(op, step("t1", "b"), 200, "{}")
	c.says(op, step("t2", "b"), 400, "ConditionalCheckFailed")
}

func TestQueue(t *testing.T) {
	c := newCaller(t)
	url := c.sim.Queue("accord-live")
	c.says("AmazonSQS.GetQueueUrl", `{"QueueName":"none"}`, 400, "QueueDoesNotExist")
	c.says("AmazonSQS.GetQueueUrl", `{"QueueName":"accord-live"}`, 200, url)
	send := `{"QueueUrl":"` + url + `","Entries":[{"Id":"0","MessageBody":"late","DelaySeconds":60},{"Id":"1","MessageBody":"now"}]}`
	c.sim.SetFault(func(string) awssim.Fault { return awssim.Half })
	c.says("AmazonSQS.SendMessageBatch", send, 200, `"Failed":[{"Code":"InternalError","Id":"0"`)
	c.sim.SetFault(nil)
	c.says("AmazonSQS.SendMessageBatch", send, 200, `"Failed":null`)
	_, got := c.call("AmazonSQS.ReceiveMessage", `{"QueueUrl":"`+url+`","MaxNumberOfMessages":10,"VisibilityTimeout":60}`)
	if strings.Count(got, `"Body":"now"`) != 2 || strings.Contains(got, "late") {
		t.Errorf("received %s, want what is due", got)
	}
	c.says("AmazonSQS.GetQueueAttributes", `{"QueueUrl":"`+url+`"}`, 200, `"ApproximateNumberOfMessages":"0","ApproximateNumberOfMessagesDelayed":"1","ApproximateNumberOfMessagesNotVisible":"2"`)
	c.says("AmazonSQS.ChangeMessageVisibility", `{"QueueUrl":"`+url+`","ReceiptHandle":"receipt-4","VisibilityTimeout":0}`, 200, "")
	c.says("AmazonSQS.DeleteMessage", `{"QueueUrl":"`+url+`","ReceiptHandle":"receipt-5"}`, 200, "")
	c.says("AmazonSQS.ChangeMessageVisibility", `{"QueueUrl":"`+url+`","ReceiptHandle":"receipt-5","VisibilityTimeout":0}`, 400, "ReceiptHandleIsInvalid")
	c.says("AmazonSQS.GetQueueAttributes", `{"QueueUrl":"`+url+`"}`, 200, `"ApproximateNumberOfMessages":"1"`)
}

// Who waits for a message gets it when it comes, and gives up in time.
func TestReceiveWaits(t *testing.T) {
	c := newCaller(t)
	url := c.sim.Queue("accord-bulk")
	wait := `{"QueueUrl":"` + url + `","VisibilityTimeout":60,"WaitTimeSeconds":1}`
	began := time.Now()
	c.says("AmazonSQS.ReceiveMessage", wait, 200, `"Messages":[]`)
	if took := time.Since(began); took < time.Second {
		t.Errorf("it waited %v, want a second", took)
	}
	came := make(chan string)
	go func() {
		_, got := c.call("AmazonSQS.ReceiveMessage", wait)
		came <- got
	}()
	c.says("AmazonSQS.SendMessageBatch", `{"QueueUrl":"`+url+`","Entries":[{"Id":"0","MessageBody":"now"}]}`, 200, "Successful")
	if got := <-came; !strings.Contains(got, `"Body":"now"`) {
		t.Errorf("received %s", got)
	}
}

func TestSecrets(t *testing.T) {
	c := newCaller(t)
	c.sim.SetSecret("accord/TOKEN", "hush")
	c.says("secretsmanager.GetSecretValue", `{"SecretId":"accord/TOKEN"}`, 200, "hush")
	c.sim.SetSecret("accord/TOKEN", "")
	c.says("secretsmanager.GetSecretValue", `{"SecretId":"accord/TOKEN"}`, 400, "ResourceNotFound")
	c.sim.SetFault(func(string) awssim.Fault { return awssim.Throttled })
	c.says("secretsmanager.GetSecretValue", `{"SecretId":"accord/TOKEN"}`, 400, "ThrottlingException")
}

func TestBucketFaults(t *testing.T) {
	for fault, want := range map[awssim.Fault]int{"": 200, awssim.Throttled: 503, awssim.Broken: 500, awssim.Denied: 403, awssim.Lost: 0} {
		c := newCaller(t)
		c.sim.SetFault(func(string) awssim.Fault { return fault })
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, c.sim.URL+"/"+awssim.Bucket("accord")+"/key", strings.NewReader("content"))
		if err != nil {
			t.Fatal(err)
		}
		if got, said := c.do(r); got != want {
			t.Errorf("%q: %d %s, want %d", fault, got, said, want)
		}
	}
}
