package jirasim

import (
	"fmt"
	"strings"

	"example.com/accord/jirasim/world"
)

// An Account that may log in, besides those that every site has.
type Account struct {
	Email string // what stands before "@" is the login on Data Center
	Name  string // as people see it; empty: the login
	Token string // API token, personal access token and password in one
	Zone  string // IANA time zone; empty: UTC
	Admin bool
	Roles []string // "Administrators" in every project, "SUP=Administrators" in one
}

// Enrol adds an account, or gives one that there is another token and more
// roles. A role or a project that there is not is refused.
func (s *Sim) Enrol(a Account) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turns++
	return s.enrol(a)
}

func (s *Sim) enrol(a Account) error {
	if a.Zone == "" {
		a.Zone = "Etc/UTC"
	}
	var parts []func(*world.User)
	for _, r := range a.Roles {
		play, err := s.part(r)
		if err != nil {
			return fmt.Errorf("enrol %s: %w", a.Email, err)
		}
		parts = append(parts, play)
	}
	u := s.w.Enrol(a.Email, a.Name, a.Token, a.Zone)
	if u.Display == "" {
		u.Display = u.Email
	}
	if a.Admin && !u.Admin {
		u.Admin = true
		u.Groups = append(u.Groups, "jira-administrators")
	}
	for _, play := range parts {
		play(u)
	}
	return nil
}

// part is what gives an account a role.
func (s *Sim) part(name string) (func(*world.User), error) {
	key, role, one := strings.Cut(name, "=")
	if !one {
		key, role = "", name
	}
	r := s.w.RoleOf(role)
	if r == nil {
		return nil, fmt.Errorf("no role is called %q", role)
	}
	if key != "" {
		if err := s.project(key); err != nil {
			return nil, err
		}
	}
	return func(u *world.User) {
		for _, p := range s.w.Projects {
			if key == "" || p.Key == key {
				s.w.Play(p, r, world.Actor{User: u.ID})
			}
		}
	}, nil
}
