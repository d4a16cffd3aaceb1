//go:build emu

package main

import (
	"strings"
	"testing"

	"example.com/accord/awssim"
	"example.com/accord/durable/aws/emulator"
)

// newAccount starts DynamoDB Local, fauxqs and versitygw, which
// durable/aws/emulators.sh fetches, and makes the stack there. Secrets are
// simulated: no emulator of them is among these.
func newAccount(t *testing.T) account {
	table, queues, bucket := emulator.DynamoDBLocal(t), emulator.Fauxqs(t), emulator.Versitygw(t)
	sim, end := awssim.Start()
	t.Cleanup(end)
	emulator.Table(t, emulator.Tables(table), "accord-dev")
	var owner string
	for _, lane := range []string{"live", "bulk"} {
		parts := strings.Split(emulator.Queue(t, emulator.Queues(queues), "accord-dev-"+lane), "/")
		owner = parts[len(parts)-2]
	}
	emulator.Bucket(t, emulator.Buckets(bucket), "accord-dev-"+owner+"-"+emulator.Region)
	a := account{env: sim.Env(), sim: sim, emulated: true}
	for name, text := range map[string]string{
		"AWS_REGION": emulator.Region, "AWS_ACCESS_KEY_ID": emulator.User, "AWS_SECRET_ACCESS_KEY": emulator.Secret,
		"AWS_ENDPOINT_URL_DYNAMODB": table, "AWS_ENDPOINT_URL_SQS": queues, "AWS_ENDPOINT_URL_S3": bucket,
	} {
		a.env[name] = text
	}
	return a
}
