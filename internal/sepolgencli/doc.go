// Package sepolgencli is audit2allow(1) and audit2why(1) of sepolgen 3.4: the same options, messages, rules and exit
// codes, without Python.
//
// docs/audit2allow-differences.md says where the two differ.
//
// Start here: [Audit2allow], [Audit2why].
package sepolgencli
