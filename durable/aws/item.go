package aws

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/accord/issue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// An item is one item of the table. Only what is set is stored.
type item map[string]types.AttributeValue

func newItem(pk, sk string) item { return item{"pk": text(pk), "sk": text(sk)} }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func (i item) key() item { return item{"pk": i["pk"], "sk": i["sk"]} }

// text returns a text attribute; one that is missing is empty.
func (i item) text(name string) string {
	if s, ok := i[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// number returns a number attribute; one that is missing is 0.
func (i item) number(name string) int64 {
	n, ok := i[name].(*types.AttributeValueMemberN)
	if !ok {
		return 0
	}
	v, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil {
		return 0 // no number of ours is anything else
	}
	return v
}

// list returns the texts of a list.
func (i item) list(name string) (texts []string) {
	if l, ok := i[name].(*types.AttributeValueMemberL); ok {
		for _, v := range l.Value {
			if s, ok := v.(*types.AttributeValueMemberS); ok {
				texts = append(texts, s.Value)
			}
		}
	}
	return texts
}

func (i item) setList(name string, texts []string) {
	l := &types.AttributeValueMemberL{}
	for _, s := range texts {
		l.Value = append(l.Value, text(s))
	}
	if len(texts) > 0 {
		i[name] = l
	}
}

// expired reports whether the item's time is over. The table removes it only
// some time later.
func (i item) expired(now time.Time) bool {
	ttl := i.number("expires")
	return ttl > 0 && now.Unix() >= ttl
}

// size is about what the service counts for the item.
func (i item) size() (n int) {
	for name, v := range i {
		n += len(name) + 8
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			n += len(v.Value)
		case *types.AttributeValueMemberL:
			for _, s := range i.list(name) {
				n += len(s) + 1
			}
		}
	}
	return n
}

// The keys of the table.

func linkKey(ref issue.Ref) string    { return "link#" + ref.String() }
func historyKey(ref issue.Ref) string { return "history#" + ref.String() }
func refKey(ref issue.Ref) string     { return "ref#" + ref.String() }

// rank orders refs as [issue.Ref.Compare] does: a space sorts before all that a
// participant may hold.
func rank(ref issue.Ref) string {
	return fmt.Sprintf("%s %05d %s", ref.Participant, len(ref.ID), ref.ID)
}

// unrank reads what rank wrote.
func unrank(s string) (issue.Ref, error) {
	parts := strings.SplitN(s, " ", 3)
	if len(parts) != 3 {
		return issue.Ref{}, fmt.Errorf("read rank %q: want participant, width and id", s)
	}
	return issue.Ref{Participant: issue.Participant(parts[0]), ID: parts[2]}, nil
}

const headKey = "head"

func placeKey(layer, group string) string { return "l#" + layer + "#" + group }

// splitKey reads what placeKey wrote.
func splitKey(sk string) (layer, group string, ok bool) {
	rest, ok := strings.CutPrefix(sk, "l#")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, "#")
}

// revisionKey sorts as revisions do.
func revisionKey(n int64) string { return fmt.Sprintf("%020d", n) }
