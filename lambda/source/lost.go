package source

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"time"
)

// discard keeps records at the destination and forgets them. It reports whether
// that was done; until it is, nothing is lost.
func (m *Mapping) discard(ctx context.Context, rs []Record, why string, tries int, said string) bool {
	now := time.Now().UTC()
	body, err := json.Marshal(m.lost(rs, why, tries, now))
	if err == nil {
		key := "aws/lambda/" + m.Name + "/" + shard + now.Format("/2006/01/02/2006-01-02T15.04.05-") + rand.Text() + ".json"
		err = m.Lost.Put(ctx, key, bytes.NewReader(body))
	}
	if err != nil {
		m.Log.Error("records not discarded: the destination does not take them", "function", m.Name, "records", len(rs), "error", err)
		return false
	}
	m.Log.Error("records discarded", "function", m.Name, "records", len(rs), "why", why, "tries", tries, "error", said)
	if err := m.Stream.forget(ctx, rs); err != nil { // then they are handled or discarded again
		m.Log.Warn("records not forgotten", "function", m.Name, "error", err)
	}
	return true
}

// A lost is what the destination gets: an invocation record, to which S3, alone
// among the destinations, has the event itself added as text.
type lost struct {
	RequestContext struct {
		FunctionArn string `json:"functionArn"`
		Condition   string `json:"condition"`
		Count       int    `json:"approximateInvokeCount"`
	} `json:"requestContext"`
	Version   string    `json:"version"`
	Timestamp time.Time `json:"timestamp"`
	Batch     batchInfo `json:"KinesisBatchInfo"`
	Payload   string    `json:"payload"`
}

type batchInfo struct {
	ShardID   string    `json:"shardId"`
	Start     string    `json:"startSequenceNumber"`
	End       string    `json:"endSequenceNumber"`
	First     time.Time `json:"approximateArrivalOfFirstRecord"`
	Last      time.Time `json:"approximateArrivalOfLastRecord"`
	Size      int       `json:"batchSize"`
	StreamArn string    `json:"streamArn"`
}

func (m *Mapping) lost(rs []Record, why string, tries int, now time.Time) (out lost) {
	payload, err := json.Marshal(event(rs))
	if err != nil { // it was an event before
		panic(err)
	}
	first, last := rs[0], rs[len(rs)-1]
	out.RequestContext.FunctionArn, out.RequestContext.Condition, out.RequestContext.Count = "arn:aws:lambda:local:000000000000:function:"+m.Name, why, tries
	out.Version, out.Timestamp, out.Payload = "1.0", now, string(payload)
	out.Batch = batchInfo{shard, first.Sequence, last.Sequence, first.Arrived.UTC(), last.Arrived.UTC(), len(rs), arn}
	return out
}
