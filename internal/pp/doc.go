// Package pp reads and writes policy packages (files named NAME.pp) and the module
// policies in them, and converts them to CIL.
//
// A package is a container of sections: the module policy that checkmodule writes,
// and what semodule_package puts beside it: file contexts, and in a base module the
// logins, the prefixes of users and netfilter contexts. A module policy is a policy
// whose symbols are declared or required, with rules in blocks: the global one, and
// one for each optional.
//
// [Package.CIL] gives the text of hll/pp, the program that libsemanage runs for a
// package, byte for byte: its names for sets and optionals, its order, and its
// oddities, which policies depend on.
//
// # Differences from libsepol 3.4
//
// Where libsepol reads on or crashes, this package refuses: names with a NUL byte, a
// symbol whose value is far beyond the number of symbols, numbers that name nothing in
// any place, a level without a sensitivity, and text of more than [MaxText] bytes. It
// does not check that the contexts of a base module hold together; the CIL compiler
// does.
package pp
