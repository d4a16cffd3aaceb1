//go:build !linux

package main

import "errors"

// evict takes a file out of the page cache.
func evict(string) error { return errors.New("a file is evicted on Linux only") }
