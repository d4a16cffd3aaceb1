//go:build emu

package aws_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"gopkg.in/yaml.v3"

	"example.com/accord/durable/aws"
	"example.com/accord/durable/aws/emulator"
)

// here is a file of this folder, for programs that run elsewhere.
func here(t testing.TB, name string) string {
	t.Helper()
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func kinesalite(t testing.TB) string {
	const cli = "node_modules/kinesalite/cli.js"
	return emulator.Start(t, cli, nil, "$DIR/node", "--require", here(t, "loopback.cjs"), "$DIR/"+cli, "--port", "$PORT", "--createStreamMs", "0")
}

func kinesisLocal(t testing.TB) string {
	const folder = "node_modules/kinesis-local"
	tls := emulator.Port(t) // it listens there too
	return emulator.Start(t, folder, []string{
		"KINESIS_MOCK_PLAIN_PORT=$PORT", "KINESIS_MOCK_TLS_PORT=" + tls, "KINESIS_MOCK_CERT_PATH=$DIR/" + folder + "/server.json", "CREATE_STREAM_DURATION=1ms",
	}, "$DIR/node", "--require", here(t, "loopback.cjs"), "$DIR/"+folder+"/main.js")
}

// A stream is one shard of Kinesis, reached without the SDK: what API Gateway's
// integration sends goes there as it is.
type stream struct {
	t   *testing.T
	url string
}

func (s stream) call(op, body string, out any) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "Kinesis_20131202."+op)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	who, err := emulator.Keys().Retrieve(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(s.t.Context(), who, r, hex.EncodeToString(sum[:]), "kinesis", "eu-central-1", time.Now()); err != nil {
		s.t.Fatal(err)
	}
	got, err := emulator.Loopback{}.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err == nil && got.StatusCode != http.StatusOK {
		err = fmt.Errorf("%d %s", got.StatusCode, text)
	}
	if err == nil && out != nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil {
		s.t.Fatalf("%s: %v", op, err)
	}
}

// open makes the stream.
func (s stream) open() {
	s.t.Helper()
	s.call("CreateStream", `{"StreamName":"accord-hooks","ShardCount":1}`, nil)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var now struct {
			StreamDescriptionSummary struct{ StreamStatus string }
		}
		s.call("DescribeStreamSummary", `{"StreamName":"accord-hooks"}`, &now)
		if now.StreamDescriptionSummary.StreamStatus == "ACTIVE" {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("the stream is %+v", now)
		}
	}
}

// records reads n records from the beginning.
func (s stream) records(n int) (all [][]byte) {
	s.t.Helper()
	var shards struct{ Shards []struct{ ShardId string } }
	s.call("ListShards", `{"StreamName":"accord-hooks"}`, &shards)
	var at struct{ ShardIterator string }
	s.call("GetShardIterator", `{"StreamName":"accord-hooks","ShardIteratorType":"TRIM_HORIZON","ShardId":"`+shards.Shards[0].ShardId+`"}`, &at)
	for end := time.Now().Add(20 * time.Second); len(all) < n; {
		var out struct {
			NextShardIterator string
			Records           []struct{ Data []byte }
		}
		s.call("GetRecords", `{"ShardIterator":"`+at.ShardIterator+`","Limit":10}`, &out)
		for _, r := range out.Records {
			all = append(all, r.Data)
		}
		at.ShardIterator = out.NextShardIterator
		if time.Now().After(end) {
			s.t.Fatalf("%d records are there, want %d", len(all), n)
		}
	}
	return all
}

// rendered is what the template's mapping makes of webhooks with these bodies:
// calls of PutRecord.
func rendered(t *testing.T, bodies [][]byte) (calls []string) {
	t.Helper()
	src, err := os.ReadFile("../../deploy/aws/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Mappings struct {
			Hook struct {
				Record struct {
					Template string `yaml:"Template"`
				} `yaml:"Record"`
			} `yaml:"Hook"`
		} `yaml:"Mappings"`
	}
	if err := yaml.Unmarshal(src, &template); err != nil {
		t.Fatal(err)
	}
	in := map[string]any{"template": template.Mappings.Hook.Record.Template}
	var all []any
	for n, body := range bodies {
		all = append(all, map[string]any{
			"input": map[string]any{
				"path": map[string]string{"site": "acme", "key": "k3y"}, "querystring": map[string]string{"v": "1"},
				"header": map[string]string{"X-Hub-Signature": sign(body)},
			},
			"body": base64.StdEncoding.EncodeToString(body), "context": map[string]any{"requestId": fmt.Sprint("r-", n), "requestTimeEpoch": 1_800_000_000_123},
			"stage": map[string]string{"stream": "accord-hooks"},
		})
	}
	in["calls"] = all
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	dir := emulator.Folder(t, "node_modules/velocityjs")
	c := exec.Command(filepath.Join(dir, "node"), "../../deploy/aws/velocity/render.mjs", dir)
	c.Stdin = bytes.NewReader(text)
	out, err := c.Output()
	if err == nil {
		err = json.Unmarshal(out, &calls)
	}
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

func sign(body []byte) string {
	m := hmac.New(sha256.New, []byte("hush"))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// TestHooksThroughKinesis: what the mapping puts comes out as it was signed.
func TestHooksThroughKinesis(t *testing.T) {
	t.Parallel()
	bodies := [][]byte{
		[]byte(`{"summary":"it's \"quoted\" \\ and / slashed"}`), []byte("{\"summary\":\"😀 é \u2028\"}"), {'"', 0xff, 0xfe, 0, '\n', '\\'},
		[]byte("plain"), bytes.Repeat([]byte("0123456789abcde\n"), 46_000),
	}
	calls := rendered(t, bodies)
	for name, begin := range map[string]func(testing.TB) string{"kinesalite 3.3.3": kinesalite, "kinesis-local 0.6.2": kinesisLocal} {
		t.Run(name, func(t *testing.T) {
			s := stream{t, begin(t)}
			s.open()
			for _, c := range calls {
				s.call("PutRecord", c, nil)
			}
			for n, data := range s.records(len(calls)) {
				r, err := aws.ReadRecord(data)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(r.Body, bodies[n]) || r.Signature != sign(r.Body) || r.ID != fmt.Sprint("r-", n) || r.TooBig {
					t.Errorf("record %d holds %d bytes of %q with %s, want the %d that were sent", n, len(r.Body), r.ID, r.Signature, len(bodies[n]))
				}
			}
		})
	}
}
