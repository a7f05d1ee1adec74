// Package interfaces finds the interfaces of refpolicy's headers that grant a domain an access that
// the policy refuses, the further access that each one gives, and the set of interfaces that grants
// several refused accesses at the least cost.
//
// The interfaces come from the headers (package refpolicy), the names from the policy: an interface
// for a service whose module is not installed differs from one that can be called.
//
// Start here: [New], [Finder.Search], [Finder.Effect].
package interfaces
