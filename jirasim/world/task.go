package world

import (
	"encoding/json"
	"time"
)

// A Task is work that was to be done later, and is done.
type Task struct {
	ID, Title string
	By        string // user id
	At        time.Time
	Result    json.RawMessage     `json:",omitempty"`
	Done      []string            `json:",omitempty"` // ids of issues, of bulk operations
	Failed    map[string][]string `json:",omitempty"` // what was wrong, by id of an issue
	Unseen    int                 `json:",omitempty"` // how many issues are not there
}

// Finish keeps a task that was done at once. Jira takes its time.
func (w *World) Finish(by By, title string, result json.RawMessage) *Task {
	t := &Task{ID: w.Next("task"), Title: title, By: by.User.ID, At: by.Now, Result: result}
	w.Tasks = append(w.Tasks, t)
	return t
}

// TaskOf finds a task by id; nil if there is none.
func (w *World) TaskOf(id string) *Task {
	for _, t := range w.Tasks {
		if t.ID == id {
			return t
		}
	}
	return nil
}
