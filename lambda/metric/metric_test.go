package metric_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/lambda/metric"
)

var moment = time.UnixMilli(1_760_000_000_123)

func TestLine(t *testing.T) {
	for reason, c := range map[string]struct {
		stack  string
		values map[string]float64
		by     map[string]string
		want   string
	}{
		"of the stack": {"accord-dev", map[string]float64{"Links": 2, "EditsCarried": 0}, nil,
			`{"_aws":{"Timestamp":1760000000123,"CloudWatchMetrics":[{"Namespace":"Accord","Dimensions":[["Stack"]],"Metrics":[{"Name":"EditsCarried"},{"Name":"Links"}]}]},"Stack":"accord-dev","Links":2,"EditsCarried":0}`},
		"of a part too": {"a", map[string]float64{"TokenDays": 13.5}, map[string]string{"Site": "acme"},
			`{"_aws":{"Timestamp":1760000000123,"CloudWatchMetrics":[{"Namespace":"Accord","Dimensions":[["Stack"],["Stack","Site"]],"Metrics":[{"Name":"TokenDays"}]}]},"Stack":"a","Site":"acme","TokenDays":13.5}`},
		"on this machine": {"", map[string]float64{"Links": 1}, nil,
			`{"_aws":{"Timestamp":1760000000123,"CloudWatchMetrics":[{"Namespace":"Accord","Dimensions":[["Stack"]],"Metrics":[{"Name":"Links"}]}]},"Stack":"local","Links":1}`},
	} {
		var out bytes.Buffer
		if err := (metric.Log{W: &out, Stack: c.stack}).Put(moment, c.values, c.by); err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := errors.Join(json.Unmarshal(out.Bytes(), &got), json.Unmarshal([]byte(c.want), &want)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || strings.Count(out.String(), "\n") != 1 {
			t.Errorf("%s (-want +got):\n%s", reason, diff)
		}
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	var out bytes.Buffer
	if err := (metric.Log{W: &out}).Put(moment, map[string]float64{"Links": math.NaN()}, nil); err == nil || out.Len() > 0 {
		t.Errorf("%v, %q", err, out.String())
	}
}
