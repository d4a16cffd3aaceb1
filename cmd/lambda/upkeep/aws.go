//go:build !local

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"example.com/accord/lambda/after"
	"example.com/accord/lambda/ground"
	"example.com/accord/lambda/metric"
	"example.com/accord/lambda/notice"
	"example.com/accord/lambda/role"
	"example.com/accord/lambda/upkeep"
)

// around returns what is due of the services around the state.
func around(ctx context.Context, g *ground.Ground) ([]upkeep.Task, error) {
	c, err := role.Config(os.Getenv)
	if err != nil {
		return nil, fmt.Errorf("open AWS: %w", err)
	}
	tell, err := notice.Open(ctx, os.Getenv)
	if err != nil {
		return nil, err
	}
	days, err := strconv.ParseInt(os.Getenv("ACCORD_LOG_DAYS"), 10, 32)
	if err != nil || days < 1 {
		return nil, fmt.Errorf("the environment says ACCORD_LOG_DAYS=%q: want a number of days", os.Getenv("ACCORD_LOG_DAYS"))
	}
	name := os.Getenv("ACCORD_TABLE") // all that is of the stack begins with it
	numbers := metric.Log{W: os.Stdout, Stack: name}
	tokens := upkeep.Tokens{All: tokens(g, secretsmanager.NewFromConfig(c)), Now: time.Now, Log: g.Log, Put: func(site string, days float64) error {
		return numbers.Put(time.Now(), map[string]float64{"TokenDays": days}, map[string]string{"Site": site})
	}}
	retention := upkeep.Retention{CloudWatch: cloudwatchlogs.NewFromConfig(c), Prefixes: []string{"/accord/" + name + "/", "/aws/lambda/" + name + "-"}, Days: int32(days), Log: g.Log}
	idle := upkeep.Idle{
		Tags: dynamodb.NewFromConfig(c), Table: os.Getenv("ACCORD_TABLE_ARN"), Scheduler: scheduler.NewFromConfig(c), Schedules: []string{name + "-sweep", name + "-logs"},
		Store: g.Store, Tell: tell, Name: name, Now: time.Now, Log: g.Log,
	}
	rest := func(ctx context.Context) error { return after.Rest(ctx, g.Store, tell, time.Now()) }
	return []upkeep.Task{{Name: "notices", Do: rest}, {Name: "tokens", Do: tokens.Do}, {Name: "log groups", Do: retention.Do}, {Name: "idle stack", Do: idle.Do}}, nil
}

func tokens(g *ground.Ground, vault upkeep.Vault) (out []upkeep.Token) {
	for _, s := range g.Config.Sites {
		if s.Token.Env != "" {
			out = append(out, upkeep.Token{Site: s.Name, Until: s.Until, Stored: upkeep.StoredIn(vault, os.Getenv("ACCORD_SECRETS")+s.Token.Env)})
		}
		if s.OAuth.Set() {
			out = append(out, upkeep.Token{Site: s.Name, Stored: consented(g, s.Name)})
		}
	}
	return out
}
