//go:build !linux

package runtimeapi

import "syscall"

// Bootstraps for Lambda run on Linux. Elsewhere this builds, and bounds neither
// CPU nor the temporary folder while an event is handled.

const core = 1769

func isolations() []*syscall.SysProcAttr { return []*syscall.SysProcAttr{nil} }

func (p *process) govern(stop <-chan struct{}) { <-stop }

func (p *process) look() {}

func tidy() {}
