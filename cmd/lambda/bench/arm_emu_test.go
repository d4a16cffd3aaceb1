//go:build emu

package main

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// emulator returns the path of an emulator of the processor that the functions
// are deployed on, and fails if there is none.
func emulator(t *testing.T) string {
	t.Helper()
	const name = "qemu-aarch64-static"
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	path, err = filepath.Abs(filepath.Join(cmp.Or(os.Getenv("ACCORD_EMU"), "../../../.emu"), name))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatalf("this test needs %s: run deploy/aws/emu/install.sh", name)
	}
	return path
}

// TestEveryZipStarts packs every function as it is deployed, and starts what is
// in its zip, on qemu 7.2 in user mode. None is over 12 MB.
func TestEveryZipStarts(t *testing.T) {
	qemu := emulator(t)
	mains, err := filepath.Glob("../*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{hello}
	for _, m := range mains {
		if name := filepath.Base(filepath.Dir(m)); name != "pack" && name != "bench" {
			names = append(names, name)
		}
	}
	t.Chdir("../../..")
	out := t.TempDir()
	if err := pack(out, "arm64", names); err != nil {
		t.Fatal(err)
	}
	server, env, err := around()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			zip := filepath.Join(out, name+".zip")
			zipped, binary, err := sizes(zip)
			if err != nil || zipped > 12_000_000 {
				t.Errorf("%s has %d bytes: %v", zip, zipped, err)
			}
			path, err := unzip(zip, filepath.Join(t.TempDir(), "bootstrap"))
			if err != nil {
				t.Fatal(err)
			}
			s, err := start(t.Context(), script(t, `exec "$QEMU" "$BOOTSTRAP"`), append([]string{"PATH=" + os.Getenv("PATH"), "QEMU=" + qemu, "BOOTSTRAP=" + path}, env...))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bytes, zipped %d, asks for its first event after %v", binary, zipped, s.took)
		})
	}
	if len(names) < 9 {
		t.Errorf("only %q are functions", names)
	}
}
