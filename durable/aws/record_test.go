package aws_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/accord/durable/aws"
	"github.com/google/go-cmp/cmp"
)

func TestReadRecord(t *testing.T) {
	body := []byte("{\"a\":\"\\\"é\xff\"}\n")
	line := fmt.Sprintf(`{"site":"acme","key":"k1","v":"3","id":"r-1","at":1700000000123,"signature":"sha256=ab","authorization":"JWT x",`+
		`"webhook":{"identifier":"w","retry":"1","flow":"Primary"},"body":%q,"too_big":false}`, base64.StdEncoding.EncodeToString(body))
	want := aws.Record{
		Site: "acme", Key: "k1", Version: "3", ID: "r-1", At: time.UnixMilli(1700000000123).UTC(), Signature: "sha256=ab", Authorization: "JWT x",
		Webhook: aws.Webhook{Identifier: "w", Retry: "1", Flow: "Primary"}, Body: body,
	}
	got, err := aws.ReadRecord([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestReadRecordOfABodyThatIsTooBig(t *testing.T) {
	r, err := aws.ReadRecord([]byte(`{"site":"acme","id":"r-1","at":1,"body":"","too_big":true}`))
	if err != nil || !r.TooBig || r.Body != nil {
		t.Errorf("%+v (%v), want a record without a body", r, err)
	}
}

func TestReadRecordSaysWhatIsWrong(t *testing.T) {
	for line, why := range map[string]string{
		``:                                       "unexpected end",
		`{"site":"ac`:                            "unexpected end",
		`[1]`:                                    "cannot unmarshal",
		`{"site":"a"}`:                           "want all three",
		`{"site":"a","id":"r","at":0,"body":""}`: "want all three",
		`{"site":"a","id":"r","at":1,"body":"not base64"}`: "body of record r",
	} {
		if _, err := aws.ReadRecord([]byte(line)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want an error with %q", line, err, why)
		}
	}
}

func FuzzReadRecord(f *testing.F) {
	f.Add([]byte(`{"site":"a","id":"r","at":1,"body":"aGk="}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := aws.ReadRecord(line)
		if err == nil && (r.Site == "" || r.ID == "" || r.TooBig && r.Body != nil) {
			t.Errorf("%q was read as %+v", line, r)
		}
	})
}
