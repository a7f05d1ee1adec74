// Package object finds the fixes of a refused access to anything but a port: a file, a
// socket, a process, a capability, a message. Each has its exact cost: which other
// domains may do the same then, and which may not any more.
//
// What is wrong with the label of a file is put right by the label, never by a rule: a
// rule would open all that is mislabelled so. Nothing is guessed about what lies on a
// disk; costs are counted in domains, not in files.
//
// Start here: [Find].
package object
