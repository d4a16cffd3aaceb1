package jira

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"example.com/accord/connector/jira/wiki"
	"example.com/accord/issue"
	"example.com/accord/text"
)

// decodeField reads a field's value as an issue shows it, in canonical form.
// Null is empty.
func (d dialect) decodeField(f field, b json.RawMessage) (issue.Value, error) {
	if f.Type == RichText {
		doc, err := d.decodeText(b)
		return issue.Text{Doc: doc}, err
	}
	if f.Type == Labels {
		var all []string
		err := unmarshal(b, &all)
		return issue.SetOf(all...), err
	}
	s, err := d.decodeScalar(f.Type, b)
	return issue.Scalar(canonScalar(f.Type, s)), err
}

func (d dialect) decodeText(b json.RawMessage) (text.Doc, error) {
	doc, err := d.decode(b)
	if err != nil {
		return nil, err
	}
	return d.canonText(doc), nil
}

func (d dialect) decodeScalar(t Type, b json.RawMessage) (string, error) {
	switch t {
	case Number:
		var n json.Number
		err := unmarshal(b, &n)
		return n.String(), err
	case Line, Date:
		var s string
		err := unmarshal(b, &s)
		return s, err
	}
	var o struct {
		person
		Value string `json:"value"`
	}
	err := unmarshal(b, &o)
	switch {
	case t == Option:
		return o.Value, err
	case t == User && d.user == "accountId":
		return o.AccountID, err
	}
	return o.Name, err
}

func unmarshal(b json.RawMessage, out any) error {
	if empty(b) {
		return nil
	}
	return json.Unmarshal(b, out)
}

// encodeField returns the JSON that sets a field to v: docs/JIRA.md "Fields". Its
// errors are sentences for people.
func (d dialect) encodeField(f field, v issue.Value) (any, error) {
	switch v := v.(type) {
	case issue.Text:
		if f.Type == RichText {
			return d.encode(v.Doc), nil
		}
	case issue.Set:
		if f.Type == Labels {
			return append([]string{}, v...), nil
		}
	case issue.Scalar:
		return d.encodeScalar(f, string(v))
	}
	return nil, fmt.Errorf("a field of type %s holds no %T", f.Type, v)
}

func (d dialect) encodeScalar(f field, s string) (any, error) {
	switch f.Type {
	case RichText, Labels, Comments:
		return nil, fmt.Errorf("a field of type %s holds no single word", f.Type)
	case Line:
		if s != "" {
			return s, nil
		}
	}
	if s == "" {
		return nil, nil
	}
	switch f.Type {
	case Number:
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
			return nil, fmt.Errorf("%q is not a number", s)
		}
		return json.Number(number(s)), nil
	case Date:
		return s, nil
	case Option:
		return map[string]string{"value": s}, nil
	case User:
		return map[string]string{d.user: s}, nil
	}
	return map[string]string{"name": s}, nil
}

// number returns the shortest decimal form of s; what is no number stays.
func number(s string) string {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return s
	}
	if n == 0 {
		return "0" // also for -0
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// logValue reads one end of a changelog item in the form of [Participant.Logged].
func logValue(f field, id, str word) issue.Value {
	switch f.Type {
	case RichText:
		return issue.Text{Doc: canonWiki(wiki.Decode(string(str)))}
	case Labels:
		return issue.SetOf(strings.Fields(string(str))...)
	case Date:
		return issue.Scalar(day(string(id), string(str)))
	case User:
		return issue.Scalar(id)
	}
	return issue.Scalar(canonScalar(f.Type, string(str)))
}

// day returns the date that the first of all begins with, else the first as it
// is. A changelog item has 2012-04-12 as its id, and as its string 2012-04-12
// 00:00:00.0 or what the site displays.
func day(all ...string) string {
	for _, s := range all {
		if len(s) < 10 {
			continue
		}
		if _, err := time.Parse(time.DateOnly, s[:10]); err == nil {
			return s[:10]
		}
	}
	return all[0]
}
