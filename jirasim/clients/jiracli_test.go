package clients_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// A cli is the program of github.com/ankitpokhrel/jira-cli, in a home of its own.
type cli struct {
	t          *testing.T
	path, home string
}

// run answers what the program printed.
func (c cli) run(args ...string) (string, error) {
	c.t.Helper()
	cmd := exec.Command(c.path, args...)
	cmd.Env = append(os.Environ(), "HOME="+c.home, "XDG_CONFIG_HOME="+filepath.Join(c.home, ".config"), "JIRA_API_TOKEN=example", "PAGER=cat", "NO_COLOR=1", "BROWSER=true")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// says runs it, and what it prints must have some words in it.
func (c cli) says(want string, args ...string) {
	c.t.Helper()
	out, err := c.run(args...)
	if err != nil || !strings.Contains(out, want) {
		c.t.Errorf("jira %s: %v, want %q\n%s", strings.Join(args, " "), err, want, out)
	}
}

// refuses runs it, and it must fail with some words.
func (c cli) refuses(want string, args ...string) {
	c.t.Helper()
	out, err := c.run(args...)
	if err == nil || !strings.Contains(out, want) {
		c.t.Errorf("jira %s: %v, want a refusal with %q\n%s", strings.Join(args, " "), err, want, out)
	}
}

// TestJiraCLI works with the program as a person does at a terminal.
func TestJiraCLI(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jira")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/ankitpokhrel/jira-cli/cmd/jira").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	both(t, func(t *testing.T, s site) {
		c := cli{t, path, t.TempDir()}
		init := []string{"init", "--server", s.url, "--login", s.login, "--project", s.project, "--board", s.project + " board", "--force"}
		install, first, ways := []string{"--installation", "cloud"}, "To Do", []string{"Start work", "Ask for review", "Done"}
		if s.flavour == jirasim.DataCenter {
			install, first, ways = []string{"--installation", "local", "--auth-type", "bearer"}, "Open", []string{"Start Progress", "QA Review", "Close Issue"}
		}
		c.says("Configuration generated", append(init, install...)...)
		issue := func(n string) string { return s.project + "-" + n }
		c.says(s.login, "me")
		c.says(s.project, "project", "list")
		c.says("scrum", "board", "list")

		c.says(issue("1"), "issue", "create", "-tBug", "-sThe lamp is dark", "-bIt is **dark**.", "-yHigh", "-llamp", "-lurgent", "--no-input")
		c.says(issue("2"), "issue", "create", "-tTask", "-sThe switch is loose", "-a"+s.login, "--custom", "severity=Major", "--no-input")
		c.says(issue("3"), "issue", "create", "-tSub-task", "-P"+issue("1"), "-sA part", "--no-input")
		c.says("The lamp is dark", "issue", "list", "--plain", "-yHigh", "-s"+first, "-llamp", "--created", "week", "-qsummary ~ lamp", "--order-by", "updated")
		c.says(issue("2"), "issue", "list", "--plain", "--no-headers", "--columns", "key", "-a"+s.login)
		c.says("You are watching", "issue", "view", issue("1"), "--plain")
		c.says("Issue updated", "issue", "edit", issue("1"), "-sThe lamp stays dark", "-bStill dark.", "-lswitch", "-l-lamp", "-yLow", "--no-input")
		c.says("Issue updated", "issue", "edit", issue("1"), "--custom", "severity=Minor", "--skip-notify", "--no-input")
		for _, who := range []string{"ada", "default", "x"} {
			c.says("signed", "issue", "assign", issue("1"), who)
		}
		c.says("Comment added", "issue", "comment", "add", issue("1"), "Seen it **twice**.", "--no-input")
		c.says("Worklog added", "issue", "worklog", "add", issue("1"), "1h 30m", "--comment", "Bulb.", "--started", "2026-11-20 09:30:00", "--new-estimate", "3d", "--no-input")
		c.says("Issues linked", "issue", "link", issue("1"), issue("2"), "Blocks")
		c.says("Seen it", "issue", "view", issue("1"), "--plain", "--comments", "5")
		c.says("Issues unlinked", "issue", "unlink", issue("1"), issue("2"))
		c.says(issue("4"), "issue", "clone", issue("1"), "-sA clone", "-Hdark:bright")
		for _, way := range ways {
			c.says("transitioned", "issue", "move", issue("1"), way)
		}
		c.refuses("invalid transition state", "issue", "move", issue("1"), "Bogus")

		c.says(issue("5"), "epic", "create", "-nLights", "-sAll lights", "-bepic", "--no-input")
		c.says("added to the epic", "epic", "add", issue("5"), issue("2"))
		c.says("The switch is loose", "epic", "list", issue("5"), "--plain")
		c.says("unassigned", "epic", "remove", issue("2"))
		c.refuses("subtasks", "issue", "delete", issue("1"))
		c.says("removed", "issue", "delete", issue("1"), "--cascade")
		c.refuses("404", "issue", "view", issue("1"), "--plain")
	})
}
