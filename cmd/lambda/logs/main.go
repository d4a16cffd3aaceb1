// Logs archives what the functions log, and looks for words in it.
package main

import (
	"context"
	"os"
	"time"

	"example.com/accord/lambda/ground"
	"example.com/accord/lambda/logs"
	"example.com/accord/lambda/metric"
)

func main() { ground.Start(build) }

func build(_ context.Context, g *ground.Ground) (func(context.Context, logs.Input) (logs.Answer, error), error) {
	groups, err := groups()
	if err != nil {
		return nil, err
	}
	numbers := metric.Log{W: os.Stdout, Stack: os.Getenv("ACCORD_TABLE")}
	h := &logs.Handler{
		Archive: &logs.Archiver{CloudWatch: groups, Prefix: os.Getenv("ACCORD_LOGS"), Blobs: g.Blobs, Store: g.Store, Now: time.Now, Log: g.Log},
		Find: &logs.Finder{Blobs: g.Blobs, Words: logs.Words(os.Getenv("ACCORD_WORDS")), Log: g.Log, Count: func(word string, lines int) error {
			return numbers.Put(time.Now(), map[string]float64{"LogFindings": float64(lines)}, map[string]string{"Word": word})
		}},
	}
	return h.Handle, nil
}
