package world

import (
	"slices"
	"strings"
)

// An Applicant is what creating and changing an account takes; nil leaves a member
// as it is.
type Applicant struct {
	Name     *string `json:"name"` // Data Center: the login
	Email    *string `json:"emailAddress"`
	Display  *string `json:"displayName"`
	Password *string `json:"password"`
	Active   *bool   `json:"active"`
}

// checkPerson checks who somebody is to be. The texts are unverified.
func (w *World) checkPerson(u *User) error {
	no := &Refusal{Status: 400, Errors: map[string]string{}}
	if w.Flavour == DataCenter && strings.TrimSpace(u.Name) == "" {
		no.Errors["username"] = "You must specify a username."
	}
	if w.Flavour == DataCenter && strings.TrimSpace(u.Display) == "" {
		no.Errors["displayName"] = "You must specify a full name."
	}
	if !strings.Contains(u.Email, "@") {
		no.Errors["email"] = "You must specify a valid email address."
	}
	for _, x := range w.Users {
		if x.ID != u.ID && u.Name != "" && strings.EqualFold(x.Name, u.Name) {
			no.Errors["username"] = "A user with that username already exists."
		}
	}
	if len(no.Errors) > 0 {
		return no
	}
	return nil
}

// AddUser makes an account. On Cloud one whose address is known is given back.
func (w *World) AddUser(in Applicant) (*User, error) {
	n := User{}
	give(&n.Name, in.Name)
	give(&n.Email, in.Email)
	give(&n.Display, in.Display)
	if err := w.checkPerson(&n); err != nil {
		return nil, err
	}
	for _, x := range w.Users {
		if w.Flavour == Cloud && strings.EqualFold(x.Email, n.Email) {
			return x, nil
		}
	}
	was := len(w.Users)
	u := w.Enrol("\x00"+n.Email, n.Display, "", "Etc/UTC")
	if len(w.Users) == was {
		return nil, Refuse(400, "A user with that username already exists.")
	}
	u.Email = n.Email
	if w.Flavour == Cloud {
		u.ID = accountID(n.Email)
	} else {
		u.Name = n.Name
	}
	if u.Display == "" {
		u.Display, _, _ = strings.Cut(n.Email, "@")
	}
	give(&u.Token, in.Password)
	return u, nil
}

// EditUser changes an account.
func (w *World) EditUser(u *User, in Applicant) error {
	n := *u
	give(&n.Name, in.Name)
	give(&n.Email, in.Email)
	give(&n.Display, in.Display)
	give(&n.Token, in.Password)
	if in.Active != nil {
		n.Inactive = !*in.Active
	}
	if err := w.checkPerson(&n); err != nil {
		return err
	}
	*u = n
	return nil
}

// DropUser ends an account. On Cloud it stays as one that is not active; on
// Data Center nobody who is still needed can be deleted. The texts are
// unverified.
func (w *World) DropUser(by By, u *User) error {
	if u == by.User {
		return Refuse(400, "You cannot delete the currently logged in user.")
	}
	if w.Flavour == Cloud {
		u.Inactive, u.Admin, u.Groups = true, false, nil
		return nil
	}
	for _, p := range w.Projects {
		if p.Lead == u.ID {
			return Refuse(400, "Cannot delete user '%s' because he leads the project %s.", u.Name, p.Key)
		}
	}
	for _, i := range w.Issues {
		for _, id := range []string{"assignee", "reporter", "creator"} {
			if i.Values[id].Text == u.ID {
				return Refuse(400, "Cannot delete user '%s' because issues are assigned to him, or were reported by him.", u.Name)
			}
		}
	}
	w.Users = without(w.Users, u)
	for _, p := range w.Projects {
		for id, all := range p.Actors {
			p.Actors[id] = slices.DeleteFunc(slices.Clone(all), func(a Actor) bool { return a.User == u.ID })
		}
	}
	return nil
}
