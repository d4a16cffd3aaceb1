package world

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/accord/jirasim/jql"
)

// A Board shows the issues of a filter: a value.
type Board struct {
	ID, Name   string
	Type       string                     // "scrum", "kanban" or "simple"
	Filter     string                     // id
	Project    string                     // id of the project that it stands in; empty: in Person's profile
	Person     string                     `json:",omitempty"` // user id
	Properties map[string]json.RawMessage `json:",omitempty"`
	Refined    bool                       `json:",omitempty"` // Data Center: how velocity is counted
}

// Board finds a board that u may see; nil if there is none. Who sees its
// filter sees the board.
func (w *World) Board(u *User, id string) *Board {
	for _, b := range w.Boards {
		if b.ID == id && w.sees(u, b) {
			return b
		}
	}
	return nil
}

// BoardsOf lists the boards that u may see.
func (w *World) BoardsOf(u *User) []*Board {
	var out []*Board
	for _, b := range w.Boards {
		if w.sees(u, b) {
			out = append(out, b)
		}
	}
	return out
}

func (w *World) sees(u *User, b *Board) bool {
	if u == nil {
		return false
	}
	return u.Admin || w.Filter(u, b.Filter) != nil
}

// AddBoard makes a board. The words of its refusals are unverified.
func (w *World) AddBoard(by By, b Board) (*Board, error) {
	b.Name = strings.TrimSpace(b.Name)
	switch {
	case b.Name == "":
		return nil, Refuse(400, "The name of the board must not be empty.")
	case len(b.Name) > 255:
		return nil, Refuse(400, "The name of the board must be shorter than 256 characters.")
	case b.Type == "agility":
		b.Type = "simple"
	case b.Type != "scrum" && b.Type != "kanban":
		return nil, Refuse(400, "Board type must be one of: kanban, scrum, agility.")
	}
	if w.Filter(by.User, b.Filter) == nil {
		return nil, Refuse(400, "The filter does not exist or you do not have permission to view it.")
	}
	if b.Project == "" {
		b.Person = by.User.ID
	}
	b.ID = w.Next("board")
	w.Boards = append(w.Boards, &b)
	w.emit(Event{Kind: "board_created", At: by.Now, By: by.User, Board: &b})
	return &b, nil
}

// DropBoard ends a board and leaves everything that it shows.
func (w *World) DropBoard(by By, b *Board) error {
	if !w.mayManage(by.User, b) {
		return Refuse(403, "You do not have permission to delete this board.")
	}
	w.Boards = without(w.Boards, b)
	w.emit(Event{Kind: "board_deleted", At: by.Now, By: by.User, Board: b})
	return nil
}

func (w *World) mayManage(u *User, b *Board) bool {
	return u != nil && (u.Admin || b.Person == u.ID)
}

// Query is what a board shows: its filter, in the order of rank where the
// filter has none.
func (w *World) Query(b *Board) jql.Query {
	q := jql.Query{}
	for _, f := range w.Filters {
		if f.ID == b.Filter {
			q, _ = jql.Parse(f.JQL) // a filter that cannot be read shows everything
		}
	}
	if len(q.Order) == 0 && w.Sole(RankOf) != nil {
		q.Order = []jql.Sort{{Field: "Rank"}}
	}
	return q
}

// Seat is the project that a board stands in; nil if it is in a profile.
func (w *World) SeatOf(b *Board) *Project {
	n := slices.IndexFunc(w.Projects, func(p *Project) bool { return p.ID == b.Project })
	if n < 0 {
		return nil
	}
	return w.Projects[n]
}

// OnBoard lists the projects of a board: its own, and those that its issues
// are in and that the caller may browse.
func (w *World) OnBoard(by By, b *Board) ([]*Project, error) {
	hits, err := w.Search(by, w.Query(b))
	if err != nil {
		return nil, err
	}
	var out []*Project
	for _, p := range w.Projects {
		in := slices.ContainsFunc(hits, func(h Hit) bool { return h.Issue.Project == p.ID })
		if (in || p.ID == b.Project) && w.May(by.User, "BROWSE_PROJECTS", p) {
			out = append(out, p)
		}
	}
	return out, nil
}
