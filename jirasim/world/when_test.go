package world_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

// TestTimesInQueries asks which of a few moments fit. Noon UTC on Tuesday
// 2026-11-24 is 13:00 in Berlin, where the caller is.
func TestTimesInQueries(t *testing.T) {
	w := world.Found(world.Cloud, 0, []world.Seat{{Key: "SUP", Name: "Support"}})
	moments := map[string]time.Time{}
	for name, ago := range map[string]time.Duration{"now": 0, "hour": time.Hour, "today": 12*time.Hour + 59*time.Minute, "yesterday": 13*time.Hour + time.Minute, "sunday": 60 * time.Hour, "week": 8 * 24 * time.Hour, "october": 32 * 24 * time.Hour} {
		i, err := w.Create(world.By{User: w.Users[0], Now: noon.Add(-ago), API: 2}, world.Body{Fields: map[string]jsonRaw{"project": raw(`{"key":"SUP"}`), "issuetype": raw(`{"name":"Bug"}`), "summary": raw(fmt.Sprintf("%q", name))}})
		if err != nil {
			t.Fatal(err)
		}
		moments[i.ID] = i.Created
	}
	for query, want := range map[string]string{
		"created >= -30m":                           "now",
		"created >= '-1h 30m'":                      "now hour",
		"created >= -1d":                            "now hour today yesterday",
		"created >= -1w":                            "now hour today yesterday sunday",
		"created >= '-1w 2d'":                       "now hour today yesterday sunday week",
		"created >= -1M":                            "now hour today yesterday sunday week",
		"created >= -1y":                            "now hour today yesterday sunday week october",
		"created > '+5m'":                           "",
		"created >= now()":                          "now",
		"created >= startOfDay()":                   "now hour today",
		"created >= startOfDay(-1d)":                "now hour today yesterday",
		"created <= endOfDay(-1d)":                  "yesterday sunday week october",
		"created >= startOfWeek()":                  "now hour today yesterday sunday",
		"created <= endOfWeek(-1w)":                 "week october",
		"created >= startOfMonth()":                 "now hour today yesterday sunday week",
		"created <= endOfMonth(-1M)":                "october",
		"created = '2026/11/24 13:00'":              "now",
		"created = 2026-11-24":                      "now hour today",
		"created != 2026-11-24":                     "yesterday sunday week october",
		"created in (2026-11-24, '2026/11/23')":     "now hour today yesterday",
		"created not in (2026-11-24)":               "yesterday sunday week october",
		"created < '2026/11/24 00:01'":              "yesterday sunday week october",
		"created <= '2026/11/24 00:01'":             "today yesterday sunday week october",
		"created is empty":                          "",
		"created is not empty":                      "now hour today yesterday sunday week october",
		"resolved is empty and created >= -30m":     "now",
		"resolutiondate > -1d or created >= -30m":   "now",
		"created >= '2026-11-24 12:00' order by id": "now hour",
	} {
		q, err := jql.Parse(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		hits, err := w.Search(world.By{User: w.Users[0], Now: noon, API: 2}, q)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		var got []string
		for _, h := range hits {
			got = append(got, h.Issue.Values["summary"].Text)
		}
		expected := strings.Fields(want)
		slices.Sort(got)
		slices.Sort(expected)
		if !slices.Equal(got, expected) {
			t.Errorf("%s: %v, want %v", query, got, expected)
		}
	}
	for _, bad := range []string{"created > soon", "created > '2026/13/01'", "created > '-5x'", "created > '2026-11-24T12:00'", "created >= startOfDay(later)"} {
		q, err := jql.Parse(bad)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Search(world.By{User: w.Users[0], Now: noon, API: 2}, q); err == nil || !strings.Contains(err.Error(), "is invalid. Valid formats include") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestQueriesThatMeanNothingAreRefused in one answer with all reasons.
func TestQueriesThatMeanNothingAreRefused(t *testing.T) {
	w := world.Found(world.Cloud, 0, []world.Seat{{Key: "SUP", Name: "Support"}})
	for query, want := range map[string]string{
		"nothing = 1 or project = NOPE": "400 Field 'nothing' does not exist or you do not have permission to view it. The value 'NOPE' does not exist for the field 'project'.",
		"key = SUP-77":                  "400 An issue with key 'SUP-77' does not exist for field 'key'.",
		"reporter = zoe":                "400 The value 'zoe' does not exist for the field 'reporter'.",
		"status = Parked":               "400 The value 'Parked' does not exist for the field 'status'.",
		"status was Parked":             "400 The value 'Parked' does not exist for the field 'status'.",
		"statusCategory = Odd":          "400 The value 'Odd' does not exist for the field 'statusCategory'.",
		"status ~ Done":                 "400 The operator '~' is not supported by the 'status' field.",
		"summary > a":                   "400 The operator '>' is not supported by the 'summary' field.",
		"summary is a":                  "400 The operator 'IS' is not supported by the 'summary' field with that value.",
		"summary = (a)":                 "400 The operator '=' is not supported by the 'summary' field.",
		"reporter in magic(x, y)":       "400 Unable to find JQL function 'magic(x, y)'.",
		"project = SUP order by odd":    "400 Not able to sort using field 'odd'.",
	} {
		q, err := jql.Parse(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if _, err := w.Search(world.By{User: w.Users[0], Now: noon, API: 2}, q); err == nil || err.Error() != want {
			t.Errorf("%s:\n got  %v\n want %s", query, err, want)
		}
	}
}

// TestOrdersByEachKind holds that an order is of numbers, ranks and times, not
// of their letters.
func TestOrdersByEachKind(t *testing.T) {
	w := world.Found(world.Cloud, 0, []world.Seat{{Key: "SUP", Name: "Support"}})
	for n := range 12 {
		by := world.By{User: w.Users[0], Now: noon.Add(time.Duration(n) * time.Minute), API: 2}
		i, err := w.Create(by, world.Body{Fields: map[string]jsonRaw{"project": raw(`{"key":"SUP"}`), "issuetype": raw(`{"name":"Bug"}`), "summary": raw(fmt.Sprintf("%q", string(rune('a'+n)))), "priority": raw(fmt.Sprintf(`{"id":"%d"}`, 1+n%5))}})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Edit(by, i, world.Body{Fields: fieldsOf(effort(w), fmt.Sprint((n*7)%12-3))}); err != nil {
			t.Fatal(err)
		}
	}
	for order, want := range map[string]string{
		"key":                      "abcdefghijkl",
		"key desc":                 "lkjihgfedcba",
		"":                         "lkjihgfedcba",
		"created":                  "lkjihgfedcba",
		"created asc":              "abcdefghijkl",
		"summary desc":             "lkjihgfedcba",
		"Effort":                   "ahcjelgbidkf",
		"priority asc, key":        "ejdichbglafk",
		"priority, key":            "afkbglchdiej",
		"priority desc, Effort":    "akflgbhcidje",
		"status, priority asc, id": "ejdichbglafk",
	} {
		text := "project = SUP"
		if order != "" {
			text += " order by " + order
		}
		q, err := jql.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		hits, err := w.Search(world.By{User: w.Users[0], Now: noon.Add(time.Hour), API: 2}, q)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, h := range hits {
			got.WriteString(h.Issue.Values["summary"].Text)
		}
		if got.String() != want {
			t.Errorf("order by %s: %s, want %s", order, got.String(), want)
		}
	}
}
