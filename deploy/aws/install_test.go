package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestInstall: what does not arrive is tried three times and then told; what
// arrived is not fetched again; and a tool that is missing is named.
func TestInstall(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"python3": `[ "$2" != venv ] || { mkdir -p "$4/bin" && ln -sf "$(type -P true)" "$4/bin/pip"; }`,
		"npm":     `case $1 in pack) [ -e "$DIR/online" ] && tar -czf x.tgz -C "$DIR" package ;; esac`,
		"node":    `echo linux-x64`,
		"mvn":     `:`,
		"javac":   `:`,
	} {
		text = "#!/usr/bin/env bash\necho " + name + " $1 >>\"$DIR/asked\"\n" + text + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, machine := range []string{"ubuntu/x86_64", "ubuntu/aarch64", "macos/x86_64", "macos/aarch64"} {
		if err := os.MkdirAll(filepath.Join(dir, "package/bin", machine), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "package/bin", machine, "cfn-guard"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	install := func(path string) (said, asked string, err error) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "asked"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		c := exec.Command("bash", "emu/install.sh")
		c.Env = []string{"PATH=" + path, "DIR=" + dir, "ACCORD_EMU=" + dir + "/emu", "ACCORD_PAUSE=0"}
		out, err := c.CombinedOutput()
		b, _ := os.ReadFile(filepath.Join(dir, "asked"))
		return string(out), string(b), err
	}
	path := dir + ":" + os.Getenv("PATH")
	said, asked, err := install(path)
	if err == nil || strings.Count(asked, "npm pack") != 3 || !strings.Contains(said, "install: try 3 of 3 failed: guard\ninstall: there is no guard\n") {
		t.Errorf("%v\n%s\n%s", err, said, asked)
	}
	if err := os.WriteFile(filepath.Join(dir, "online"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, asked, err := install(path); err != nil || strings.Contains(asked, "npm install") || strings.Count(asked, "npm pack") != 1 || !strings.Contains(said, "has it all") {
		t.Errorf("the second time: %v\n%s\n%s", err, said, asked)
	}
	if said, asked, err := install(path); err != nil || strings.Contains(asked, "npm") {
		t.Errorf("the third time: %v\n%s\n%s", err, said, asked)
	}
	if err := os.Remove(filepath.Join(dir, "mvn")); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"bash", "dirname", "mkdir", "tar"} {
		real, err := exec.LookPath(command)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(real, filepath.Join(dir, command)); err != nil {
			t.Fatal(err)
		}
	}
	if said, _, err := install(dir); err == nil || said != "install: it needs mvn, which is not there\n" {
		t.Errorf("%v: %s", err, said)
	}
}
