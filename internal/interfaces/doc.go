// Package interfaces finds, for a policy, the interfaces of refpolicy's headers that grant
// a domain the access it is refused, the further access that each one opens, and the set
// that grants several refusals at the least cost.
//
// Interfaces are asked as headers have them (package refpolicy), their names as the
// policy has them: an interface for a service whose module is not there is told from one
// that can be called.
//
// Start here: [New], [Finder.Search], [Finder.Effect].
package interfaces
