package world

import "time"

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
