package ui

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/accord/jirasim/world"
)

// News is one change, as a page is told of it.
type news struct {
	Key  string    `json:"key"`
	Text string    `json:"text"` // for people: "SUP-1: Ada moved it to Done"
	At   time.Time `json:"at"`
}

// backlog is how much a page may miss before it is told to look anew by the
// next news that it gets: it always reads all of itself.
const backlog = 64

// beat is how often a stream says that it is there.
const beat = 15 * time.Second

// A feed hands news to the pages that are open.
type feed struct {
	mu    sync.Mutex
	open  map[chan news]string // the account that looks, by id
	ended chan struct{}
	once  sync.Once
}

func newFeed() *feed { return &feed{open: map[chan news]string{}, ended: make(chan struct{})} }

func (f *feed) close() { f.once.Do(func() { close(f.ended) }) }

func (f *feed) join(account string) (c chan news, leave func()) {
	c = make(chan news, backlog)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[c] = account
	return c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.open, c)
	}
}

// Tell tells the open pages what happened, inside the site. It waits for
// nobody.
func (p *Page) Tell(w *world.World, e world.Event) {
	said := strings.HasPrefix(e.Kind, "comment_")
	if e.Issue == nil || e.Secondary || !said && (e.Comment != nil || !strings.HasPrefix(e.Kind, "jira:issue_")) { // all others come with one of these

		return
	}
	f := p.live
	f.mu.Lock()
	defer f.mu.Unlock()
	for c, account := range f.open {
		u := w.User(account)
		if !w.May(u, "BROWSE_PROJECTS", w.Home(e.Issue)) || e.Comment != nil && !w.Sees(u, e.Comment) {
			continue
		}
		select {
		case c <- news{e.Issue.Key, tell(w, e), e.At}:
		default: // it has enough to read
		}
	}
}

// tell says in a sentence what happened.
func tell(w *world.World, e world.Event) string {
	name := "Somebody"
	if e.By != nil {
		name = e.By.Display
	}
	switch e.Kind {
	case "jira:issue_created":
		return fmt.Sprintf("%s: %s created it", e.Issue.Key, name)
	case "jira:issue_deleted":
		return fmt.Sprintf("%s: %s deleted it", e.Issue.Key, name)
	case "comment_created":
		return fmt.Sprintf("%s: %s commented", e.Issue.Key, name)
	case "comment_updated":
		return fmt.Sprintf("%s: %s edited a comment", e.Issue.Key, name)
	case "comment_deleted":
		return fmt.Sprintf("%s: %s deleted a comment", e.Issue.Key, name)
	}
	if e.Change == nil {
		return fmt.Sprintf("%s: %s changed it", e.Issue.Key, name)
	}
	var parts []string
	for _, it := range e.Change.Items {
		if it.ID == "status" && it.ToText != nil {
			parts = append([]string{"moved it to " + *it.ToText}, parts...)
			continue
		}
		parts = append(parts, "changed "+strings.ToLower(fieldName(w, it)))
	}
	return fmt.Sprintf("%s: %s %s", e.Issue.Key, name, strings.Join(parts, ", "))
}

func fieldName(w *world.World, it world.Item) string {
	if f := w.Field(it.ID); f != nil {
		return f.Name
	}
	return it.Field
}

// stream sends news for as long as a page is open.
func (p *Page) stream(rw http.ResponseWriter, r *http.Request) {
	account := ""
	err := p.site.Enter(r, func(w *world.World, _ time.Time) error {
		if u := who(w, r); u != nil {
			account = u.ID
		}
		return nil
	})
	if err != nil {
		http.Error(rw, "The site does not answer.", http.StatusInternalServerError)
		return
	}
	c, leave := p.live.join(account)
	defer leave()
	rw.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(rw)
	say := func(format string, args ...any) bool {
		_, err := fmt.Fprintf(rw, format, args...)
		return err == nil && out.Flush() == nil
	}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for going := say("retry: 1000\n: open\n\n"); going; {
		select {
		case n := <-c:
			b, err := json.Marshal(n)
			going = err == nil && say("event: news\ndata: %s\n\n", b)
		case <-tick.C:
			going = say(": still here\n\n")
		case <-r.Context().Done():
			return
		case <-p.live.ended:
			return
		}
	}
}
