// Package examples holds a small SELinux policy, written for senet, that is compiled into the
// binary: senet uses it if there is no other policy, and its documentation and tests rely on it.
//
// Its source is example.cil; build.sh compiles it.
//
// Start here: [Policy].
package examples

import _ "embed"

//go:embed example.policy
var policy string

// Policy returns the example policy in the kernel's binary format: target
// SELinux, version 33, MLS with the one sensitivity s0 and the categories c0 to
// c1023, unknown classes and permissions denied. The string shares the memory of
// the program; nothing is copied.
func Policy() string {
	return policy
}
