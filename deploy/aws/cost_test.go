package deploy_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// A price is what AWS asks for one unit, in US dollars. All are list prices of
// us-east-1 without any free tier, as remembered from the price pages of 2025:
// assumptions, to be looked up again before anybody relies on them.
type price struct {
	what string
	usd  float64
	page string // aws.amazon.com/PAGE/pricing
}

var prices = map[string]price{
	"gateway":    {"API Gateway REST, a million requests", 3.50, "api-gateway"},
	"stream":     {"Kinesis on demand, a stream for an hour", 0.04, "kinesis/data-streams"},
	"streamIn":   {"Kinesis on demand, a GB in", 0.08, "kinesis/data-streams"},
	"streamOut":  {"Kinesis on demand, a GB out", 0.04, "kinesis/data-streams"},
	"shard":      {"Kinesis provisioned, a shard for an hour", 0.015, "kinesis/data-streams"},
	"shardLong":  {"Kinesis provisioned, a shard that keeps more than a day, for an hour", 0.02, "kinesis/data-streams"},
	"calls":      {"Lambda, a million calls", 0.20, "lambda"},
	"gbSeconds":  {"Lambda on arm64, a million GB-seconds", 13.3334, "lambda"},
	"sqs":        {"SQS standard, a million requests", 0.40, "sqs"},
	"writes":     {"DynamoDB on demand, a million write units", 0.625, "dynamodb"},
	"reads":      {"DynamoDB on demand, a million read units", 0.125, "dynamodb"},
	"key":        {"KMS, a key for a month", 1.00, "kms"},
	"keyCalls":   {"KMS, a million requests", 3.00, "kms"},
	"secret":     {"Secrets Manager, a secret for a month", 0.40, "secrets-manager"},
	"alarm":      {"CloudWatch, a metric of an alarm for a month", 0.10, "cloudwatch"},
	"dashboard":  {"CloudWatch, a dashboard for a month", 3.00, "cloudwatch"},
	"logs":       {"CloudWatch, a GB of log", 0.50, "cloudwatch"},
	"transition": {"Step Functions standard, a million transitions", 25.00, "step-functions"},
}

// order is that of the table in docs/AWS.md.
var order = []string{
	"gateway", "stream", "streamIn", "streamOut", "shard", "shardLong", "calls", "gbSeconds", "sqs", "writes", "reads", "key", "keyCalls", "secret", "alarm", "dashboard", "logs", "transition",
}

const hours = 730 // in a month

// A line is one row of a bill.
type line struct {
	what  string
	count float64 // in units of the price
	price string
}

func total(bill []line) (usd float64) {
	for _, l := range bill {
		usd += l.count * prices[l.price].usd
	}
	return usd
}

// idle is the bill of a month without any edit, with sweeps every five minutes.
func idle(t *testing.T) []line {
	metrics := 0
	for _, alarm := range load(t, "watch.yaml").of("AWS::CloudWatch::Alarm") {
		metrics += len(asked(alarm))
	}
	const sweeps = hours * 12.0
	const receives = 2 * 2 * hours * 180.0 // two queues, two pollers each at the least, one receive in 20 s
	return []line{
		{"the stream, on demand", hours, "stream"},
		{fmt.Sprintf("%d metrics in alarms", metrics), float64(metrics), "alarm"},
		{"the dashboard", 1, "dashboard"},
		{"five secrets: two tokens, two that sign, the path keys", 5, "secret"},
		{"the key", 1, "key"},
		{"8,760 sweeps of 6 transitions each", sweeps * 6 / 1e6, "transition"},
		{"8,760 sweeps of 2 s with 256 MB", sweeps * 2 / 4 / 1e6, "gbSeconds"},
		{"two queues that are asked", receives / 1e6, "sqs"},
		{"requests to the key", (receives/100 + sweeps*2) / 1e6, "keyCalls"},
	}
}

