package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"example.com/accord/jirasim"
)

// A store keeps a site in a file.
type store struct {
	sim  *jirasim.Sim
	path string // empty: nowhere
	last []byte // what the file holds
	turn uint64 // of the site, when it was written
}

// load reads the file, if there is one.
func (s *store) load() error {
	if s.path == "" {
		return nil
	}
	b, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(b) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read state: %w", err)
	}
	s.last = b
	return s.sim.Load(bytes.NewReader(b))
}

// save writes the file anew, if something changed, and never half of it.
func (s *store) save() error {
	turn := s.sim.Turns()
	if s.path == "" || s.last != nil && turn == s.turn {
		return nil
	}
	var b bytes.Buffer
	if err := s.sim.Save(&b); err != nil {
		return err
	}
	if bytes.Equal(b.Bytes(), s.last) {
		s.turn = turn
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(s.path), ".jirasim-*")
	if err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	_, err = f.Write(b.Bytes())
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), s.path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write state: %w", err)
	}
	s.last, s.turn = b.Bytes(), turn
	return nil
}
