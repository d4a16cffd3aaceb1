package aws

import (
	"fmt"
	"slices"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A News is one commit, as the stream of the table tells it: by the head, before
// and after. Places that were staged before are true by then; without a head
// they are no news.
type News struct {
	Link     issue.Ref
	Revision int64             // that the commit made
	Keys     map[string]string // what people call the issues, by participant
	New      bool              // the link is
	Carried  int               // values that a site took, as its replies to this commit's turn say
	Held     []string          // places that have waited for a person since
	Settled  []string          // places that do no longer
	Refused  []string          // places refused since, each after its participant and a space
}

// maxTold is how many held and how many refused places a head names. Of a link
// that has so many nothing further is news.
const maxTold = 50

// tell puts into the head what its news are made of.
func (c *commit) tell(r durable.Record) {
	var held, refused []string
	for place := range c.after.Held {
		held = append(held, place.String())
	}
	for p, s := range c.after.Sides {
		for place, try := range s.Tried {
			if try.Refused() {
				refused = append(refused, string(p)+" "+place.String())
			}
		}
	}
	for name, texts := range map[string][]string{"held": held, "refused": refused} {
		slices.Sort(texts)
		c.head.setList(name, texts[:min(len(texts), maxTold)])
	}
	n := 0
	for _, replies := range r.Replies {
		for _, reply := range replies {
			if reply.State == issue.Done {
				n++
			}
		}
	}
	if n > 0 {
		c.head["carried"] = number(int64(n))
	}
}

// An Image is an item of the table, as its stream shows it.
type Image map[string]Attribute

// An Attribute is one value of an item: a text, a number or a list.
type Attribute struct {
	S, N string
	L    []Attribute
}

func (i Image) item() item {
	out := item{}
	for name, a := range i {
		switch {
		case a.L != nil:
			var texts []string
			for _, t := range a.L {
				texts = append(texts, t.S)
			}
			out.setList(name, texts)
		case a.N != "":
			out[name] = &types.AttributeValueMemberN{Value: a.N}
		default:
			out[name] = text(a.S)
		}
	}
	return out
}

// ReadNews reads how an item was and is; false if that is no news of a commit.
func ReadNews(was, is Image) (News, bool, error) {
	before, after := was.item(), is.item()
	if after.text("sk") != headKey {
		return News{}, false, nil
	}
	var l issue.Link
	if err := add(&l, "", []byte(after.text("v"))); err != nil {
		return News{}, false, fmt.Errorf("read head %s: %w", after.text("pk"), err)
	}
	n := News{Link: l.ID, Keys: map[string]string{}, New: len(before) == 0, Revision: after.number("rev"), Carried: int(after.number("carried"))}
	for p, side := range l.Sides {
		if side.Key != "" {
			n.Keys[string(p)] = side.Key
		}
	}
	n.Held, n.Settled, n.Refused = since(before, after, "held"), since(after, before, "held"), since(before, after, "refused")
	return n, true, nil
}

// since returns what a list of after has and that of before has not.
func since(before, after item, name string) (out []string) {
	had := before.list(name)
	if len(had) == maxTold { // it may have been there, and not named
		return nil
	}
	for _, t := range after.list(name) {
		if !slices.Contains(had, t) {
			out = append(out, t)
		}
	}
	return out
}
