package world

import "time"

// A Banner is what all pages of a site say.
type Banner struct {
	Message              string
	Enabled, Dismissible bool
	Visibility           string // "public" or "private"
}

// An Audit is one thing that an administrator did.
type Audit struct {
	ID, By, Summary, Path string
	At                    time.Time
}

// An Avatar is a picture that was uploaded: only that it is there.
type Avatar struct{ ID, Type, Owner string }

// AvatarID is the id of the picture of a project.
func (p *Project) AvatarID() string {
	if p.Avatar != "" {
		return p.Avatar
	}
	return "10324"
}
