package aws

import (
	"context"
	"fmt"
	"strconv"

	"example.com/accord/durable"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// Depth implements [durable.Gauge], with one call a lane and a look at the dead.
// What waits is counted in messages of SQS: that is about right, some seconds
// old, and counts an event more than once while messages that came to nothing are
// on their way. SQS does not tell what came first, so Oldest is zero; its metric
// ApproximateAgeOfOldestMessage does.
func (q *Queue) Depth(ctx context.Context) (d durable.Depth, err error) {
	waits := map[durable.Lane]*int{durable.Live: &d.Live, durable.Bulk: &d.Bulk}
	for lane, n := range waits {
		busy := 0
		if *n, busy, err = q.count(ctx, lane); err != nil {
			return durable.Depth{}, fmt.Errorf("count events in lane %s: %w", lane, err)
		}
		d.Busy += busy
	}
	for _, err := range q.dead.States(ctx, deadPrefix) {
		if err != nil {
			return durable.Depth{}, fmt.Errorf("count dead events: %w", err)
		}
		d.Dead++
	}
	return d, nil
}

// count returns how many messages of a lane wait, due or not, and are hidden.
func (q *Queue) count(ctx context.Context, lane durable.Lane) (waits, busy int, err error) {
	const due, late, hidden = types.QueueAttributeNameApproximateNumberOfMessages,
		types.QueueAttributeNameApproximateNumberOfMessagesDelayed, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible
	out, err := q.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: new(q.urls[lane]), AttributeNames: []types.QueueAttributeName{due, late, hidden},
	})
	if err != nil {
		return 0, 0, err
	}
	for name, into := range map[types.QueueAttributeName]*int{due: &waits, late: &waits, hidden: &busy} {
		n, err := strconv.Atoi(out.Attributes[string(name)])
		if err != nil {
			return 0, 0, fmt.Errorf("read %s: %w", name, err)
		}
		*into += n
	}
	return waits, busy, nil
}
