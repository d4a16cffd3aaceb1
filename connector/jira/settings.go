// Package jira is the connector to Jira: Cloud (REST v3, ADF) and Data Center
// (REST v2, wiki markup) in one client, their differences in one table.
package jira

import (
	"context"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// A Flavour is one of the two kinds of Jira.
type Flavour string

// The flavours.
const (
	Cloud      Flavour = "cloud"
	DataCenter Flavour = "datacenter"
)

// A Site is one Jira instance, with its address and credentials.
type Site struct {
	Name    string
	Flavour Flavour
	URL     string           // "https://acme.atlassian.net", without a slash at the end
	User    string           // the account's e-mail address; empty: Token is sent as Bearer (Data Center)
	Token   connector.Secret // API token or personal access token
	Proxy   string           // address of an HTTP proxy; empty: from the environment
	CAFile  string           // PEM file of further authorities; empty: the system's
	Secret  connector.Secret // of its webhooks; not set: the path key alone proves a delivery
	Bearer  Bearer           // has the tokens of an OAuth 2.0 app, which are sent instead of User and Token; nil: no app calls
	App     connector.Secret // of that app: signs what its webhooks deliver
	Shared  Shared           // by which several processes keep to the limits of the site together; nil: this one alone calls it
}

// A Bearer has the tokens of one site for an OAuth 2.0 app: docs/JIRA.md "OAuth 2.0".
type Bearer interface {
	// Bearer returns where the site's API is, without a slash at the end, and a
	// token that is good for as long as a call takes. Errors:
	// connector.ErrDenied if a person has to do something about it.
	Bearer(ctx context.Context) (api string, token connector.Secret, err error)

	// Refused hears that the site did not take a token, and reports whether
	// Bearer may have another.
	Refused(token connector.Secret) bool
}

// A Project is one participant: a project on a site, and the fields it takes
// part with.
type Project struct {
	Participant issue.Participant
	Key         string // "SUP"
	Fields      []Field
	Via         map[string][][]string // by field ("status"): paths through the workflow, in own words, tried where no direct transition leads
	Words       map[string][]string   // by field: the own words that the file names; only Check reads them
}

// A Field ties a field of the sync to one of Jira.
type Field struct {
	Name string // the sync's name: "summary", "severity"
	ID   string // Jira's id: "summary", "customfield_10010"; or the name of a custom field as Jira shows it, looked up once
	Type Type
}

// A Type is how Jira holds a field: it decides the JSON read and written.
type Type string

// The types.
const (
	IssueType Type = "issuetype" // Scalar: the name. An edit to a type with another workflow is refused by the site
	Line      Type = "line"      // Scalar: one line of text
	RichText  Type = "richtext"  // Text: ADF on Cloud, wiki markup on Data Center
	Status    Type = "status"    // Scalar: the name; written by transitions
	Option    Type = "option"    // Scalar: the value of a select
	Named     Type = "named"     // Scalar: the name of an object, such as a priority
	User      Type = "user"      // Scalar: accountId on Cloud, name on Data Center
	Date      Type = "date"      // Scalar: 2026-11-24
	Number    Type = "number"    // Scalar: shortest decimal form
	Labels    Type = "labels"    // Set
	Comments  Type = "comments"  // rows: body (Text), author (Scalar, display name, only of comments that our account did not make)
)
