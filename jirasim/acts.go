package jirasim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/accord/jirasim/world"
)

// An Act is what people do to a site while a client is at work: at once, or
// just before a request that a rule strikes. One member says what; Account
// says who.
type Act struct {
	Account string    `json:"account,omitempty"` // e-mail address, login or id; empty: the first administrator
	Deny    *Right    `json:"deny,omitempty"`
	Allow   *Right    `json:"allow,omitempty"`
	Remove  *Removal  `json:"remove,omitempty"`
	Move    *Passage  `json:"move,omitempty"`
	Archive string    `json:"archive,omitempty"` // issue, by id or key
	Restore string    `json:"restore,omitempty"` // out of the archive
	Delete  string    `json:"delete,omitempty"`  // issue, with its sub-tasks
	Forward Duration  `json:"forward,omitempty"` // the clock
	Expire  string    `json:"expire,omitempty"`  // the tokens of an account, or the access tokens of an app, by its id
	Token   *NewToken `json:"token,omitempty"`
}

// A Right is a permission of an account.
type Right struct {
	Account    string `json:"account"`           // e-mail address, login or id
	Permission string `json:"permission"`        // "BROWSE_PROJECTS"
	Project    string `json:"project,omitempty"` // key; empty: everywhere
}

// A Removal names a field, an option of a field, or a transition of a project.
type Removal struct {
	Field      string `json:"field,omitempty"`      // id
	Option     string `json:"option,omitempty"`     // id or value
	Transition string `json:"transition,omitempty"` // id
	Project    string `json:"project,omitempty"`    // key; empty: every project
}

// A Passage takes an issue to another project.
type Passage struct {
	Issue   string `json:"issue"`   // id or key
	Project string `json:"project"` // key
}

// NewToken is another token for an account.
type NewToken struct {
	Account string `json:"account"`
	Token   string `json:"token"`
}

// check refuses an act that nobody could do now. Issues may still be made.
func (a Act) check(s *Sim) error {
	given := 0
	for _, is := range []bool{a.Deny != nil, a.Allow != nil, a.Remove != nil, a.Move != nil, a.Archive != "", a.Restore != "", a.Delete != "", a.Forward != 0, a.Expire != "", a.Token != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		return errors.New("it takes one of deny, allow, remove, move, archive, restore, delete, forward, expire and token")
	}
	if _, err := s.actor(a.Account); err != nil {
		return err
	}
	switch {
	case a.Deny != nil || a.Allow != nil:
		return s.right(cmp.Or(a.Deny, a.Allow))
	case a.Remove != nil:
		return s.removal(*a.Remove)
	case a.Move != nil:
		return s.project(a.Move.Project)
	case a.Forward < 0:
		return errors.New("the clock cannot be set back")
	case a.Token != nil:
		_, err := s.account(a.Token.Account)
		return err
	case a.Expire != "":
		if _, is := s.app(a.Expire); !is {
			_, err := s.account(a.Expire)
			return err
		}
	}
	return nil
}

// found refuses an act on an issue that is not there.
func (a Act) found(s *Sim) error {
	issue := cmp.Or(a.Archive, a.Restore, a.Delete)
	if a.Move != nil {
		issue = a.Move.Issue
	}
	if _, no := s.w.Issue(s.w.Users[0], issue); issue != "" && no != nil {
		return fmt.Errorf("there is no issue %q", issue)
	}
	return nil
}

func (s *Sim) account(name string) (*world.User, error) {
	if u := s.w.Login(name); u != nil {
		return u, nil
	}
	return nil, fmt.Errorf("no account is called %q; GET /_sim/accounts lists them", name)
}

// actor is who does something: by itself the first administrator.
func (s *Sim) actor(name string) (*world.User, error) {
	if name == "" {
		return s.w.Users[0], nil
	}
	return s.account(name)
}

func (s *Sim) project(key string) error {
	if s.w.Project(s.w.Users[0], key) == nil {
		return fmt.Errorf("no project could be found with key %q", key)
	}
	return nil
}

func (s *Sim) right(r *Right) error {
	if _, err := s.account(r.Account); err != nil {
		return err
	}
	p, known := world.Permitted(r.Permission)
	switch {
	case !known:
		return fmt.Errorf("no permission is called %q; GET /rest/api/2/permissions lists them", r.Permission)
	case r.Project != "" && p.Global:
		return fmt.Errorf("%s is of the whole site, and of no project", p.Key)
	case r.Project != "":
		return s.project(r.Project)
	}
	return nil
}

