package hear

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"example.com/accord/connector"
)

// A Record is what API Gateway's mapping puts into the stream for one delivery:
// JSON on one line.
type Record struct {
	Site          string  `json:"site"`          // from the address
	Key           string  `json:"key"`           // from the address: a credential
	Version       string  `json:"v"`             // from the address: which reader
	ID            string  `json:"id"`            // of the request, given by the gateway
	At            int64   `json:"at"`            // when it came, in milliseconds since 1970
	Signature     string  `json:"signature"`     // X-Hub-Signature; "" if there was none
	Authorization string  `json:"authorization"` // "" if there was none: a credential
	Webhook       Webhook `json:"webhook"`
	Body          []byte  `json:"body"`    // base64 of the exact bytes; empty with TooBig
	TooBig        bool    `json:"too_big"` // the body did not fit into a record
}

// Webhook has the headers X-Atlassian-Webhook-*: docs/JIRA.md "Webhooks".
type Webhook struct {
	ID    string `json:"identifier"`
	Retry string `json:"retry"`
	Flow  string `json:"flow"`
}

// decode reads a record.
func decode(data []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return r, errors.New("it is not the JSON of a delivery")
	}
	if r.Site == "" {
		return r, errors.New("it names no site")
	}
	return r, nil
}

// delivery is r as a connector hears it. One that does not say when it came did
// so at the time given.
func (r Record) delivery(arrived time.Time) connector.Delivery {
	d := connector.Delivery{Header: http.Header{}, Query: url.Values{"v": {r.Version}}, Body: r.Body, At: arrived}
	if r.At > 0 {
		d.At = time.UnixMilli(r.At)
	}
	for name, value := range map[string]string{
		"X-Hub-Signature": r.Signature, "Authorization": r.Authorization,
		"X-Atlassian-Webhook-Identifier": r.Webhook.ID, "X-Atlassian-Webhook-Retry": r.Webhook.Retry, "X-Atlassian-Webhook-Flow": r.Webhook.Flow,
	} {
		if value != "" {
			d.Header.Set(name, value)
		}
	}
	return d
}

// aside is what is kept of a record that cannot be read.
type aside struct {
	Why      string    `json:"why"`
	Sequence string    `json:"sequence"` // in the stream
	Arrived  time.Time `json:"arrived"`
	Record   *Record   `json:"record,omitempty"` // without its credentials
	Raw      []byte    `json:"raw,omitempty"`    // if it is no Record
}

// without returns r without its credentials.
func (r Record) without() *Record {
	r.Key, r.Signature, r.Authorization = "", "", ""
	return &r
}
