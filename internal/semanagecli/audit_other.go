//go:build !linux

package semanagecli

// auditSystem does nothing: this system has no audit.
func auditSystem(uint16, string, bool) {}