func (s *Sim) removal(r Removal) error {
	if r.Transition != "" {
		if r.Field != "" || r.Option != "" {
			return errors.New("remove takes a field, a field and an option, or a transition")
		}
		if r.Project != "" {
			if err := s.project(r.Project); err != nil {
				return err
			}
		}
		for _, p := range s.w.Projects {
			if (r.Project == "" || p.Key == r.Project) && slices.ContainsFunc(p.Workflow.Transitions, func(t world.Transition) bool { return t.ID == r.Transition }) {
				return nil
			}
		}
		return fmt.Errorf("no transition has the id %q there", r.Transition)
	}
	f := s.w.Field(r.Field)
	switch {
	case r.Project != "":
		return errors.New("remove takes a project with a transition only")
	case f == nil || !f.Custom:
		return fmt.Errorf("no custom field has the id %q", r.Field)
	case r.Option != "" && !slices.ContainsFunc(f.Options, func(o world.Option) bool { return o.ID == r.Option || o.Value == r.Option }):
		return fmt.Errorf("field %s has no option %q", f.ID, r.Option)
	}
	return nil
}

// perform does an act that was checked. Whoever called is not who does it.
func (c *call) perform(a Act) error {
	s, was := c.s, c.by
	defer func() { c.by.User, c.by.API = was.User, was.API }()
	u, err := s.actor(a.Account)
	if err != nil {
		return err
	}
	c.by.User, c.by.API = u, 2
	switch {
	case a.Deny != nil:
		return s.permit(a.Deny, false)
	case a.Allow != nil:
		return s.permit(a.Allow, true)
	case a.Remove != nil:
		return c.cut(*a.Remove)
	case a.Forward != 0:
		s.forward(time.Duration(a.Forward))
		c.by.Now = s.now()
		return nil
	case a.Token != nil:
		return s.retoken(a.Token.Account, a.Token.Token)
	case a.Expire != "":
		if _, is := s.app(a.Expire); is {
			s.oauth.Expire(a.Expire)
			return nil
		}
		return s.retoken(a.Expire, "")
	case a.Move != nil:
		_, err := c.carry(*a.Move)
		return err
	}
	i, no := c.w.Issue(u, cmp.Or(a.Archive, a.Restore, a.Delete))
	switch {
	case no != nil:
		return no
	case a.Delete != "":
		return c.w.Delete(c.by, i, true)
	}
	c.w.Archive(c.by, i, a.Archive != "")
	return nil
}

func (s *Sim) permit(r *Right, allowed bool) error {
	u, err := s.account(r.Account)
	if err != nil {
		return err
	}
	key := r.Permission
	if r.Project != "" {
		key += ":" + r.Project
	}
	u.Denied = slices.DeleteFunc(u.Denied, func(s string) bool { return s == key })
	if !allowed {
		u.Denied = append(u.Denied, key)
	}
	return nil
}

// cut removes; what is gone already stays gone.
func (c *call) cut(r Removal) error {
	if r.Transition != "" {
		for _, p := range c.w.Projects {
			if r.Project == "" || p.Key == r.Project {
				c.w.DropTransition(p, r.Transition)
			}
		}
		return nil
	}
	f := c.w.Field(r.Field)
	switch {
	case f == nil:
	case r.Option != "":
		c.w.DropOption(c.by, f, r.Option)
	default:
		c.w.DropField(c.by, f)
	}
	return nil
}

// retoken gives an account another token; an empty one ends all that it has.
func (s *Sim) retoken(account, token string) error {
	u, err := s.account(account)
	if err != nil {
		return err
	}
	if u.Token = token; token == "" {
		u.Tokens = nil
	}
	return nil
}

// carry moves an issue to another project, as a person does in the UI: it keeps
// its id and changes its key: docs/JIRA.md "Gone or hidden".
func (c *call) carry(m Passage) (*world.Issue, error) {
	i, no := c.w.Issue(c.by.User, m.Issue)
	if no != nil {
		return nil, no
	}
	p := c.w.Project(c.by.User, m.Project)
	if p == nil {
		return nil, world.Refuse(404, "No project could be found with key '%s'.", m.Project)
	}
	return c.w.Move(c.by, i, p), nil
}
