package after

import (
	"fmt"
	"slices"
	"strings"

	"example.com/accord/durable/aws"
)

// maxLines is how many fields one message names.
const maxLines = 20

// words says which fields of which issues wait. No value is named: who may read
// the channel may not see the issue.
func words(news []aws.News, due []int) (subject, text string) {
	var lines []string
	for _, i := range due {
		for _, field := range news[i].Held {
			lines = append(lines, called(news[i])+": "+field)
		}
	}
	subject = fmt.Sprintf("Accord: %d fields wait for a person", len(lines))
	if len(lines) == 1 {
		subject = "Accord: a field waits for a person"
	}
	text = "The sides disagree, and nothing is written there until somebody decides: accord decide KEY FIELD.\n"
	for i, l := range lines {
		if i == maxLines {
			text += fmt.Sprintf("and %d more\n", len(lines)-i)
			break
		}
		text += l + "\n"
	}
	return subject, text
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
