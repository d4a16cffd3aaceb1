package script

// A Person is one human being with an account at both Jiras.
type Person struct {
	Name   string // as both Jiras display it
	Cloud  string // account id at the Cloud
	Server string // user name at the Data Center
}
