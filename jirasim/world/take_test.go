package world_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"example.com/accord/jirasim/world"
)

type jsonRaw = json.RawMessage

func unmarshal(s string, to any) error { return json.Unmarshal([]byte(s), to) }

func fieldsOf(id, value string) map[string]json.RawMessage {
	return map[string]json.RawMessage{id: json.RawMessage(value)}
}

// wide is a Cloud site with a field of every kind.
func wide(t *testing.T) (*world.World, world.By, *world.Issue) {
	t.Helper()
	w := world.Found(world.Cloud, 0, []world.Seat{{Key: "SUP", Name: "Support"}})
	p := w.Projects[0]
	for id, k := range map[string]world.Kind{"customfield_1": world.Instant, "customfield_2": world.Choices, "customfield_3": world.Person, "customfield_4": world.Labels, "customfield_5": world.Date} {
		w.Fields = append(w.Fields, &world.Field{ID: id, Name: id, Kind: k, Custom: true, Options: []world.Option{{ID: "1", Value: "red"}, {ID: "2", Value: "blue"}}})
		p.Edit, p.Create = append(p.Edit, id), append(p.Create, id)
	}
	by := world.By{User: w.Users[0], Now: noon, API: 2}
	i, err := w.Create(by, world.Body{Fields: map[string]json.RawMessage{"project": raw(`{"id":"10000"}`), "issuetype": raw(`{"id":10001}`), "summary": raw(`"s"`)}})
	if err != nil {
		t.Fatal(err)
	}
	return w, by, i
}

// TestValuesAreTakenByKind sets one field after the other. A complaint is what
// follows the "!"; nothing is "-".
func TestValuesAreTakenByKind(t *testing.T) {
	ada := "712020:b5fc85e5-5755-f9e0-d030-a10ab4429b6b"
	for _, c := range []struct{ field, given, want string }{
		{"summary", `"  trimmed "`, "trimmed"},
		{"summary", `5`, "!Operation value must be a string"},
		{"customfield_10041", `"ACME"`, "ACME"},
		{"customfield_10041", `null`, "-"},
		{"customfield_10041", `""`, "-"},
		{"customfield_10041", `"` + strings.Repeat("x", 256) + `"`, "!The entered text is too long. It exceeds the allowed limit of 255 characters."},
		{"customfield_10042", `2.50`, "2.5"},
		{"customfield_10042", `0`, "0"},
		{"customfield_10042", `null`, "-"},
		{"customfield_10042", `"2"`, "!Operation value must be a number"},
		{"customfield_10040", `{"value":"Minor"}`, "100402"},
		{"customfield_10040", `{"id":"100401"}`, "100401"},
		{"customfield_10040", `{"id":100401}`, "100401"},
		{"customfield_10040", `{"id":"7"}`, "!Option id '7' is not valid"},
		{"customfield_10040", `{"value":"minor"}`, "!Option value 'minor' is not valid"},
		{"customfield_10040", `"Minor"`, "!Could not find valid 'id' or 'value' in the Parent Option object."},
		{"customfield_10040", `null`, "-"},
		{"customfield_1", `"2026-01-02T03:04:05.000+0200"`, "2026-01-02T01:04:05Z"},
		{"customfield_1", `"2026-01-02T03:04:05Z"`, "2026-01-02T03:04:05Z"},
		{"customfield_1", `"2026-01-02"`, "!Error parsing date string: 2026-01-02"},
		{"customfield_1", `5`, "!Operation value must be a string"},
		{"customfield_2", `[{"value":"red"},{"id":"2"},{"value":"red"}]`, "1,2"},
		{"customfield_2", `[]`, "-"},
		{"customfield_2", `{"value":"red"}`, "!data was not an array"},
		{"customfield_2", `[{"value":"green"}]`, "!Option value 'green' is not valid"},
		{"customfield_3", `{"accountId":"` + ada + `"}`, ada},
		{"customfield_3", `{"id":"` + ada + `"}`, ada},
		{"customfield_3", `null`, "-"},
		{"customfield_3", `[]`, "!data was not an object"},
		{"customfield_4", `["b","a","b"]`, "a,b"},
		{"customfield_4", `[5]`, "!string expected at index 0"},
		{"labels", `["` + strings.Repeat("x", 256) + `"]`, "!The label '" + strings.Repeat("x", 256) + "' exceeds the maximum length for labels of 255 characters."},
		{"customfield_5", `"2028-02-29"`, "2028-02-29"},
		{"customfield_5", `"2027-02-29"`, "!Error parsing date string: 2027-02-29"},
		{"customfield_5", `""`, "-"},
		{"priority", `{"name":"lowest"}`, "5"},
		{"priority", `{"id":"9"}`, "!Priority id '9' is not valid"},
		{"priority", `{}`, "!Could not find valid 'id' or 'name' in priority object."},
		{"issuetype", `{"name":"Story"}`, "10003"},
		{"issuetype", `null`, "!Specify a valid issue type"},
		{"description", `"` + strings.Repeat("x", 32768) + `"`, "!The entered text is too long. It exceeds the allowed limit of 32767 characters."},
		{"assignee", `{"accountId":"` + inactive(t) + `"}`, "!User '" + inactive(t) + "' cannot be assigned issues."},
		{"reporter", `null`, "!Reporter is required."},
		{"resolution", `{"name":"Done"}`, "!Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown."},
		{"created", `"2026-01-02T03:04:05Z"`, "!Field 'created' cannot be set. It is not on the appropriate screen, or unknown."},
		{"project", `{"key":"SUP"}`, "!Field 'project' cannot be set. It is not on the appropriate screen, or unknown."},
	} {
		w, by, i := wide(t)
		name := c.field + " " + c.given
		err := w.Edit(by, i, world.Body{Fields: fieldsOf(c.field, c.given)})
		if words, refused := strings.CutPrefix(c.want, "!"); refused {
			if no, is := errors.AsType[*world.Refusal](err); !is || no.Status != 400 || no.Errors[c.field] != words {
				t.Errorf("%.80s: %v, want %s", name, err, words)
			}
			continue
		}
		if err != nil {
			t.Errorf("%.80s: %v", name, err)
			continue
		}
		v := w.Issues[i.ID].Values[c.field]
		got := v.Text + v.Decimal() + strings.Join(v.List, ",")
		if got == "" {
			got = "-"
		}
		if got != c.want {
			t.Errorf("%.80s: held as %q, want %q", name, got, c.want)
		}
	}
}

