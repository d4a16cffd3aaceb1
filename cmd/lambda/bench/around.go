package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"

	"example.com/accord/config"
)

const file = `
version: 1
public_url: https://hooks.example
sites:
  acme: {kind: cloud, url: "https://acme.example", user: sync@acme.example, token: {env: TOKEN}, secret: {env: SECRET}}
  vendor: {kind: datacenter, url: "https://vendor.example", token: {env: TOKEN}, secret: {env: SECRET}}
syncs:
  support:
    participants:
      - {name: support, site: acme, project: SUP}
      - {name: dev, site: vendor, project: DEV}
    fields: {summary: newest, labels: , comments: }
`

// around returns what a function asks for before its first event, on the
// loopback: its configuration in a bucket, and its secrets; and a stream that
// takes everything. With it comes the environment that names them.
func around() (*httptest.Server, []string, error) {
	c, faults := config.Parse("accord.yaml", []byte(file))
	if err := faults.Err(); err != nil {
		return nil, nil, err
	}
	compiled, name, err := c.Compile()
	if err != nil {
		return nil, nil, err
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := give(w, r, compiled, strings.TrimSuffix(path.Base(name), ".json")); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
		}
	}))
	return s, []string{
		"AWS_ENDPOINT_URL=" + s.URL, "AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=example",
		"AWS_SESSION_TOKEN=example", "AWS_EC2_METADATA_DISABLED=true",
		"ACCORD_BUCKET=bucket", "ACCORD_TABLE=accord", "ACCORD_SECRETS=accord/", "ACCORD_SITE_KEYS=accord/site-keys",
		"ACCORD_LIVE_QUEUE=" + s.URL + "/live", "ACCORD_BULK_QUEUE=" + s.URL + "/bulk", "ACCORD_SLACK=accord/SLACK", "ACCORD_TOPIC=arn:aws:sns:eu-central-1:1:accord-alarms", "ACCORD_LOG_DAYS=30", "ACCORD_STAGE=dev",
		"ACCORD_STREAM=accord-hooks", "ACCORD_KINESIS=" + s.URL, `ACCORD_ANSWER_KEYS={"acme":"k3y"}`, `ACCORD_ANSWER_SECRETS={"acme":["hush"]}`,
	}, nil
}

func give(w http.ResponseWriter, r *http.Request, compiled []byte, digest string) error {
	if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/bucket/config/") {
		sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(compiled))
		w.Header().Set("X-Amz-Checksum-Crc32", base64.StdEncoding.EncodeToString(sum))
		_, err := w.Write(compiled)
		return err
	}
	in, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	out := map[string]any{}
	switch r.Header.Get("X-Amz-Target") {
	case "secretsmanager.GetSecretValue":
		out["SecretString"] = "https://hooks.example/secret"
		if strings.Contains(string(in), "site-keys") {
			out["SecretString"] = `{"acme":"k3y","vendor":"k3y"}`
		}
	case "DynamoDB_20120810.GetItem":
		if strings.Contains(string(in), "=config/current") {
			out["Item"] = map[string]any{"v": map[string]string{"S": `{"` + strconv.Itoa(config.Format) + `":{"digest":"` + digest + `"}}`}}
		} // else there is none
	case "DynamoDB_20120810.TransactWriteItems": // upkeep notes where the sites deliver
	case "Kinesis_20131202.PutRecord":
		out["SequenceNumber"] = "1"
	default:
		return fmt.Errorf("%s %s is nothing that a function asks for at its start", r.Method, r.URL.Path)
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(text)), 10))
	_, err = w.Write(text)
	return err
}
