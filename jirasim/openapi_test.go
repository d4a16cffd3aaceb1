package jirasim_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"example.com/accord/jirasim"
)

// A description is one of Atlassian's OpenAPI documents, relaxed where real
// answers of Jira show it to be too strict.
type description struct {
	name, file string
	root       string // what its paths leave out
	load       func() (routers.Router, error)
}

// describe names a document and says how it is read, once.
func describe(name, file, root string, amend func(*openapi3.T)) *description {
	d := &description{name: name, file: file, root: root}
	d.load = sync.OnceValues(func() (routers.Router, error) {
		b, err := unpacked(filepath.Join(docsRoot(), "openapi", file))
		if err != nil {
			return nil, err
		}
		doc, err := openapi3.NewLoader().LoadFromData(b)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		relax(doc)
		if amend != nil {
			amend(doc)
		}
		doc.Servers = nil
		return gorillamux.NewRouter(doc)
	})
	return d
}

// docsRoot is the folder of Jira's documents.
func docsRoot() string {
	if root := os.Getenv("JIRA_DOCS"); root != "" {
		return root
	}
	return filepath.Join("..", "..", "shared", "jira")
}

func unpacked(file string) ([]byte, error) {
	b, err := os.ReadFile(file)
	if err != nil || !strings.HasSuffix(file, ".gz") {
		return b, err
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// descriptions are the documents by what they describe.
var descriptions = map[string]*description{
	"v3":    describe("v3", "jira-cloud-platform-v3.json.gz", "", amendCloud),
	"v2":    describe("v2", "jira-cloud-platform-v2.json.gz", "", amendCloud),
	"agile": describe("agile", "jira-cloud-software-agile-1.0.json", "", nil),
	"dc":    describe("dc", "jira-dc-10.3.24.json", "/rest", amendCenter),
}

// describes picks the document that a path is in, and the path as it has it. On
// both flavours "latest" is version 2.
func describes(f jirasim.Flavour, path string) (*description, string) {
	if _, rest, is := strings.Cut(strings.TrimPrefix(path, "/ex/jira/"), "/"); is && strings.HasPrefix(path, "/ex/") {
		path = "/" + rest
	}
	path = strings.Replace(path, "/rest/api/latest/", "/rest/api/2/", 1)
	name := ""
	switch {
	case f == jirasim.DataCenter && strings.HasPrefix(path, "/rest/"):
		name = "dc"
	case strings.HasPrefix(path, "/rest/api/3/"):
		name = "v3"
	case strings.HasPrefix(path, "/rest/api/2/"):
		name = "v2"
	case strings.HasPrefix(path, "/rest/agile/1.0/"), strings.HasPrefix(path, "/rest/software/1.0/"):
		name = "agile"
	default:
		return nil, ""
	}
	d := descriptions[name]
	return d, strings.TrimPrefix(path, d.root)
}

// relax takes back what the documents say and no Jira does: of 38 recorded
// answers of Cloud the document as it is refuses 18. Times have no colon in
// their zone; there are more members than those that are listed; any of them
// may be null; a 204 has no content; and what is one of several shapes may, by
// all this, be more than one of them.
func relax(doc *openapi3.T) {
	seen := map[*openapi3.Schema]bool{}
	for _, ref := range doc.Components.Schemas {
		loosen(ref, seen)
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for status, r := range op.Responses.Map() {
				if status == "204" {
					r.Value.Content = nil
				}
				for _, m := range r.Value.Content {
					loosen(m.Schema, seen)
				}
			}
		}
	}
}

func loosen(ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	s := ref.Value
	seen[s] = true
	if slices.Contains([]string{"date-time", "date", "uri"}, s.Format) {
		s.Format = ""
	}
	s.Nullable = true
	if s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has {
		s.AdditionalProperties.Has = nil
	}
	s.AnyOf, s.OneOf = append(s.AnyOf, s.OneOf...), nil
	parts := slices.Concat(s.AnyOf, s.AllOf, openapi3.SchemaRefs{s.Items, s.AdditionalProperties.Schema, s.Not})
	for _, p := range s.Properties {
		parts = append(parts, p)
	}
	for _, p := range parts {
		loosen(p, seen)
	}
}

// amendCloud corrects what recordings contradict: the remote links of an issue
// are a list (recorded), and one of them when it is asked for by globalId.
func amendCloud(doc *openapi3.T) {
	amend(doc, "getRemoteIssueLinks", func(s *openapi3.SchemaRef) *openapi3.Schema { return openapi3.NewAnyOfSchema(listOf(s), s.Value) })
}

// amend changes what the document says of the success of an operation.
func amend(doc *openapi3.T, operation string, change func(*openapi3.SchemaRef) *openapi3.Schema) {
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, status := range []int{http.StatusOK, http.StatusCreated} {
				if m := inJSON(op.Responses.Status(status)); op.OperationID == operation && m != nil {
					m.Schema = change(m.Schema).NewRef()
				}
			}
		}
	}
}

