package answer

import (
	"encoding/json"
	"fmt"
)

// maxBody is how many bytes of a body fit into a record of 1 MiB, in base64 and
// beside the longest headers that the gateway takes. The mapping of the gateway
// that answers itself draws the line at the same place.
const maxBody = 737_280

// record is a webhook as it is in the stream: what durable/aws.ReadRecord
// reads, and what the mapping of the gateway that answers itself writes. A body
// that does not fit is left out: it was signed, but nobody will be able to tell.
func record(e event, body []byte) ([]byte, error) {
	line := struct {
		Site          string  `json:"site"`
		Key           string  `json:"key"`
		Version       string  `json:"v"`
		ID            string  `json:"id"`
		At            int64   `json:"at"`
		Signature     string  `json:"signature"`
		Authorization string  `json:"authorization"`
		Webhook       webhook `json:"webhook"`
		Body          []byte  `json:"body"`
		TooBig        bool    `json:"too_big"`
	}{
		e.Path.Site, e.Path.Key, e.Query.Version, e.Context.ID, e.Context.At, e.header("X-Hub-Signature"), e.header("Authorization"),
		webhook{e.header("X-Atlassian-Webhook-Identifier"), e.header("X-Atlassian-Webhook-Retry"), e.header("X-Atlassian-Webhook-Flow")},
		body, len(body) > maxBody,
	}
	if line.TooBig {
		line.Body = []byte{}
	}
	data, err := json.Marshal(line)
	if err != nil {
		return nil, fmt.Errorf("write record: %w", err)
	}
	return data, nil
}

type webhook struct {
	Identifier string `json:"identifier"`
	Retry      string `json:"retry"`
	Flow       string `json:"flow"`
}
