//go:build unix && !linux

package cluster

import "syscall"

// childAttr: only Linux has a parent-death signal. Elsewhere a broker outlives a test process that is killed.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
