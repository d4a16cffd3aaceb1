package after

import (
	"fmt"
	"slices"
	"strings"

	"example.com/accord/durable/aws"
)

// maxLines is how many fields one message names.
const maxLines = 20

// intro begins every notice.
const intro = "The sides disagree, and nothing is written there until somebody decides: accord decide KEY FIELD.\n"

// fields names what waits since due of news, and no value: who may read the
// channel may not see the issue.
func fields(news []aws.News, due []int) (lines []string) {
	for _, i := range due {
		for _, field := range news[i].Held {
			lines = append(lines, called(news[i])+": "+field)
		}
	}
	return lines
}

func subject(fields int) string {
	if fields == 1 {
		return "Accord: a field waits for a person"
	}
	return fmt.Sprintf("Accord: %d fields wait for a person", fields)
}

// words is a message of some fields, and of more that were not told of before.
func words(lines []string, more int) string {
	var text strings.Builder
	text.WriteString(intro)
	for i, l := range lines {
		if i == maxLines {
			more += len(lines) - i
			break
		}
		text.WriteString(l + "\n")
	}
	return text.String() + rest(more)
}

func rest(more int) string {
	if more == 0 {
		return ""
	}
	return fmt.Sprintf("and %d more fields: accord status shows them\n", more)
}

// called is what people call the issues of a link.
func called(n aws.News) string {
	var keys []string
	for _, key := range n.Keys {
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return n.Link.String()
	}
	slices.Sort(keys)
	return strings.Join(keys, " / ")
}
