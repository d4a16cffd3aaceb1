// Params says what the template refuses of the parameters of a deployment, all
// at once and before anything is made: CloudFormation says one of them, after
// the packages were uploaded.
//
//	go run ./deploy/aws/params [-there] TEMPLATE NAME=VALUE…
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

func main() {
	there := flag.Bool("there", false, "the stack is there: a parameter that is not said stays what it is")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "params: which template?")
		os.Exit(64)
	}
	params, err := read(flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, "params:", err)
		os.Exit(1)
	}
	faults := params.faults(flag.Args()[1:], *there)
	for _, f := range faults {
		fmt.Fprintln(os.Stderr, f)
	}
	if len(faults) > 0 {
		os.Exit(1)
	}
}

// A parameter is what a template says of one. Source: CloudFormation's user
// guide, "Parameters".
type parameter struct {
	Type        string   `yaml:"Type"`
	Default     *string  `yaml:"Default"`
	NoEcho      bool     `yaml:"NoEcho"`
	Pattern     string   `yaml:"AllowedPattern"` // of the whole value, or of each element of a list
	Values      []string `yaml:"AllowedValues"`
	MinLength   int      `yaml:"MinLength"`
	MaxLength   *int     `yaml:"MaxLength"`
	MinValue    *float64 `yaml:"MinValue"`
	MaxValue    *float64 `yaml:"MaxValue"`
	Constraints string   `yaml:"ConstraintDescription"`
}

type parameters map[string]parameter

func read(path string) (parameters, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var template struct {
		Parameters parameters `yaml:"Parameters"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return template.Parameters, nil
}

// faults are all of what was said, and of what was not said and must be. What a
// parameter hides is not in them.
func (ps parameters) faults(said []string, there bool) (faults []string) {
	known := map[string]bool{}
	for _, word := range said {
		name, value, ok := strings.Cut(word, "=")
		p, is := ps[name]
		switch {
		case !ok || !is:
			faults = append(faults, fmt.Sprintf("%s: there is no such parameter; there are %s", name, strings.Join(slices.Sorted(maps.Keys(ps)), ", ")))
		case known[name]:
			faults = append(faults, name+" is said twice")
		case !p.takes(value) && p.NoEcho:
			faults = append(faults, fmt.Sprintf("%s must be %s", name, p.Constraints))
		case !p.takes(value):
			faults = append(faults, fmt.Sprintf("%s is %q and must be %s", name, value, p.Constraints))
		}
		known[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(ps)) {
		if p := ps[name]; !known[name] && p.Default == nil && !there {
			faults = append(faults, fmt.Sprintf("%s is not said and must be %s", name, p.Constraints))
		}
	}
	return faults
}

// takes reports whether a value may be given, as CloudFormation decides it.
func (p parameter) takes(value string) bool {
	if p.Type != "CommaDelimitedList" {
		return p.one(value)
	}
	for v := range strings.SplitSeq(value, ",") {
		if !p.one(strings.TrimSpace(v)) {
			return false
		}
	}
	return true
}

func (p parameter) one(v string) bool {
	if p.Type == "Number" {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || p.MinValue != nil && n < *p.MinValue || p.MaxValue != nil && n > *p.MaxValue {
			return false
		}
	}
	length := utf8.RuneCountInString(v)
	if length < p.MinLength || p.MaxLength != nil && length > *p.MaxLength {
		return false
	}
	if p.Pattern != "" && !regexp.MustCompile(`^(?:`+p.Pattern+`)$`).MatchString(v) {
		return false
	}
	return p.Values == nil || slices.Contains(p.Values, v)
}
