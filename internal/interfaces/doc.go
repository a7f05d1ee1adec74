// Package interfaces says what the interfaces of refpolicy's headers do under a policy:
// which would grant a domain what it is refused, what each opens beyond that, and which
// of them together grant all of several refusals at the least cost.
//
// Interfaces are asked as headers have them (package refpolicy), their names as the
// policy has them: an interface for a service whose module is not there is told from one
// that can be called.
//
// Start here: [New], [Finder.Search], [Finder.Effect].
package interfaces
