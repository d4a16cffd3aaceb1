//go:build emu

package main

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/accord/awssim"
)

// newAccount starts DynamoDB Local, fauxqs and versitygw, which
// durable/aws/emulators.sh fetches, and makes the stack there. Secrets are
// simulated: no emulator of them is among these.
func newAccount(t *testing.T) account {
	const jar = "$DIR/node_modules/amplify-dynamodb-simulator/emulator"
	table := emulator(t, nil, "java", "-Djava.library.path="+jar+"/DynamoDBLocal_lib", "-jar", jar+"/DynamoDBLocal.jar", "-port", "$PORT", "-inMemory", "-sharedDb")
	queues := emulator(t, []string{"FAUXQS_PORT=$PORT", "FAUXQS_HOST=127.0.0.1", "FAUXQS_LOGGER=false"}, "$DIR/node", "$DIR/node_modules/fauxqs/dist/cli.js")
	bucket := emulator(t, nil, "$DIR/bin/versitygw", "--port", "127.0.0.1:$PORT", "--access", "local", "--secret", "local-secret", "--region", awssim.Region, "--quiet", "posix", t.TempDir())
	sim, end := awssim.Start()
	t.Cleanup(end)
	who := credentials.NewStaticCredentialsProvider("local", "local-secret", "")
	mail := sqs.New(sqs.Options{Region: awssim.Region, BaseEndpoint: &queues, Credentials: who})
	var owner string
	for _, lane := range []string{"live", "bulk"} {
		out, err := mail.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: new("accord-dev-" + lane)})
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(*out.QueueUrl, "/")
		owner = parts[len(parts)-2]
	}
	files := s3.New(s3.Options{Region: awssim.Region, BaseEndpoint: &bucket, Credentials: who, UsePathStyle: true})
	if _, err := files.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: new("accord-dev-" + owner + "-" + awssim.Region)}); err != nil {
		t.Fatal(err)
	}
	db := dynamodb.New(dynamodb.Options{Region: awssim.Region, BaseEndpoint: &table, Credentials: who})
	if _, err := db.CreateTable(t.Context(), schema("accord-dev")); err != nil {
		t.Fatal(err)
	}
	a := account{env: sim.Env(), sim: sim, emulated: true}
	for name, text := range map[string]string{
		"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret",
		"AWS_ENDPOINT_URL_DYNAMODB": table, "AWS_ENDPOINT_URL_SQS": queues, "AWS_ENDPOINT_URL_S3": bucket,
	} {
		a.env[name] = text
	}
	return a
}

func schema(table string) *dynamodb.CreateTableInput {
	key := func(name string, k types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: &name, KeyType: k}
	}
	text := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	return &dynamodb.CreateTableInput{
		TableName: &table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{text("pk"), text("sk")},
		KeySchema:            []types.KeySchemaElement{key("pk", types.KeyTypeHash), key("sk", types.KeyTypeRange)},
	}
}

// emulator starts one on a free port of the loopback, ends it with the test, and
// returns its address once it answers. $DIR and $PORT are replaced.
func emulator(t *testing.T, env []string, args ...string) string {
	t.Helper()
	dir := os.Getenv("ACCORD_EMULATORS")
	if dir == "" {
		t.Fatal("this test needs the emulators: run durable/aws/emulators.sh DIR, and set ACCORD_EMULATORS to DIR")
	}
	addr, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("$DIR", dir, "$PORT", strings.TrimPrefix(addr, "127.0.0.1:"))
	for i := range args {
		args[i] = fill.Replace(args[i])
	}
	c := exec.Command(args[0], args[1:]...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	for _, e := range env {
		c.Env = append(c.Env, fill.Replace(e))
	}
	c.Dir = t.TempDir()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Process.Kill(); err != nil {
			t.Errorf("end %s: %v", args[0], err)
		}
		if err := c.Wait(); err == nil {
			t.Errorf("%s ended by itself", args[0])
		}
	})
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if r, err := http.Get("http://" + addr); err == nil {
			r.Body.Close()
			return "http://" + addr
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not answer", args)
		}
	}
}
