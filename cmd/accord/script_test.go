package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/accord/awssim"
	"example.com/accord/jirasim"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the golden parts of the scripts anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"accord": main})
}

// TestScripts runs the stories in testdata/script against two simulated Jiras.
// Beside testscript's own commands there are
//
//	exits CODE COMMAND…            runs it and holds it to its exit code
//	edit cloud|dc KEY FIELD VALUE  a person edits an issue
//	shows cloud|dc KEY FIELD VALUE waits until the issue shows that
//	until PATTERN COMMAND…         runs it again and again until its output matches
//	consent SITE FLAG…             logs in there, as a person whose browser goes where he is told
//	secret NAME TEXT               stores a secret in the simulated AWS
//	denied [CALL]                  lets AWS refuse a call, such as DynamoDB.GetItem; or none
//
// and the condition [emulated]: AWS is not simulated but emulated, and refuses nothing.
func TestScripts(t *testing.T) {
	t.Parallel()
	aws := newAccount(t)
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			own := aws
			if !aws.emulated { // what one script denies, or publishes, is nothing to the others
				own = newAccount(t)
			}
			for name, text := range own.env {
				env.Setenv(name, text)
			}
			env.Values["aws"] = own.sim
			return setup(env)
		},
		Condition: func(c string) (bool, error) { return c == "emulated" && aws.emulated, nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "edit": edit, "shows": shows, "until": until, "consent": consent, "secret": secret, "denied": denied,
		},
	})
}

// setup starts two sites for one script, and puts their addresses where its YAML
// files say $CLOUD, $DC and $ADDR, accord's own.
func setup(env *testscript.Env) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	back, err := freePort()
	if err != nil {
		return err
	}
	urls := map[string]string{"ADDR": port, "BACK": "http://" + back + "/callback"}
	for name, f := range map[string]jirasim.Flavour{"CLOUD": jirasim.Cloud, "DC": jirasim.DataCenter} {
		sim := jirasim.New(jirasim.Options{Flavour: f, Samples: 2, Lag: -1, Apps: []jirasim.App{{ID: "accord", Secret: "hush", Callback: urls["BACK"]}}})
		srv := httptest.NewServer(sim)
		env.Defer(func() { srv.Close(); sim.Close() })
		urls[name] = srv.URL
		env.Setenv(name, srv.URL)
	}
	env.Setenv("ADDR", port)
	env.Setenv("ACCORD_TOKEN", "example")
	env.Setenv("ACCORD_SECRET", "hunter2")
	env.Setenv("ACCORD_CLIENT", "accord")
	env.Setenv("ACCORD_CLIENT_SECRET", "hush")
	env.Setenv("BACK", urls["BACK"])
	src, err := os.ReadFile(filepath.Join("testdata", "accord.yaml"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(env.WorkDir, "accord.yaml"), src, 0o600); err != nil {
		return err
	}
	return fill(env.WorkDir, urls)
}

// fill writes the addresses of a script's sites into its YAML files.
func fill(folder string, urls map[string]string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for name, url := range urls {
			src = bytes.ReplaceAll(src, []byte("$"+name), []byte(url))
		}
		if err := os.WriteFile(file, src, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// freePort returns an address that nobody listens on. It lies below the ports
// that the system lends to connections, so nobody takes it before the server
// that is meant to does.
func freePort() (addr string, err error) {
	for range 100 {
		var l net.Listener
		addr = fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if l, err = net.Listen("tcp", addr); err == nil {
			return addr, l.Close()
		}
	}
	return "", err
}

// consent runs accord login, goes where it says, and waits for its end.
func consent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: consent SITE FLAG…")
	}
	cmd := exec.Command("accord", append([]string{"login", "--json"}, args...)...)
	cmd.Dir, cmd.Env = ts.Getenv("WORK"), []string{}
	names := []string{"PATH", "HOME", "ACCORD_CLIENT", "ACCORD_CLIENT_SECRET"}
	for _, name := range slices.AppendSeq(names, maps.Keys(ts.Value("aws").(*awssim.Sim).Env())) {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	var told struct{ URL string }
	said := json.NewDecoder(out)
	ts.Check(said.Decode(&told))
	resp, err := http.Get(told.URL)
	ts.Check(err)
	words, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	ts.Check(err)
	ts.Logf("the browser shows: %s", words)
	var got struct{ Site, Since, Until string }
	ts.Check(said.Decode(&got))
	if err := cmd.Wait(); err != nil || got.Site != args[0] || got.Until == "" || !strings.Contains(string(words), "Accord has your consent") {
		ts.Fatalf("%+v, %v: %s", got, err, errs.String())
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		got, err = e.ExitCode(), nil
	}
	ts.Check(err)
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// patience is how long a script waits for something to come true.
const patience = 20 * time.Second

func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until PATTERN COMMAND…")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		err := ts.Exec(args[1], args[2:]...)
		if _, exited := errors.AsType[*exec.ExitError](err); !exited {
			ts.Check(err)
		}
		if pattern.MatchString(ts.ReadFile("stdout")) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("its output never matched %s", args[0])
		}
	}
}

func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: edit cloud|dc KEY FIELD VALUE")
	}
	body, err := json.Marshal(map[string]any{"fields": map[string]string{args[2]: args[3]}})
	ts.Check(err)
	_, err = ask(ts, args[0], "PUT", args[1], body)
	ts.Check(err)
}

// ask is a call to a site by a person.
func ask(ts *testscript.TestScript, site, method, key string, body []byte) ([]byte, error) {
	r, err := http.NewRequest(method, ts.Getenv(strings.ToUpper(site))+"/rest/api/2/issue/"+key, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.SetBasicAuth("ada@example.com", "ada")
	if site == "dc" {
		r.Header.Set("Authorization", "Bearer ada")
	}
	r.Header.Set("Content-Type", "application/json")
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err == nil && got.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, key, got.Status, b)
	}
	return b, err
}

func shows(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: shows cloud|dc KEY FIELD VALUE")
	}
	last := ""
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		last = shown(ts, args[0], args[1], args[2])
		if (last == args[3]) != neg {
			return
		}
		if neg || time.Now().After(end) {
			ts.Fatalf("%s of %s is %q", args[2], args[1], last)
		}
	}
}

func shown(ts *testscript.TestScript, site, key, field string) string {
	b, err := ask(ts, site, "GET", key, nil)
	if err != nil {
		return err.Error()
	}
	var o struct{ Fields map[string]any }
	ts.Check(json.Unmarshal(b, &o))
	switch v := o.Fields[field].(type) {
	case map[string]any:
		return fmt.Sprint(v["name"])
	case nil:
		return ""
	default:
		return fmt.Sprint(v)
	}
}
