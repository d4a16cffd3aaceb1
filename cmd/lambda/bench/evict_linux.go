package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// evict takes a file out of the page cache, and says so only if it has gone.
func evict(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil { // what is not on the disk yet stays
		return err
	}
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	if _, _, e := syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0); e != 0 {
		return fmt.Errorf("evict %s: %w", path, e)
	}
	left, err := cached(f)
	if err == nil && left > 0 {
		err = fmt.Errorf("evict %s: %d pages stay", path, left)
	}
	return err
}

// cached is how many pages of a file are in the page cache.
func cached(f *os.File) (pages int, err error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return 0, err
	}
	m, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return 0, err
	}
	size := os.Getpagesize()
	in := make([]byte, (len(m)+size-1)/size)
	_, _, e := syscall.Syscall(syscall.SYS_MINCORE, uintptr(unsafe.Pointer(&m[0])), uintptr(len(m)), uintptr(unsafe.Pointer(&in[0])))
	if e != 0 {
		err = e
	}
	for _, p := range in {
		pages += int(p & 1)
	}
	return pages, errors.Join(err, syscall.Munmap(m))
}
