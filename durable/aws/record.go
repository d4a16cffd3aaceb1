package aws

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// A Record is one webhook as API Gateway has put it into the inbox: what the
// integration's mapping template writes, one line of JSON. Nobody has looked at
// it yet; a site's signature is checked over Body.
type Record struct {
	Site          string    // of the path
	Key           string    // of the path, random: strangers do not know it
	Version       string    // ?v= of the URL: how it is to be read
	ID            string    // of the gateway's request
	At            time.Time // when the gateway had it
	Signature     string    // X-Hub-Signature; may be empty
	Authorization string    // may be empty
	Webhook       Webhook
	Body          []byte // the exact bytes; nil if TooBig
	TooBig        bool   // the body did not fit into a record
}

// A Webhook is what Jira says of a delivery in its headers: docs/JIRA.md "Webhooks".
type Webhook struct {
	Identifier string `json:"identifier"` // X-Atlassian-Webhook-Identifier: the same at a repetition
	Retry      string `json:"retry"`      // X-Atlassian-Webhook-Retry
	Flow       string `json:"flow"`       // X-Atlassian-Webhook-Flow
}

// ReadRecord reads a record. One that cannot be read never will be: it is to be
// set aside and counted.
func ReadRecord(data []byte) (Record, error) {
	var line struct {
		Site          string  `json:"site"`
		Key           string  `json:"key"`
		Version       string  `json:"v"`
		ID            string  `json:"id"`
		At            int64   `json:"at"` // ms since 1970
		Signature     string  `json:"signature"`
		Authorization string  `json:"authorization"`
		Webhook       Webhook `json:"webhook"`
		Body          string  `json:"body"` // base64
		TooBig        bool    `json:"too_big"`
	}
	if err := json.Unmarshal(data, &line); err != nil {
		return Record{}, fmt.Errorf("read record: %w", err)
	}
	r := Record{
		Site: line.Site, Key: line.Key, Version: line.Version, ID: line.ID, At: time.UnixMilli(line.At).UTC(),
		Signature: line.Signature, Authorization: line.Authorization, Webhook: line.Webhook, TooBig: line.TooBig,
	}
	if r.Site == "" || r.ID == "" || line.At <= 0 || r.At.Year() > 9999 { // a later year is no time in JSON
		return Record{}, fmt.Errorf("read record: site %q, id %q, at %d: want all three", r.Site, r.ID, line.At)
	}
	if r.TooBig {
		return r, nil
	}
	body, err := base64.StdEncoding.DecodeString(line.Body)
	if err != nil {
		return Record{}, fmt.Errorf("read body of record %s: %w", r.ID, err)
	}
	r.Body = body
	return r, nil
}
