package deploy_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// A price is what AWS asks for one unit, in US dollars: list prices of us-east-1
// without any free tier. AWS's own pages mostly show them by a script, so each
// says where the figure was read on 2026-11-24. What infracost has stands in its
// golden files, which it makes from AWS's price list; it was not looked up at AWS.
type price struct {
	what   string
	usd    float64
	page   string // aws.amazon.com/PAGE/pricing
	source string // where it was read, with its date if it has one
}

const priceList = "infracost, 01c59b1"

var prices = map[string]price{
	"gateway":     {"API Gateway REST, a million requests", 3.50, "api-gateway", "AWS: whitepaper on private APIs, \"Cost optimization\""},
	"stream":      {"Kinesis on demand, a stream for an hour", 0.04, "kinesis/data-streams", priceList},
	"streamIn":    {"Kinesis on demand, a GB in", 0.08, "kinesis/data-streams", priceList},
	"streamOut":   {"Kinesis on demand, a GB out", 0.04, "kinesis/data-streams", priceList},
	"streamKept":  {"Kinesis on demand, a GB kept beyond its first day for a month", 0.10, "kinesis/data-streams", priceList},
	"shard":       {"Kinesis provisioned, a shard for an hour", 0.015, "kinesis/data-streams", priceList},
	"shardLong":   {"Kinesis provisioned, a shard that keeps more than a day, for an hour", 0.02, "kinesis/data-streams", "c3x.dev, aws_kinesis_stream"},
	"calls":       {"Lambda, a million calls", 0.20, "lambda", priceList},
	"gbSeconds":   {"Lambda on arm64, a million GB-seconds", 13.3334, "lambda", priceList},
	"sqs":         {"SQS standard, a million requests", 0.40, "sqs", "cloudburn.io, March 2026"},
	"writes":      {"DynamoDB on demand, a million write units", 0.625, "dynamodb", "airbyte.com, July 2025: halved in November 2024"},
	"reads":       {"DynamoDB on demand, a million read units", 0.125, "dynamodb", "airbyte.com, July 2025: halved in November 2024"},
	"table":       {"DynamoDB, a GB kept for a month", 0.25, "dynamodb", priceList},
	"backup":      {"DynamoDB, a GB that can be put back to any time, for a month", 0.20, "dynamodb", priceList},
	"key":         {"KMS, a key for a month", 1.00, "kms", "cloudburn.io, March 2026"},
	"keyCalls":    {"KMS, a million requests", 3.00, "kms", "factualminds.com, June 2026"},
	"secret":      {"Secrets Manager, a secret for a month", 0.40, "secrets-manager", priceList},
	"secretCalls": {"Secrets Manager, a million requests", 5.00, "secrets-manager", priceList},
	"alarm":       {"CloudWatch, a metric of an alarm for a month", 0.10, "cloudwatch", "infracost, 2599472"},
	"metric":      {"CloudWatch, a metric of our own for a month", 0.30, "cloudwatch", "signoz.io, February 2026"},
	"dashboard":   {"CloudWatch, a dashboard for a month", 3.00, "cloudwatch", "factualminds.com, June 2026"},
	"logs":        {"CloudWatch, a GB of log", 0.50, "cloudwatch", "factualminds.com, June 2026"},
	"transition":  {"Step Functions standard, a million transitions", 25.00, "step-functions", "AWS: its price page"},
	"out":         {"a GB out to the internet", 0.09, "ec2/on-demand", "awsforengineers.com, May 2025"},
}

// order is that of the table in docs/AWS.md.
var order = []string{
	"gateway", "stream", "streamIn", "streamOut", "streamKept", "shard", "shardLong", "calls", "gbSeconds", "sqs", "writes", "reads", "table", "backup",
	"key", "keyCalls", "secret", "secretCalls", "alarm", "metric", "dashboard", "logs", "transition", "out",
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
	watched := 0
	for _, alarm := range load(t, "watch.yaml").of("AWS::CloudWatch::Alarm") {
		watched += len(asked(alarm))
	}
	const sweeps = hours * 12.0
	const receives = 2 * 5 * hours * 180.0 // Lambda asks each of two queues five times in 20 s ("Scaling for SQS")
	own := 0
	words := strings.Count(at(load(t, "template.yaml").params, "LogWords/Default").(string), ",") + 1
	for namespace, names := range metrics {
		for _, dimensions := range names {
			switch {
			case strings.HasPrefix(namespace, "AWS/"):
			case strings.Contains(dimensions, "Word"):
				own += words
			default:
				own++
			}
		}
	}
	return []line{
		{"the stream, on demand", hours, "stream"},
		{fmt.Sprintf("%d metrics in alarms", watched), float64(watched), "alarm"},
		{fmt.Sprintf("%d metrics of our own", own), float64(own), "metric"},
		{"the dashboard", 1, "dashboard"},
		{"six secrets: two tokens, two that sign, the sites' keys, the path key", 6, "secret"},
		{"8,760 sweeps that ask for two of them", sweeps * 2 / 1e6, "secretCalls"},
		{"the key", 1, "key"},
		{"8,760 sweeps of 6 transitions each", sweeps * 6 / 1e6, "transition"},
		{"8,760 sweeps of 2 s with 256 MB", sweeps * 2 / 4 / 1e6, "gbSeconds"},
		{"730 archives of logs, of 6 transitions each", hours * 6 / 1e6, "transition"},
		{"730 archives of 5 s with 256 MB", hours * 5 / 4.0 / 1e6, "gbSeconds"},
		{"two queues that are asked", receives / 1e6, "sqs"},
		{"requests to the key", (receives/100 + sweeps*2) / 1e6, "keyCalls"},
		{"the table, with 10,000 links of 20 KB", 0.2, "table"},
		{"and its backup", 0.2, "backup"},
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
		{"and kept for two days more", gb * 2 / 30, "streamKept"},
		{"400 calls of hear, 2,000 of turn and of after", (400 + 2*turns) / 1e6, "calls"},
		{"hear: 100 ms with 256 MB; turn: 2 s with 512 MB; after: 50 ms with 128 MB", (400*0.1/4 + turns*2/2 + turns*0.05/8) / 1e6, "gbSeconds"},
		{"send, receive, delete", 3 * turns / 1e6, "sqs"},
		{"20 write units a turn", 20 * turns / 1e6, "writes"},
		{"20 read units a turn", 20 * turns / 1e6, "reads"},
		{"requests to the key", turns / 1e6, "keyCalls"},
		{"secrets read again each minute of eight hours: four by each of two turns, three by hear", 11 * 8 * 60 / 1e6, "secretCalls"},
		{"1 KB of log a turn", turns * 1000 / 1e9, "logs"},
		{"15 KB to the sites a turn", turns * 15_000 / 1e9, "out"},
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
	b.WriteString("| price | USD | page | read in |\n| --- | ---: | --- | --- |\n")
	for _, name := range order {
		fmt.Fprintf(&b, "| %s | %g | %s | %s |\n", prices[name].what, prices[name].usd, prices[name].page, prices[name].source)
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
