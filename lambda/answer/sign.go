package answer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"example.com/accord/connector"
)

// Credentials are those of the function's role, as Lambda puts them into its
// environment.
type Credentials struct {
	ID     string           // AWS_ACCESS_KEY_ID
	Secret connector.Secret // AWS_SECRET_ACCESS_KEY
	Token  connector.Secret // AWS_SESSION_TOKEN; not set: none belongs to them
}

// A target is what a call is made to.
type target struct {
	host, region, action string // "kinesis.eu-central-1.amazonaws.com", "eu-central-1", "Kinesis_20131202.PutRecord"
}

// head is the head of a POST of body, signed with version 4 of AWS's signatures
// (AWS Identity and Access Management, "Create a signed AWS API request").
func (c Credentials) head(t target, body []byte, now time.Time) string {
	now = now.UTC()
	// By name: so they are signed.
	headers := [][2]string{
		{"content-length", strconv.Itoa(len(body))}, {"content-type", "application/x-amz-json-1.1"}, {"host", t.host},
		{"x-amz-date", now.Format("20060102T150405Z")},
	}
	if c.Token.Set() {
		headers = append(headers, [2]string{"x-amz-security-token", c.Token.Reveal()})
	}
	headers = append(headers, [2]string{"x-amz-target", t.action})
	var names, signed, sent strings.Builder
	for i, h := range headers {
		if i > 0 {
			names.WriteString(";")
		}
		names.WriteString(h[0])
		signed.WriteString(h[0] + ":" + h[1] + "\n")
		sent.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	scope := now.Format("20060102") + "/" + t.region + "/kinesis/aws4_request"
	canonical := "POST\n/\n\n" + signed.String() + "\n" + names.String() + "\n" + digest(body)
	signature := hex.EncodeToString(sum(c.key(scope), "AWS4-HMAC-SHA256\n"+now.Format("20060102T150405Z")+"\n"+scope+"\n"+digest([]byte(canonical))))
	return "POST / HTTP/1.1\r\n" + sent.String() + "authorization: AWS4-HMAC-SHA256 Credential=" + c.ID + "/" + scope +
		", SignedHeaders=" + names.String() + ", Signature=" + signature + "\r\n\r\n"
}

// key is the key that signs within a scope: a day, a region, a service.
func (c Credentials) key(scope string) []byte {
	k := []byte("AWS4" + c.Secret.Reveal())
	for part := range strings.SplitSeq(scope, "/") {
		k = sum(k, part)
	}
	return k
}

func sum(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func digest(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
