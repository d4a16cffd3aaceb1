package aws

import (
	"fmt"
	"slices"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// indexes writes where the link is found: under its refs, and in the lists of
// links. What has not changed is left alone.
func (c *commit) indexes() (steps []step) {
	var had []issue.Ref
	if c.before.Revision > 0 {
		had = durable.Refs(c.before)
	}
	take := durable.Refs(c.after)
	for _, ref := range take {
		if !slices.Contains(had, ref) {
			steps = append(steps, c.take(ref))
		}
	}
	for _, ref := range had {
		if !slices.Contains(take, ref) {
			steps = append(steps, step{remove: newItem(refKey(ref), "ref")})
		}
	}
	is, was := flags(c.after), flags(c.before)
	is["links"], was["links"] = true, c.before.Revision > 0
	for _, list := range []string{"links", "held", "refused", "open"} {
		entry := newItem(list, rank(c.after.ID))
		switch {
		case is[list] && !was[list]:
			steps = append(steps, step{put: entry})
		case was[list] && !is[list]:
			steps = append(steps, step{remove: entry})
		}
	}
	return steps
}

// take makes ref belong to the link, unless it is another's.
func (c *commit) take(ref issue.Ref) step {
	i := newItem(refKey(ref), "ref")
	i["link"] = text(c.after.ID.String())
	return step{
		put: i, where: "attribute_not_exists(pk) OR link = :link", values: map[string]types.AttributeValue{":link": i["link"]},
		refuse: func(stored item) error {
			return fmt.Errorf("%s is part of link %s: %w", ref, stored.text("link"), durable.ErrTaken)
		},
	}
}

func flags(l issue.Link) map[string]bool {
	held, refused, open := durable.Standing(l)
	return map[string]bool{"held": held, "refused": refused, "open": open}
}