// busy is what 1,000 edits cost beside that. Each edit is two webhooks, since
// our own write comes back as one, and two turns.
func busy() []line {
	const webhooks, turns = 2000.0, 2000.0
	gb := webhooks * float64(recordSize(8)) / 1e9
	return []line{
		{"2,000 webhooks", webhooks / 1e6, "gateway"},
		{"their records of 8 KiB bodies, in", gb, "streamIn"},
		{"and out", gb, "streamOut"},
		{"400 calls of hear, 2,000 of turn and of after", (400 + 2*turns) / 1e6, "calls"},
		{"hear: 100 ms with 256 MB; turn: 2 s with 512 MB; after: 50 ms with 128 MB", (400*0.1/4 + turns*2/2 + turns*0.05/8) / 1e6, "gbSeconds"},
		{"send, receive, delete", 3 * turns / 1e6, "sqs"},
		{"20 write units a turn", 20 * turns / 1e6, "writes"},
		{"20 read units a turn", 20 * turns / 1e6, "reads"},
		{"requests to the key", turns / 1e6, "keyCalls"},
		{"1 KB of log a turn", turns * 1000 / 1e9, "logs"},
	}
}

// recordSize is how many bytes the record of a body of so many KiB has at most,
// with 700 bytes for its other values and the partition key.
func recordSize(kib int) int { return (kib*1024+2)/3*4 + 700 }

// shards is how many take 1,000 such records a second: each takes 1 MB and 1,000
// records a second (Kinesis, "Quotas and limits").
func shards(kib int) int { return max(1, int(math.Ceil(1000*float64(recordSize(kib))/1e6))) }

var sizes = []int{2, 4, 8, 16, 32, 64}

func TestCapacity(t *testing.T) {
	tp := load(t, "template.yaml")
	for _, kib := range sizes {
		if got := at(tp.mappings, fmt.Sprintf("Capacity/%d/Shards", kib)); got != float64(shards(kib)) {
			t.Errorf("bodies of %d KiB: %v shards, 1,000 a second need %d", kib, got, shards(kib))
		}
	}
	if got := len(tp.mappings["Capacity"].(object)); got != len(sizes) {
		t.Errorf("%d sizes in the template, want %d", got, len(sizes))
	}
	for _, v := range tp.params["BodyKiB"].(object)["AllowedValues"].([]any) {
		if at(tp.mappings, "Capacity/"+v.(string)) == nil {
			t.Errorf("%v KiB may be said and has no capacity", v)
		}
	}
}

func bill(lines []line) string {
	var b strings.Builder
	b.WriteString("| what | units | USD |\n| --- | ---: | ---: |\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "| %s | %.4g | %.4f |\n", l.what, l.count, l.count*prices[l.price].usd)
	}
	fmt.Fprintf(&b, "| **all** | | **%.2f** |\n", total(lines))
	return b.String()
}

func capacity() string {
	var b strings.Builder
	b.WriteString("| `BodyKiB` | MB a second | on demand, from its start | shards | their USD a month |\n| ---: | ---: | --- | ---: | ---: |\n")
	for _, kib := range sizes {
		rate := 1000 * float64(recordSize(kib)) / 1e6
		enough := "throttled until it has grown"
		if rate <= 4 {
			enough = "enough"
		}
		month := float64(shards(kib)) * hours * (prices["shard"].usd + prices["shardLong"].usd)
		fmt.Fprintf(&b, "| %d | %.1f | %s | %d | %.2f |\n", kib, rate, enough, shards(kib), month)
	}
	return b.String()
}

func listed() string {
	var b strings.Builder
	b.WriteString("| price | USD | page |\n| --- | ---: | --- |\n")
	for _, name := range order {
		fmt.Fprintf(&b, "| %s | %g | %s |\n", prices[name].what, prices[name].usd, prices[name].page)
	}
	return b.String()
}

// TestNumbersInTheManual: those of docs/AWS.md are the ones that are computed here.
func TestNumbersInTheManual(t *testing.T) {
	if len(order) != len(prices) {
		t.Errorf("%d prices are listed of %d", len(order), len(prices))
	}
	const path = "../../docs/AWS.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	for name, want := range map[string]string{"capacity": capacity(), "idle": bill(idle(t)), "edits": bill(busy()), "prices": listed()} {
		before, rest, begins := strings.Cut(got, "<!-- "+name+" -->\n")
		_, after, ends := strings.Cut(rest, "<!-- end -->")
		if !begins || !ends {
			t.Fatalf("%s has no place for %s", path, name)
		}
		got = before + "<!-- " + name + " -->\n" + want + "<!-- end -->" + after
	}
	if got == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s has other numbers than are computed; go test ./deploy/aws -update writes them", path)
	}
	if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}
