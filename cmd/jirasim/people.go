package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	"example.com/accord/jirasim"
)

// people are the flags of accounts: all of one in --account, or --user and
// after it what it has.
func (s *settings) people(fs *flag.FlagSet) {
	fs.Func("account", "`email:token[:admin]` of an account, several times; besides admin@example.com:example and ada, ben and cleo, whose token is their name", func(v string) error {
		a, err := account(v)
		s.accounts = append(s.accounts, a)
		return err
	})
	fs.Func("user", "`email` of an account, several times; --token and --role after it are its own", func(v string) error {
		if !strings.Contains(v, "@") {
			return errors.New("a user is an e-mail address")
		}
		s.accounts = append(s.accounts, jirasim.Account{Email: v})
		return nil
	})
	fs.Func("token", "API `token`, personal access token and password of the --user before it", func(v string) error {
		return s.of("token", func(a *jirasim.Account) error {
			if v == "" || a.Token != "" {
				return errors.New("a user has one token")
			}
			a.Token = v
			return nil
		})
	})
	fs.Func("role", "`role` of the --user before it, several times: admin (of the site), or one of Administrators, Developers and Users in every project, or in one as KEY=Developers", func(v string) error {
		return s.of("role", func(a *jirasim.Account) error {
			if v == "admin" {
				a.Admin = true
				return nil
			}
			a.Roles = append(a.Roles, v)
			return nil
		})
	})
}

// of sets something of the last user.
func (s *settings) of(flag string, set func(*jirasim.Account) error) error {
	if len(s.accounts) == 0 {
		return fmt.Errorf("--%s comes after the --user that it is of", flag)
	}
	return set(&s.accounts[len(s.accounts)-1])
}

// complete refuses users without a token.
func (s *settings) complete() error {
	for _, a := range s.accounts {
		if a.Token == "" {
			return fmt.Errorf("user %s needs a --token", a.Email)
		}
	}
	return nil
}

func account(v string) (jirasim.Account, error) {
	parts := strings.Split(v, ":")
	if len(parts) < 2 || len(parts) > 3 || !strings.Contains(parts[0], "@") || parts[1] == "" || len(parts) == 3 && parts[2] != "admin" {
		return jirasim.Account{}, fmt.Errorf("an account is email:token or email:token:admin")
	}
	return jirasim.Account{Email: parts[0], Token: parts[1], Admin: len(parts) == 3}, nil
}
