// Pack builds functions and zips each as Lambda takes it: NAME.zip with one
// file, bootstrap. The same source gives the same bytes. It is run in the root
// of the repository, and prints the sizes.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

func main() {
	arch := flag.String("arch", "arm64", "of the function")
	out := flag.String("o", "dist/lambda", "folder of the zips")
	flag.Parse()
	for _, name := range flag.Args() {
		binary, zipped, err := pack(name, *arch, *out)
		if err != nil {
			fmt.Fprintln(os.Stderr, "pack:", err)
			os.Exit(1)
		}
		fmt.Printf("%-10s %5.1f MB, zipped %4.1f MB\n", name, float64(binary)/1e6, float64(zipped)/1e6)
	}
}

// flags leave out what a function does not need: debugging tables, names of
// folders, and the interface of old runtimes.
var flags = []string{"-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid="}

// pack writes one zip and returns the sizes of the binary and of the zip in bytes.
func pack(name, arch, out string) (binary, zipped int64, err error) {
	temp, err := os.MkdirTemp("", "pack")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(temp)
	built := filepath.Join(temp, "bootstrap")
	cmd := exec.Command("go", append(append([]string{"build", "-o", built}, flags...), "./cmd/lambda/"+name)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if text, err := cmd.CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("build %s: %w\n%s", name, err, text)
	}
	b, err := os.ReadFile(built)
	if err != nil {
		return 0, 0, err
	}
	var z bytes.Buffer
	if err := write(&z, b); err != nil {
		return 0, 0, fmt.Errorf("zip %s: %w", name, err)
	}
	zip := filepath.Join(out, name+".zip")
	if err := os.MkdirAll(filepath.Dir(zip), 0o755); err != nil {
		return 0, 0, err
	}
	return int64(len(b)), int64(z.Len()), os.WriteFile(zip, z.Bytes(), 0o644)
}

// write writes a zip of one executable, whose time is always the same.
func write(w io.Writer, bootstrap []byte) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	h := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	h.SetMode(0o755)
	f, err := z.CreateHeader(h)
	if err == nil {
		_, err = f.Write(bootstrap)
	}
	if err != nil {
		return err
	}
	return z.Close()
}
