package awssim

import (
	"crypto/md5"
	"encoding/hex"
	"path"
	"strconv"
	"time"
)

// A queue is a standard queue: a message is there until it is deleted, and
// hidden while somebody has it.
type queue struct{ letters []*letter }

type letter struct {
	id, body, receipt string
	visible           time.Time
}

// An order is what a call to SQS asks for.
type order struct {
	QueueUrl, QueueName, ReceiptHandle                      string
	MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds int
	Entries                                                 []struct {
		Id, MessageBody string
		DelaySeconds    int
	}
}

// mail carries out a call to SQS.
func (s *Sim) mail(op string, in object, half bool) (any, *refusal) {
	var o order
	if err := into(in, &o); err != nil {
		return nil, refuse("SerializationException", "%v", err)
	}
	name := o.QueueName
	if name == "" {
		name = path.Base(o.QueueUrl)
	}
	q, ok := s.queues[name]
	if !ok {
		return nil, refuse("com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
	}
	switch op {
	case "GetQueueUrl":
		return map[string]string{"QueueUrl": s.Queue(name)}, nil
	case "SendMessageBatch":
		return s.send(q, o, half), nil
	case "ReceiveMessage":
		return s.receive(q, o), nil
	case "GetQueueAttributes":
		return map[string]any{"Attributes": q.count()}, nil
	}
	for n, l := range q.letters {
		if l.receipt != o.ReceiptHandle {
			continue
		}
		switch op {
		case "DeleteMessage":
			q.letters = append(q.letters[:n], q.letters[n+1:]...)
			return object{}, nil
		case "ChangeMessageVisibility":
			l.visible = time.Now().Add(time.Duration(o.VisibilityTimeout) * time.Second)
			s.came.Broadcast()
			return object{}, nil
		}
	}
	if op == "DeleteMessage" { // what is gone is deleted
		return object{}, nil
	}
	return nil, refuse("ReceiptHandleIsInvalid", "no message has this receipt")
}

func (s *Sim) send(q *queue, o order, half bool) any {
	out := struct{ Successful, Failed []map[string]any }{}
	for n, e := range o.Entries {
		if half && n%2 == 0 {
			out.Failed = append(out.Failed, map[string]any{"Id": e.Id, "Code": "InternalError", "SenderFault": false})
			continue
		}
		s.count++
		id := strconv.Itoa(s.count)
		q.letters = append(q.letters, &letter{id: id, body: e.MessageBody, visible: time.Now().Add(time.Duration(e.DelaySeconds) * time.Second)})
		out.Successful = append(out.Successful, map[string]any{"Id": e.Id, "MessageId": id, "MD5OfMessageBody": digest(e.MessageBody)})
	}
	s.came.Broadcast()
	return out
}

// receive hands out what is visible, and waits for it as long as it was asked to.
func (s *Sim) receive(q *queue, o order) any {
	end := time.Now().Add(time.Duration(o.WaitTimeSeconds) * time.Second)
	for {
		out := []map[string]string{}
		next := end
		for _, l := range q.letters {
			switch {
			case l.visible.After(time.Now()):
				if l.visible.Before(next) {
					next = l.visible
				}
			case len(out) < max(1, o.MaxNumberOfMessages):
				s.count++
				l.receipt, l.visible = "receipt-"+strconv.Itoa(s.count), time.Now().Add(time.Duration(o.VisibilityTimeout)*time.Second)
				out = append(out, map[string]string{"MessageId": l.id, "Body": l.body, "ReceiptHandle": l.receipt, "MD5OfBody": digest(l.body)})
			}
		}
		if len(out) > 0 || !time.Now().Before(end) {
			return map[string]any{"Messages": out}
		}
		t := time.AfterFunc(time.Until(next), func() {
			s.mu.Lock() // not before this one waits
			defer s.mu.Unlock()
			s.came.Broadcast()
		})
		s.came.Wait()
		t.Stop()
	}
}

func (q *queue) count() map[string]string {
	var due, late, hidden int
	for _, l := range q.letters {
		switch {
		case !l.visible.After(time.Now()):
			due++
		case l.receipt == "":
			late++
		default:
			hidden++
		}
	}
	return map[string]string{
		"ApproximateNumberOfMessages": strconv.Itoa(due), "ApproximateNumberOfMessagesDelayed": strconv.Itoa(late),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(hidden),
	}
}

// digest is what the SDK checks that a message came over whole.
func digest(body string) string {
	sum := md5.Sum([]byte(body))
	return hex.EncodeToString(sum[:])
}
