package aslambda_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"example.com/accord/app/aslambda"
	"example.com/accord/lambda/source"
)

// A template is what of deploy/aws/template.yaml is compared.
type template struct {
	Globals struct {
		Function struct {
			MemorySize int `yaml:"MemorySize"`
		} `yaml:"Function"`
	} `yaml:"Globals"`
	Resources map[string]struct {
		Type       string    `yaml:"Type"`
		Properties yaml.Node `yaml:"Properties"`
	} `yaml:"Resources"`
}

func deployed(t *testing.T) template {
	t.Helper()
	src, err := os.ReadFile("../../deploy/aws/template.yaml")
	if err != nil {
		t.Fatal(err)
	}

	var out template
	if err := yaml.Unmarshal(src, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLimitsAreThoseThatAreDeployed compares every limit with the template.
func TestLimitsAreThoseThatAreDeployed(t *testing.T) {
	all := deployed(t)
	for name, limit := range aslambda.Limits() {
		var f struct {
			Timeout    int `yaml:"Timeout"`
			MemorySize int `yaml:"MemorySize"`
		}
		r := all.Resources[strings.ToUpper(name[:1])+name[1:]]
		if err := r.Properties.Decode(&f); err != nil || r.Type != "AWS::Serverless::Function" {
			t.Fatalf("%s: %v", name, err)
		}
		if f.MemorySize == 0 {
			f.MemorySize = all.Globals.Function.MemorySize
		}
		if want := (aslambda.Limit{Timeout: time.Duration(f.Timeout) * time.Second, Memory: f.MemorySize}); limit != want {
			t.Errorf("%s has %+v here and %+v in the template", name, limit, want)
		}
	}
	for _, name := range aslambda.Names() {
		if aslambda.Limits()[name].Timeout == 0 {
			t.Errorf("%s runs and has no limits", name)
		}
	}
}

// TestHearCalled compares the mapping of hear with the template.
func TestHearCalled(t *testing.T) {
	var m struct {
		BatchSize                      int
		MaximumBatchingWindowInSeconds int
		BisectBatchOnFunctionError     bool
		MaximumRetryAttempts           int
		MaximumRecordAgeInSeconds      int
		FunctionResponseTypes          []string
	}
	var raw map[string]yaml.Node
	r := deployed(t).Resources["HearCalled"]
	if err := r.Properties.Decode(&raw); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]any{
		"BatchSize": &m.BatchSize, "MaximumBatchingWindowInSeconds": &m.MaximumBatchingWindowInSeconds,
		"BisectBatchOnFunctionError": &m.BisectBatchOnFunctionError, "MaximumRetryAttempts": &m.MaximumRetryAttempts,
		"MaximumRecordAgeInSeconds": &m.MaximumRecordAgeInSeconds, "FunctionResponseTypes": &m.FunctionResponseTypes,
	} {
		node := raw[name]
		if err := node.Decode(to); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	want := &source.Mapping{
		Batch: m.BatchSize, Window: time.Duration(m.MaximumBatchingWindowInSeconds) * time.Second, Bisect: m.BisectBatchOnFunctionError,
		Tries: m.MaximumRetryAttempts, Age: time.Duration(m.MaximumRecordAgeInSeconds) * time.Second,
		Report: cmp.Equal(m.FunctionResponseTypes, []string{"ReportBatchItemFailures"}),
	}
	got := aslambda.HearCalled()
	if fmt.Sprint(*got) != fmt.Sprint(*want) {
		t.Errorf("%+v here and %+v in the template", *got, *want)
	}
}
