//go:build !linux

package semanagecli

// auditSystem has no audit to write to.
func auditSystem(string, bool) {}
