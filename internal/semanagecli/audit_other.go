//go:build !linux

package semanagecli

// auditSystem has no audit to write to.
func auditSystem(uint16, string, bool) {}
