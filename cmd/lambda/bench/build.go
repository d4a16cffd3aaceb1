package main

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// pack runs cmd/lambda/pack, so that what is measured is built as what is deployed.
func pack(into, arch string, names []string) error {
	c := exec.Command("go", append([]string{"run", "./cmd/lambda/pack", "-arch", arch, "-o", into}, names...)...)
	if text, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
}

// unzip writes the one file of a zip, and returns its path.
func unzip(from, to string) (string, error) {
	z, err := zip.OpenReader(from)
	if err != nil {
		return "", err
	}
	defer z.Close()
	in, err := z.Open("bootstrap")
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(in)
	if err != nil {
		return "", err
	}
	return to, os.WriteFile(to, b, 0o755)
}

// sizes returns how large a zip is, and what is in it, in bytes.
func sizes(path string) (zipped, binary int, err error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return 0, 0, err
	}
	defer z.Close()
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	return int(info.Size()), int(z.File[0].UncompressedSize64), nil
}
