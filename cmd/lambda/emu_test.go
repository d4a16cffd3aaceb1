//go:build emu

package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
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

	"example.com/accord/app"
	"example.com/accord/config/published"
	"example.com/accord/durable/aws"
)

const region = "eu-central-1"

// emulator starts one of the emulators that durable/aws/emulators.sh fetches, on
// a free port of the loopback, and returns its address once it answers.
func emulator(t *testing.T, env []string, args ...string) string {
	t.Helper()
	dir := os.Getenv("ACCORD_EMULATORS")
	if dir == "" {
		t.Fatal("this test needs the emulators: run durable/aws/emulators.sh DIR, and set ACCORD_EMULATORS to DIR")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
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
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
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

// vault is a Secrets Manager that knows GetSecretValue.
func vault(t *testing.T, held map[string]string) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ SecretId string }
		err := json.NewDecoder(r.Body).Decode(&in)
		text, ok := held[in.SecretId]
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if err != nil || !ok || r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type":"ResourceNotFoundException"}`)
			return
		}
		json.NewEncoder(w).Encode(map[string]string{"SecretString": text})
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// TestWholePathOnEmulators is TestWholePath with the functions as they are
// deployed: they open DynamoDB, SQS, S3 and Secrets Manager by their
// environment. It passes against DynamoDB Local, fauxqs 2.4.1, versitygw 1.8.0
// and a Secrets Manager of its own.
func TestWholePathOnEmulators(t *testing.T) {
	s, c := newStack(t)
	const jar = "$DIR/node_modules/amplify-dynamodb-simulator/emulator"
	table := emulator(t, nil, "java", "-Djava.library.path="+jar+"/DynamoDBLocal_lib", "-jar", jar+"/DynamoDBLocal.jar", "-port", "$PORT", "-inMemory", "-sharedDb")
	queues := emulator(t, []string{"FAUXQS_PORT=$PORT", "FAUXQS_HOST=127.0.0.1", "FAUXQS_LOGGER=false"}, "$DIR/node", "$DIR/node_modules/fauxqs/dist/cli.js")
	bucket := emulator(t, nil, "$DIR/bin/versitygw", "--port", "127.0.0.1:$PORT", "--access", "local", "--secret", "local-secret", "--region", region, "--quiet", "posix", t.TempDir())

	who := credentials.NewStaticCredentialsProvider("local", "local-secret", "")
	db := dynamodb.New(dynamodb.Options{Region: region, BaseEndpoint: &table, Credentials: who})
	mail := sqs.New(sqs.Options{Region: region, BaseEndpoint: &queues, Credentials: who})
	files := s3.New(s3.Options{Region: region, BaseEndpoint: &bucket, Credentials: who, UsePathStyle: true})
	live, bulk := made(t, db, mail, files)
	blobs := aws.NewBlobs(files, "accord")
	store := aws.NewStore(db, "accord", blobs)
	s.app = app.New(c, app.State{Store: store, Queue: aws.NewQueue(mail, store, live, bulk)}, app.Options{})
	if err := errors.Join(s.app.Connect(), s.app.LoadHooks(t.Context())); err != nil {
		t.Fatal(err)
	}
	digest, _, err := published.Store(t.Context(), blobs, c)
	if err == nil {
		err = published.Use(t.Context(), store, published.Current{Digest: digest})
	}
	if err != nil {
		t.Fatal(err)
	}
	secrets := vault(t, map[string]string{"accord/TOKEN": "example", "accord/SECRET": "hush", "accord/site-keys": s.siteKeys()})
	s.tags, s.limit = "lambda.norpc", 12*time.Second // what a killed turn had in hand is held as long
	s.env = []string{
		"ACCORD_TABLE=accord", "ACCORD_LIVE_QUEUE=" + live, "ACCORD_BULK_QUEUE=" + bulk, "ACCORD_BUCKET=accord",
		"ACCORD_SECRETS=accord/", "ACCORD_SITE_KEYS=accord/site-keys",
		"AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local-secret", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ENDPOINT_URL_DYNAMODB=" + table, "AWS_ENDPOINT_URL_SQS=" + queues, "AWS_ENDPOINT_URL_S3=" + bucket, "AWS_ENDPOINT_URL_SECRETS_MANAGER=" + secrets,
	}
	s.mail, s.keep = post{mail, live}, time.Second
	s.waits = func(context.Context) (int, error) { return 0, nil } // this queue has no gauge
	s.wholePath()
}

// made makes the table, the queues and the bucket, and returns the queues' URLs.
func made(t *testing.T, db *dynamodb.Client, mail *sqs.Client, files *s3.Client) (live, bulk string) {
	t.Helper()
	key := func(name string, k types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: &name, KeyType: k}
	}
	text := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: new("accord"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{text("pk"), text("sk")},
		KeySchema:            []types.KeySchemaElement{key("pk", types.KeyTypeHash), key("sk", types.KeyTypeRange)},
	})
	if err == nil {
		_, err = files.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: new("accord")})
	}
	var urls []string
	for _, name := range []string{"live", "bulk"} {
		if err != nil {
			break
		}
		var out *sqs.CreateQueueOutput
		if out, err = mail.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name}); err == nil {
			urls = append(urls, *out.QueueUrl)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return urls[0], urls[1]
}
