// Package logs keeps the logs of the functions for longer than CloudWatch does,
// and looks for words in them. It is the function logs, without AWS: a state
// machine calls it each hour until all is archived, and the bucket calls it with
// each archive that it was given.
//
// An archive is one hour of one group, logs/GROUP/DATE/HOUR.jsonl.gz: a line of
// JSON for each event, as [Line] says. What was found in it is
// findings/GROUP/DATE/HOUR.json, a [Report]; if there is none, nothing was.
//
// It reads the groups itself. An export task of CloudWatch is one at a time in
// the whole account, and a subscription wants a delivery stream that costs for
// each GB; this is free but for what is stored, and begins again where it was.
package logs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// An Input is what the function is called with: records of the bucket, or none
// by the state machine.
type Input struct {
	Records []events.S3EventRecord `json:"Records"`
}

// An Answer is what the state machine is told.
type Answer struct {
	Done     bool `json:"done"`     // nothing is left
	Wait     int  `json:"wait"`     // seconds before the next call
	Archives int  `json:"archives"` // stored by this call
}

// A Handler does what it is called for.
type Handler struct {
	Archive *Archiver
	Find    *Finder
}

// Handle archives, or looks into archives.
func (h *Handler) Handle(ctx context.Context, in Input) (Answer, error) {
	if len(in.Records) == 0 {
		return h.Archive.Handle(ctx)
	}
	return Answer{Done: true, Wait: 1}, h.Find.Handle(ctx, in.Records)
}

// A Line is one event of a log as it is archived.
type Line struct {
	At     time.Time       `json:"at"`
	Stream string          `json:"stream"`
	Line   json.RawMessage `json:"line"` // as it was if it is JSON, else as a string
}

// quoted is a message as a Line holds it.
func quoted(message string) json.RawMessage {
	if b := []byte(message); json.Valid(b) {
		return b
	}
	b, err := json.Marshal(message)
	if err != nil {
		panic(err) // a string is always JSON
	}
	return b
}
