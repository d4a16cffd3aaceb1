package hook

import (
	"log/slog"
	"net/url"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// Newest is the version that the address of a webhook is registered with.
const Newest = "1"

// Readers returns the reader of every version of an address that a webhook may
// still have. A version stays here until no site has a webhook with it, which
// `accord hooks list` tells.
func (r *Reader) Readers() map[string]connector.Events {
	return map[string]connector.Events{"1": r}
}

// Versions hears deliveries by the version that their address carries. It
// implements [connector.Events].
//
// A version that it does not know is that of a newer build, whose webhooks
// outlived it. The body is still Jira's own and says no more than where to look,
// so the newest reader reads it: what it understands is not lost.
type Versions struct {
	Readers map[string]connector.Events // by version
	Newest  string                      // one of them
	Log     *slog.Logger                // nil: nothing is logged
}

// All returns the versions that r reads.
func (r *Reader) All(log *slog.Logger) Versions { return Versions{r.Readers(), Newest, log} }

// Events implements [connector.Events].
func (v Versions) Events(d connector.Delivery) ([]issue.Event, error) {
	version := Version(d.Query)
	reader, ok := v.Readers[version]
	if !ok {
		reader = v.Readers[v.Newest]
		if v.Log != nil {
			v.Log.Warn("delivery of a version that this build does not know: read as the newest", "version", version, "newest", v.Newest)
		}
	}
	return reader.Events(d)
}

// Version returns the version that the query of an address carries, at most 20
// bytes of it; "" if it has none.
func Version(q url.Values) string {
	v := q.Get("v")
	return v[:min(len(v), 20)]
}
