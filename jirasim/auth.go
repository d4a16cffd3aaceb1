package jirasim

import (
	"crypto/subtle"
	"strings"

	"example.com/accord/jirasim/world"
)

// login finds who calls. Cloud takes what it does not recognise for anonymous,
// so that a wrong token finds nothing instead of being refused: docs/JIRA.md
// "Authentication". Data Center refuses it. A trap turns either round.
func (c *call) login() (*world.User, *reply) {
	head := c.r.Header.Get("Authorization")
	if head == "" && c.s.opt.Flavour == DataCenter {
		return c.cookied(), nil
	}
	if head == "" {
		return nil, nil
	}
	u := c.known(head)
	if u == nil && c.s.faults.BadCredentials == refuses {
		r := stranger()
		r.set("X-Seraph-Loginreason", "AUTHENTICATED_FAILED")
		return nil, &r
	}
	return u, nil
}

func (c *call) known(head string) *world.User {
	if scheme, token, _ := strings.Cut(head, " "); strings.EqualFold(scheme, "Bearer") {
		if c.s.opt.Flavour == Cloud {
			return nil
		}
		for _, u := range c.w.Users {
			if token := strings.TrimSpace(token); fits(u, token) || !u.Inactive && u.Holds(token, c.by.Now) {
				return u
			}
		}
		return nil
	}
	name, token, is := c.r.BasicAuth()
	if !is {
		return nil
	}
	if u := c.w.Login(name); u != nil && fits(u, token) && (c.s.opt.Flavour == DataCenter || strings.EqualFold(u.Email, name)) {
		return u
	}
	return nil
}

func fits(u *world.User, token string) bool {
	return token != "" && !u.Inactive && subtle.ConstantTimeCompare([]byte(u.Token), []byte(token)) == 1
}