func inactive(t *testing.T) string {
	t.Helper()
	return world.Found(world.Cloud, 0, nil).Login("dan@example.com").ID
}

// TestEveryFaultOfABodyIsToldAtOnce and nothing is done.
func TestEveryFaultOfABodyIsToldAtOnce(t *testing.T) {
	w, by, i := wide(t)
	err := w.Edit(by, i, world.Body{Fields: map[string]json.RawMessage{"summary": raw(`""`), "labels": raw(`["a b"]`), "nonsense": raw(`1`)}})
	no, is := errors.AsType[*world.Refusal](err)
	if !is || len(no.Errors) != 3 {
		t.Fatalf("it says %v", err)
	}
	if want := "400 labels: The label 'a b' contains spaces which is invalid. nonsense: Field 'nonsense' cannot be set. It is not on the appropriate screen, or unknown. summary: You must specify a summary of the issue."; err.Error() != want {
		t.Errorf("it says  %s\nwant %s", err, want)
	}
	if w.Issues[i.ID] != i {
		t.Error("and it did something")
	}
}

// TestPropertiesAreChecked: docs/JIRA.md "Entity properties".
func TestPropertiesAreChecked(t *testing.T) {
	w, by, i := wide(t)
	for name, c := range map[string]struct {
		p     world.Property
		words string
	}{
		"good":       {world.Property{Key: "k", Value: raw(`{"a":[1]}`)}, ""},
		"no key":     {world.Property{Value: raw(`1`)}, "The property key must be between 1 and 255 characters long."},
		"long key":   {world.Property{Key: strings.Repeat("k", 256), Value: raw(`1`)}, "The property key must be between 1 and 255 characters long."},
		"null":       {world.Property{Key: "k", Value: raw(`null`)}, "The property value cannot be empty."},
		"not JSON":   {world.Property{Key: "k", Value: raw(`{`)}, "The property value cannot be empty."},
		"long value": {world.Property{Key: "k", Value: raw(`"` + strings.Repeat("v", 32768) + `"`)}, "The property value is too long. It must not exceed 32768 characters."},
	} {
		err := w.SetProperty(by, i, c.p)
		if no, is := errors.AsType[*world.Refusal](err); (c.words == "") != (err == nil) || is && no.Messages[0] != c.words {
			t.Errorf("%s: %v, want %q", name, err, c.words)
		}
	}
	if _, err := w.Create(by, world.Body{Fields: map[string]json.RawMessage{"project": raw(`{"key":"SUP"}`), "issuetype": raw(`{"name":"Bug"}`), "summary": raw(`"s"`)},
		Properties: []world.Property{{Key: "k", Value: raw(`null`)}}}); err == nil || len(w.Issues) != 1 {
		t.Errorf("an issue with a bad property is made: %v", err)
	}
}

// TestRequiredFieldsOfATransition refuses it until they come.
func TestRequiredFieldsOfATransition(t *testing.T) {
	w, by, i := wide(t)
	step := &w.Projects[0].Workflow.Transitions[0]
	step.Screen, step.Required = []string{"duedate"}, []string{"duedate"}
	var b world.Body
	if err := unmarshal(`{"transition":{"id":"11"}}`, &b); err != nil {
		t.Fatal(err)
	}
	if err := w.Transition(by, i, b); err == nil || !strings.Contains(err.Error(), "duedate: Due date is required.") {
		t.Errorf("without: %v", err)
	}
	b.Fields = fieldsOf("duedate", `"2026-12-24"`)
	if err := w.Transition(by, i, b); err != nil || w.Issues[i.ID].Values["duedate"].Text != "2026-12-24" || len(w.Issues[i.ID].History) != 1 {
		t.Errorf("with: %v, history %d", err, len(w.Issues[i.ID].History))
	}
}
