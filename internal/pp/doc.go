// Package pp reads and writes policy packages (files named NAME.pp) and the module policies in
// them, and converts them to CIL.
//
// A package is a container of sections: the module policy that checkmodule writes, and the files
// that semodule_package adds: file contexts, and in a base module the logins, the prefixes of users
// and netfilter contexts. A module policy is a policy whose symbols are declared or required, with
// rules in blocks: the global one, and one for each optional.
//
// [Package.CIL] returns, byte for byte, the text that hll/pp writes, the program that libsemanage
// runs for a package. The names of sets and optionals, the order and the oddities are the same,
// since policies depend on them.
//
// # Differences from libsepol 3.4
//
// This package refuses input for which libsepol continues or crashes: names with a NUL byte, a
// symbol whose value is far beyond the number of symbols, any number that refers to nothing, a
// list of more than 2,147,483,647 records, a level without a sensitivity, and text of more than
// [MaxText] bytes. It does not check whether the contexts of a base module are valid; the CIL
// compiler does.
package pp
