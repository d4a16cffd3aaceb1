// Package plan decides: from the rules, a link and a look at every side it says
// what is agreed now and what is to be written where. It is pure.
package plan

import (
	"time"

	"example.com/accord/issue"
)

// A Plan is a value: every write that a turn would make, and every conflict.
type Plan struct {
	Before, After issue.Link
	Turn          string
	Changes       []issue.Change                // in the order of Rules.Order
	Heard         map[issue.Place][]issue.Claim // the edits that this look brought
	Overruled     map[issue.Place][]issue.Claim // claims that lost under a policy
	Again         time.Time                     // look again then; zero: no need
}

// Quiet reports whether there is nothing to commit: nothing was heard, nothing
// is to be written, nothing that a later turn needs has changed.
func (p Plan) Quiet() bool { panic("under construction") }
