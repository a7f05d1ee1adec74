// Package object finds the fixes of a refused access to anything but a port: a file, a socket, a
// process, a capability, a message. Each has its exact cost: which other domains gain the same
// access, and which lose it.
//
// A wrong label of a file is fixed by the right label, never by a rule: a rule would open all files
// with that wrong label. Nothing is guessed about the files on a disk; costs are counted in
// domains, not in files.
//
// Start here: [Find].
package object
