//go:build !linux

package policydb

// newBuffer returns an empty buffer for n bytes.
func newBuffer(n int) []byte { return make([]byte, 0, n) }
