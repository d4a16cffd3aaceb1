//go:build emu

package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/accord/app"
	"example.com/accord/config/published"
	"example.com/accord/durable/aws"
	"example.com/accord/durable/aws/emulator"
)

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
	table, queues, bucket := emulator.DynamoDBLocal(t), emulator.Fauxqs(t), emulator.Versitygw(t)
	db, mail, files := emulator.Tables(table), emulator.Queues(queues), emulator.Buckets(bucket)
	emulator.Table(t, db, "accord")
	emulator.Bucket(t, files, "accord")
	live, bulk := emulator.Queue(t, mail, "live"), emulator.Queue(t, mail, "bulk")
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
		"AWS_REGION=" + emulator.Region, "AWS_ACCESS_KEY_ID=" + emulator.User, "AWS_SECRET_ACCESS_KEY=" + emulator.Secret, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ENDPOINT_URL_DYNAMODB=" + table, "AWS_ENDPOINT_URL_SQS=" + queues, "AWS_ENDPOINT_URL_S3=" + bucket, "AWS_ENDPOINT_URL_SECRETS_MANAGER=" + secrets,
	}
	s.mail, s.keep = post{mail, live}, time.Second
	s.waits = func(context.Context) (int, error) { return 0, nil } // this queue has no gauge
	s.wholePath()
}
