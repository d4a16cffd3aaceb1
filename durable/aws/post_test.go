package aws_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"example.com/accord/durable/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// post is a standard queue or two of SQS as documented: a message is there until
// it is deleted, hidden while somebody has it, and never early. What fault says
// before an action is its error.
type post struct {
	fault func(op string) error

	mu     sync.Mutex
	queues map[string][]*parcel
	count  int
	came   chan struct{} // closed, and made anew, when something may have become visible
}

type parcel struct {
	id, body, receipt string
	visible           time.Time
}

func newPost() *post { return &post{queues: map[string][]*parcel{}, came: make(chan struct{})} }

var _ aws.Mail = (*post)(nil)

func (p *post) fails(op string) error {
	if p.fault == nil {
		return nil
	}
	return p.fault(op)
}

func (p *post) number() string { p.count++; return fmt.Sprint(p.count) }

func (p *post) ring() { close(p.came); p.came = make(chan struct{}) }

func (p *post) SendMessageBatch(_ context.Context, in *sqs.SendMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error) {
	if err := p.fails("send"); err != nil {
		return nil, err
	}
	out := &sqs.SendMessageBatchOutput{}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range in.Entries {
		if err := p.fails("entry"); err != nil {
			out.Failed = append(out.Failed, types.BatchResultErrorEntry{Id: e.Id, Code: new("InternalError"), Message: new(err.Error())})
			continue
		}
		p.queues[*in.QueueUrl] = append(p.queues[*in.QueueUrl], &parcel{
			id: p.number(), body: *e.MessageBody, visible: time.Now().Add(time.Duration(e.DelaySeconds) * time.Second),
		})
	}
	p.ring()
	return out, p.fails("sent")
}

func (p *post) ReceiveMessage(_ context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	if err := p.fails("receive"); err != nil {
		return nil, err
	}
	until := time.Now().Add(time.Duration(in.WaitTimeSeconds) * time.Second)
	for {
		p.mu.Lock()
		out, next, came := p.take(in, until), p.next(*in.QueueUrl, until), p.came
		p.mu.Unlock()
		if len(out.Messages) > 0 || !time.Now().Before(until) {
			return out, p.fails("received")
		}
		t := time.NewTimer(time.Until(next))
		select {
		case <-came:
		case <-t.C:
		}
		t.Stop()
	}
}

func (p *post) take(in *sqs.ReceiveMessageInput, until time.Time) *sqs.ReceiveMessageOutput {
	out := &sqs.ReceiveMessageOutput{}
	for _, m := range p.queues[*in.QueueUrl] {
		if m.visible.After(time.Now()) || len(out.Messages) == int(in.MaxNumberOfMessages) {
			continue
		}
		m.receipt, m.visible = p.number(), time.Now().Add(time.Duration(in.VisibilityTimeout)*time.Second)
		out.Messages = append(out.Messages, types.Message{MessageId: new(m.id), Body: new(m.body), ReceiptHandle: new(m.receipt)})
	}
	return out
}

// next is when to look again.
func (p *post) next(queue string, until time.Time) time.Time {
	for _, m := range p.queues[queue] {
		if m.visible.Before(until) {
			until = m.visible
		}
	}
	return until
}

func (p *post) DeleteMessage(_ context.Context, in *sqs.DeleteMessageInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error) {
	if err := p.fails("delete"); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var kept []*parcel
	for _, m := range p.queues[*in.QueueUrl] {
		if m.receipt != *in.ReceiptHandle {
			kept = append(kept, m)
		}
	}
	p.queues[*in.QueueUrl] = kept
	return &sqs.DeleteMessageOutput{}, p.fails("deleted")
}

// GetQueueAttributes counts as SQS does: what was never received and is not to
// be seen yet is delayed, what was is hidden.
func (p *post) GetQueueAttributes(_ context.Context, in *sqs.GetQueueAttributesInput, _ ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error) {
	if err := p.fails("count"); err != nil {
		return nil, err
	}
	n := map[types.QueueAttributeName]int{}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.queues[*in.QueueUrl] {
		switch {
		case !m.visible.After(time.Now()):
			n[types.QueueAttributeNameApproximateNumberOfMessages]++
		case m.receipt == "":
			n[types.QueueAttributeNameApproximateNumberOfMessagesDelayed]++
		default:
			n[types.QueueAttributeNameApproximateNumberOfMessagesNotVisible]++
		}
	}
	out := &sqs.GetQueueAttributesOutput{Attributes: map[string]string{}}
	for _, name := range in.AttributeNames {
		out.Attributes[string(name)] = strconv.Itoa(n[name])
	}
	return out, nil
}

func (p *post) ChangeMessageVisibility(_ context.Context, in *sqs.ChangeMessageVisibilityInput, _ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error) {
	if err := p.fails("hide"); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.queues[*in.QueueUrl] {
		if m.receipt == *in.ReceiptHandle {
			m.visible = time.Now().Add(time.Duration(in.VisibilityTimeout) * time.Second)
			p.ring()
			return &sqs.ChangeMessageVisibilityOutput{}, nil
		}
	}
	return nil, &types.ReceiptHandleIsInvalid{Message: new("no message has this receipt")}
}
