//go:build !local

package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"example.com/accord/lambda/logs"
	"example.com/accord/lambda/role"
)

// groups is where the functions log.
func groups() (logs.CloudWatch, error) {
	c, err := role.Config(os.Getenv)
	if err != nil {
		return nil, fmt.Errorf("open AWS: %w", err)
	}
	return cloudwatchlogs.NewFromConfig(c), nil
}