func inJSON(r *openapi3.ResponseRef) *openapi3.MediaType {
	if r == nil {
		return nil
	}
	return r.Value.Content["application/json"]
}

func listOf(s *openapi3.SchemaRef) *openapi3.Schema {
	if s.Value.Type.Is("array") {
		return s.Value
	}
	list := openapi3.NewArraySchema()
	list.Items = s
	return list
}

func pageOf(s *openapi3.SchemaRef) *openapi3.Schema {
	page := openapi3.NewObjectSchema().WithProperty("values", listOf(s))
	page.Required = []string{"values", "startAt", "maxResults", "total"}
	return page
}

// centerFree are members of which Data Center's document has the kind wrong:
// values are objects or strings in it, and lists are strings with the list in them.
var centerFree = map[string]string{
	"IssueBean":                "fields renderedFields properties versionedRepresentations",
	"EntityPropertyBean":       "value",
	"FieldValueBean":           "value",
	"HumanReadableArchive":     "entries",
	"AutoCompleteResponseBean": "visibleFieldNames visibleFunctionNames jqlReservedWords",
}

// What Data Center's document says of these is one item, where a list or a page
// of them comes (or the array of a page that createmeta has had since 8.4).
var (
	centerLists = strings.Fields(`getAllProjects getFields getIssueAllTypes getPriorities getStatuses getResolutions getStatusCategories
		findUsers findAssignableUsers_1 findBulkAssignableUsers findUsersWithBrowsePermission getProjectComponents getProjectVersions getAllStatuses
		getSubTasks getPinnedComments getProjectRoles_1 getFavouriteFilters getAllProjectTypes getAllProjectCategories getSharePermissions
		getWorklogsForIds getAlternativeIssueTypes getAllTerminologyEntries findUsersWithAllPermissions addAttachment addSharePermission
		getAssociatedProjects getIssueNavigatorDefaultColumns getAll getAdvancedSettings defaultColumns defaultColumns_1 getAllTabs getFieldsToAdd getAllFields`)
	centerPages = strings.Fields(`getPaginatedIssueTypes getPriorities_1 getPaginatedResolutions getPaginatedStatuses getPaginatedVersions
		getCreateIssueMetaProjectIssueTypes getCreateIssueMetaFields getUsersFromGroup getCustomFields`)
)

// amendCenter corrects the known faults of Data Center's document.
func amendCenter(doc *openapi3.T) {
	for bean, members := range centerFree {
		for name := range strings.FieldsSeq(members) {
			doc.Components.Schemas[bean].Value.Properties[name] = &openapi3.SchemaRef{Value: &openapi3.Schema{Nullable: true}}
		}
	}
	for _, op := range centerLists {
		amend(doc, op, listOf)
	}
	for _, op := range centerPages {
		amend(doc, op, pageOf)
	}
	amend(doc, "getProperty", func(s *openapi3.SchemaRef) *openapi3.Schema { return openapi3.NewAnyOfSchema(listOf(s), s.Value) }) // one with a key, all without
	amendCloud(doc)
}
