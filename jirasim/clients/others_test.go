package clients_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"example.com/accord/jirasim"
)

// installed is the folder with the clients that are not in Go, which install.sh fills.
func installed(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("ACCORD_CLIENTS")
	if dir == "" {
		home, err := os.UserCacheDir()
		sure(t, err, "cache")
		dir = filepath.Join(home, "accord-clients")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("there are no clients; install them with jirasim/clients/install.sh %s: %v", dir, err)
	}
	return dir
}

// TestOthers tells the stories of the clients in other languages.
func TestOthers(t *testing.T) {
	dir := installed(t)
	python := filepath.Join(dir, "venv", "bin", "python")
	for _, story := range []struct {
		program, file string
		cloud, center bool // with which it speaks
	}{
		{"node", filepath.Join(dir, "node", "jira-client.mjs"), true, true},
		{"node", filepath.Join(dir, "node", "jira-connector.mjs"), true, true},
		{"node", filepath.Join(dir, "node", "jira-js.mjs"), true, false},
		{"node", filepath.Join(dir, "node", "jira-js-reads.mjs"), true, false},
		{python, filepath.Join("python", "jira_story.py"), true, true},
		{python, filepath.Join("python", "atlassian_story.py"), true, true},
		{python, filepath.Join("python", "jirate_story.py"), false, true},
	} {
		for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
			if f == jirasim.DataCenter && !story.center || f == jirasim.Cloud && !story.cloud {
				continue
			}
			t.Run(filepath.Base(story.file)+"/"+string(f), func(t *testing.T) {
				t.Parallel()
				s := open(t, f)
				out, err := exec.Command(story.program, story.file, s.url, string(f), s.project, s.login).CombinedOutput()
				if err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}
