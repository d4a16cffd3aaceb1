package ground

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/config"
)

// A stage is a function on a ground whose parts change.
type stage struct {
	t      *testing.T
	url    string // of the configuration in use
	down   error  // nobody says what is in use
	held   map[string]string
	log    bytes.Buffer
	asked  int
	handle func(context.Context, string) (string, error)
}

// newStage starts a function that answers with its configuration's address and
// its token. It cannot be made for an address "bad".
func newStage(t *testing.T) *stage {
	s := &stage{t: t, url: "one", held: map[string]string{"TOKEN": "t1"}}
	g := on(nil, s.held)
	g.Log = slog.New(slog.NewTextHandler(&s.log, nil))
	g.source = func(_ context.Context, had string) (config.Config, string, error) {
		if s.asked++; had == s.url {
			return config.Config{}, s.url, s.down
		}
		return config.Config{PublicURL: s.url}, s.url, s.down
	}
	g.use(config.Config{PublicURL: s.url}, s.url)
	var err error
	s.handle, err = handler(t.Context(), g, func(_ context.Context, g *Ground) (func(context.Context, string) (string, error), error) {
		token, err := g.Secret(config.Credential{Env: "TOKEN"})
		if g.Config.PublicURL == "bad" {
			err = errBroken
		}
		return func(_ context.Context, in string) (string, error) {
			return in + " " + g.Config.PublicURL + " " + token, nil
		}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stage) says(want, why string) {
	s.t.Helper()
	if got, err := s.handle(s.t.Context(), "hello"); got != "hello "+want || err != nil {
		s.t.Errorf("%s: %q (%v), want %q", why, got, err, want)
	}
}

func (s *stage) logs(want string) {
	s.t.Helper()
	if !strings.Contains(s.log.String(), want) {
		s.t.Errorf("the log lacks %q:\n%s", want, s.log.String())
	}
	s.log.Reset()
}

func TestAWarmFunctionFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.says("one t1", "as it began")
		s.url = "two"
		s.says("one t1", "nobody is asked yet")
		time.Sleep(keep)
		s.says("two t1", "another configuration is in use")
		s.logs("begun anew")
		s.held["TOKEN"] = "t2"
		time.Sleep(keep)
		s.says("two t2", "the token has changed")
		s.url, s.held["TOKEN"] = "one", "t3"
		time.Sleep(keep)
		s.says("one t3", "back, and another token")
		s.logs("begun anew")
		asked := s.asked
		for range 10 {
			s.says("one t3", "nothing has changed")
		}
		if s.asked != asked || s.log.Len() > 0 {
			t.Errorf("ten calls in a row asked %d times, and said %q", s.asked-asked, s.log.String())
		}
	})
}

func TestAWarmFunctionGoesOnAsBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.url = "bad"
		time.Sleep(keep)
		s.says("one t1", "what is in use cannot be used")
		s.logs("going on as before")
		s.url = "two"
		s.down = errors.New("the table does not answer")
		time.Sleep(keep)
		s.says("one t1", "nobody says what is in use")
		s.logs("the table does not answer")
		s.url, s.down = "one", nil
		delete(s.held, "TOKEN")
		time.Sleep(keep)
		s.says("one t1", "the token is gone")
		s.logs("read credential TOKEN again")
		s.url, s.held["TOKEN"] = "two", "t2"
		time.Sleep(keep)
		s.says("two t2", "all is well again")
	})
}

func TestAFunctionThatCannotBeMadeDoesNotStart(t *testing.T) {
	_, err := handler(t.Context(), on(nil, nil), func(context.Context, *Ground) (func(context.Context, string) (string, error), error) {
		return nil, errBroken
	})
	if !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
}
