//go:build emu

package aws_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// folder is where emulators.sh has put the emulators.
func folder(t testing.TB, needed string) string {
	t.Helper()
	dir := os.Getenv("ACCORD_EMULATORS")
	if dir == "" {
		t.Fatal("these tests need the emulators: run durable/aws/emulators.sh DIR, and set ACCORD_EMULATORS to DIR")
	}
	if _, err := os.Stat(filepath.Join(dir, needed)); err != nil {
		t.Fatalf("the folder of the emulators does not have %s: run durable/aws/emulators.sh %s", needed, dir)
	}
	return dir
}

// start runs an emulator on a free port of the loopback, ends it with the test,
// and returns its address once it answers. $PORT and $DIR in args are replaced.
func start(t testing.TB, needed string, env []string, args ...string) string {
	t.Helper()
	dir := folder(t, needed)
	address := free(t)
	_, port, _ := strings.Cut(address, ":")
	fill := strings.NewReplacer("$PORT", port, "$DIR", dir)
	for i := range args {
		args[i] = fill.Replace(args[i])
	}
	var log strings.Builder
	c := exec.Command(args[0], args[1:]...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AWS_EC2_METADATA_DISABLED=true"}
	for _, e := range env {
		c.Env = append(c.Env, fill.Replace(e))
	}
	c.Stdout, c.Stderr = &log, &log
	c.Dir = t.TempDir()
	c.WaitDelay = time.Second
	if err := c.Start(); err != nil {
		t.Fatalf("start %s: %v", needed, err)
	}
	t.Cleanup(func() {
		if err := c.Process.Kill(); err != nil {
			t.Errorf("end %s: %v", needed, err)
		}
		if err := c.Wait(); err == nil {
			t.Errorf("%s ended by itself:\n%s", needed, log.String())
		}
	})
	url := "http://" + address
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if r, err := http.Get(url); err == nil {
			r.Body.Close()
			return url
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not answer at %s:\n%s", needed, url, log.String())
		}
	}
}

func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// dynamoDBLocal starts Amazon's own engine.
func dynamoDBLocal(t testing.TB) string {
	const jar = "node_modules/amplify-dynamodb-simulator/emulator"
	return start(t, jar, nil, "java", "-Djava.library.path=$DIR/"+jar+"/DynamoDBLocal_lib", "-jar", "$DIR/"+jar+"/DynamoDBLocal.jar", "-port", "$PORT", "-inMemory")
}

func dynalite(t testing.TB) string {
	const cli = "node_modules/dynalite/cli.js"
	return start(t, cli, nil, "$DIR/node", "$DIR/"+cli, "--host", "127.0.0.1", "--port", "$PORT", "--createTableMs", "0")
}

// table makes a table with a name of its own.
func table(t testing.TB, db *dynamodb.Client, name string) string {
	t.Helper()
	attribute := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{attribute("pk"), attribute("sk")},
		KeySchema:            []types.KeySchemaElement{{AttributeName: new("pk"), KeyType: types.KeyTypeHash}, {AttributeName: new("sk"), KeyType: types.KeyTypeRange}},
	})
	if err != nil {
		t.Fatal(err)
	}
	active := dynamodb.NewTableExistsWaiter(db, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay, o.MaxDelay = 10*time.Millisecond, time.Second })
	if err := active.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, 30*time.Second); err != nil {
		t.Fatal(err)
	}
	return name
}

// names counts the tables, queues and buckets that were made.
type names struct{ n atomic.Int64 }

func (n *names) next() string { return fmt.Sprintf("accord-%d", n.n.Add(1)) }

// client speaks to an endpoint on the loopback, and tries once.
func client(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: &endpoint, Credentials: keys(), Retryer: sdk.NopRetryer{}, HTTPClient: loopback{new(http.Transport)},
	})
}

func keys() sdk.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider("local", "local", "")
}

// loopback refuses any other endpoint. Its connections are its own: a test server
// that ends closes those of the transport that all share.
type loopback struct {
	to *http.Transport // nil: a connection for each call
}

func (l loopback) Do(r *http.Request) (*http.Response, error) {
	if host := r.URL.Hostname(); host != "127.0.0.1" {
		return nil, fmt.Errorf("%s is not on the loopback", host)
	}
	if l.to == nil {
		l.to = &http.Transport{DisableKeepAlives: true}
	}
	return l.to.RoundTrip(r)
}
