package lambda_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/jirasim"
)

func record(t *testing.T, sequence string, r any) events.KinesisEventRecord {
	data, raw := r.([]byte)
	if !raw {
		var err error
		if data, err = json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	}
	return events.KinesisEventRecord{Kinesis: events.KinesisRecord{Data: data, SequenceNumber: sequence, ApproximateArrivalTimestamp: events.SecondsEpochTime{Time: time.Now()}}}
}

// TestHear calls the real bootstrap with a batch in which only one delivery is
// good, cold and then warm.
func TestHear(t *testing.T) {
	s := localStack(t)
	f := s.function("hear")
	body := []byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"10001","key":"SUP-1"}}`)
	good := map[string]any{"site": "cloud", "key": s.app.Keys()["cloud"].Reveal(), "v": "1", "id": "r", "at": time.Now().UnixMilli(), "body": body, "signature": jirasim.Sign("hush", body)}
	forged := maps.Clone(good)
	forged["signature"] = jirasim.Sign("guessed", body)
	batch := events.KinesisEvent{Records: []events.KinesisEventRecord{record(t, "1", []byte("nonsense")), record(t, "2", good), record(t, "3", forged)}}
	in, err := json.Marshal(batch)
	if err != nil {
		t.Fatal(err)
	}
	for _, cold := range []bool{true, false} {
		r, err := f.Invoke(t.Context(), in)
		var out events.KinesisEventResponse
		if err == nil {
			err = json.Unmarshal(r.Payload, &out)
		}
		if err != nil || r.Cold != cold || len(out.BatchItemFailures) > 0 {
			t.Fatalf("%s, %+v: %v", r.Payload, r, err)
		}
		t.Logf("cold %v: start to first next %v, handled in %v", r.Cold, r.Init, r.Took)
	}
	d, err := s.app.Gauge.Depth(t.Context())
	if err != nil || d.Live != 1 {
		t.Errorf("%+v waits: %v", d, err)
	}
	for name, want := range map[string]string{"refused/cloud": `"count":2`, "unreadable": `"count":2`} {
		if st, err := s.app.Store.State(t.Context(), name); err != nil || !strings.Contains(string(st.Value), want) {
			t.Errorf("%s is %s, want %s: %v", name, st.Value, want, err)
		}
	}
}
