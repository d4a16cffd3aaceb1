package hear

import (
	"net/http"
	"net/url"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable/aws"
)

// delivery is r as a connector hears it.
func delivery(r aws.Record) connector.Delivery {
	d := connector.Delivery{Header: http.Header{}, Query: url.Values{"v": {r.Version}}, Body: r.Body, At: r.At}
	for name, value := range map[string]string{
		"X-Hub-Signature": r.Signature, "Authorization": r.Authorization,
		"X-Atlassian-Webhook-Identifier": r.Webhook.Identifier, "X-Atlassian-Webhook-Retry": r.Webhook.Retry, "X-Atlassian-Webhook-Flow": r.Webhook.Flow,
	} {
		if value != "" {
			d.Header.Set(name, value)
		}
	}
	return d
}

// aside is what is kept of a record that cannot be read.
type aside struct {
	Why      string      `json:"why"`
	Sequence string      `json:"sequence"` // in the stream
	Arrived  time.Time   `json:"arrived"`
	Record   *aws.Record `json:"record,omitempty"` // without its credentials
	Raw      []byte      `json:"raw,omitempty"`    // if it is no Record
}

// without returns r without its credentials.
func without(r aws.Record) *aws.Record {
	r.Key, r.Signature, r.Authorization = "", "", ""
	return &r
}
