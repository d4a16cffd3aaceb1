package aslambda

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const module = "module example.com/accord\n"

// Find returns a folder with the functions that Serve runs. If dir is "" they
// are built, into dist/local of the source tree that this process runs in; the
// one named by debug, if any, so that a debugger understands it. The error says
// what to do.
func Find(ctx context.Context, dir, debug string) (string, error) {
	if dir != "" {
		return dir, there(dir)
	}
	root, err := tree()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(root, "dist", "local")
	for _, name := range Names() {
		if err := Build(ctx, root, dir, name, name == debug); err != nil {
			return "", err
		}
	}
	return dir, nil
}

func there(dir string) error {
	for _, name := range Names() {
		info, err := os.Stat(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) || err == nil && (info.IsDir() || info.Mode()&0o111 == 0) {
			return fmt.Errorf("find functions: %s has no program %s; `make lambda-local` in the source tree builds them into dist/local", dir, name)
		} else if err != nil {
			return fmt.Errorf("find functions: %w", err)
		}
	}
	return nil
}

// tree is the root of the source tree that the working folder is in.
func tree() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(b), module) {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("find functions: this is not the source tree, where they could be built; say --functions DIR, with what `make lambda-local` has built there into dist/local")
		}
		dir = filepath.Dir(dir)
	}
}

// Build builds one function of the source tree root into dir, for this machine
// and a state on it; to be debugged without optimizations.
func Build(ctx context.Context, root, dir, name string, debugged bool) error {
	args := []string{"build", "-tags", "local,lambda.norpc", "-o", filepath.Join(dir, name)}
	if debugged {
		args = append(args, "-gcflags", "all=-N -l")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./cmd/lambda/"+name)...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("build function %s: there is no Go on the PATH; say --functions DIR, with what `make lambda-local` has built elsewhere", name)
	} else if err != nil {
		return fmt.Errorf("build function %s: %w\n%s", name, err, out)
	}
	return nil
}
