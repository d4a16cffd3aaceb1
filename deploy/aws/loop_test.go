package deploy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// machine is loop.asl.json.
func machine(t testing.TB) object {
	t.Helper()
	text, err := os.ReadFile("loop.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	var m object
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// exits returns every state that may follow s, and whether s may be the last.
func exits(s object) (next []string, last bool) {
	walk(s, "", func(where string, o object) {
		if n, ok := o["Next"].(string); ok {
			next = append(next, n)
		}
	})
	if d, ok := s["Default"].(string); ok {
		next = append(next, d)
	}
	return next, s["End"] == true || s["Type"] == "Succeed" || s["Type"] == "Fail"
}

func TestLoopReachesEveryStateAndLeavesIt(t *testing.T) {
	m := machine(t)
	states := m["States"].(object)
	reached := map[string]bool{}
	ends := map[string]bool{} // from here an end can be reached
	var visit func(string)
	visit = func(name string) {
		s, ok := states[name].(object)
		if !ok {
			t.Errorf("there is no state %s", name)
			return
		}
		if reached[name] {
			return
		}
		reached[name] = true
		next, last := exits(s)
		if len(next) == 0 && !last {
			t.Errorf("%s neither ends nor goes on", name)
		}
		for _, n := range next {
			visit(n)
		}
	}
	visit(m["StartAt"].(string))
	for range states {
		for name, s := range states {
			next, last := exits(s.(object))
			ends[name] = ends[name] || last || slices.ContainsFunc(next, func(n string) bool { return ends[n] })
		}
	}
	for name := range states {
		if !reached[name] {
			t.Errorf("nothing leads to %s", name)
		}
		if !ends[name] {
			t.Errorf("%s never ends", name)
		}
	}
}

// TestLoopGivesUpOnNothingSilently: every call is tried again, not for ever, and
// what fails for good is told.
func TestLoopGivesUpOnNothingSilently(t *testing.T) {
	for name, v := range machine(t)["States"].(object) {
		s := v.(object)
		if s["Type"] != "Task" {
			continue
		}
		retries, _ := s["Retry"].([]any)
		if attempts(s) < 2 || attempts(s) > 10 || fmt.Sprint(at(retries[len(retries)-1], "ErrorEquals")) != "[States.ALL]" {
			t.Errorf("%s is tried %d times", name, attempts(s))
		}
		catches, _ := s["Catch"].([]any)
		if len(catches) == 0 {
			t.Errorf("%s catches nothing", name)
			continue
		}
		all := catches[len(catches)-1].(object)
		if fmt.Sprint(all["ErrorEquals"]) != "[States.ALL]" || all["Next"] != "Tell" && name != "Tell" && name != "Release" {
			t.Errorf("%s fails for good and goes to %v", name, all["Next"])
		}
	}
}

// attempts is how often a task is tried at most.
func attempts(s object) int {
	most := 1
	retries, _ := s["Retry"].([]any)
	for _, r := range retries {
		n, ok := r.(object)["MaxAttempts"].(float64)
		if !ok {
			n = 3 // what States Language takes where nothing is said
		}
		most = max(most, 1+int(n))
	}
	return most
}

// events is how many events of the history a visit of a state makes at most: it
// is entered and left; each try of a task is scheduled, started and ended.
func events(s object) int {
	if s["Type"] == "Task" {
		return 2 + 3*attempts(s)
	}
	return 2
}

// An execution ends with its 25,000th event, whatever it does (Step Functions,
// "Service quotas"). This one hands over long before.
const maxEvents = 20_000

func TestLoopHandsOverBeforeItsHistoryIsFull(t *testing.T) {
	states := machine(t)["States"].(object)
	turns := 0.0
	round, once := 0, 2 // the execution itself begins and ends
	for name, v := range states {
		s := v.(object)
		if slices.Contains([]string{"Call", "Done", "Count", "Wait"}, name) {
			round += events(s)
		} else {
			once += events(s)
		}
		if name != "Done" {
			continue
		}
		for _, c := range s["Choices"].([]any) {
			if at(c, "Variable") == "$.count.calls" && at(c, "Next") == "CarryOn" {
				turns = at(c, "NumericGreaterThanEquals").(float64)
			}
		}
	}
	if most := once + (int(turns)+1)*round; turns < 1 || most > maxEvents {
		t.Errorf("%v calls of up to %d events each: %d events, at most %d may be", turns, round, most, maxEvents)
	}
	input := at(states, "CarryOn/Parameters/Input").(object)
	if input["from.$"] != "$$.Execution.Id" {
		t.Errorf("it carries on with %v", input)
	}
}

var substituted = regexp.MustCompile(`\$\{(\w+)\}`)

// TestLoopIsGivenWhatItNames: by every machine of the template, and nothing else.
func TestLoopIsGivenWhatItNames(t *testing.T) {
	text, err := os.ReadFile("loop.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range substituted.FindAllStringSubmatch(string(text), -1) {
		named[m[1]] = true
	}
	tp := load(t, "template.yaml")
	machines := tp.of("AWS::Serverless::StateMachine")
	for id, p := range machines {
		work := strings.ToLower(strings.TrimSuffix(id, "Loop"))
		given := p["DefinitionSubstitutions"].(object)
		for name := range named {
			if given[name] == nil {
				t.Errorf("%s does not say %s", id, name)
			}
		}
		if len(given) != len(named) {
			t.Errorf("%s says %d things, %d are asked for", id, len(given), len(named))
		}
		self := "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:" + at(p, "Name/Fn::Sub").(string)
		if given["Work"] != work || at(given, "Machine/Fn::Sub") != self || at(given, "Function/Ref") != strings.TrimSuffix(id, "Loop")+".Alias" {
			t.Errorf("%s works for another: %v", id, given)
		}
		role := tp.of("AWS::IAM::Role")[id+"Role"]
		if keys := at(role, "Policies/0/PolicyDocument/Statement/1/Condition/ForAllValues:StringEquals/dynamodb:LeadingKeys"); fmt.Sprint(keys) != "[machine/"+work+"]" {
			t.Errorf("%s may write the items %v", id, keys)
		}
	}
	if len(machines) != 4 {
		t.Errorf("%d machines", len(machines))
	}
}
