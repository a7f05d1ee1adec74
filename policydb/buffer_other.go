//go:build !linux

package policydb

import "unsafe"

// newBuffer returns an empty buffer for n bytes.
func newBuffer(n int) []byte { return make([]byte, 0, n) }

// populate does nothing: only Linux is asked for pages at once.
func populate(unsafe.Pointer, int) {}
