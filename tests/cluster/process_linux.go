package cluster

import "syscall"

// childAttr makes the kernel kill the child when this process ends in any way, SIGKILL included.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
