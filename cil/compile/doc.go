// Package compile compiles CIL into a binary kernel policy, as libsepol and
// secilc do: what they accept it accepts, and what they write it writes, byte
// for byte.
//
// # Stages
//
// Each source is parsed, and the shape of its statements is checked, on its own
// and on all processors ([ReadModules]): a [Module] is a value that any number of
// builds use. Declaring walks the statements of all once: it enters what each
// declares into the table of its namespace and hangs it into a tree of scopes.
// Then the passes of libsepol's resolver follow in its order, because their order
// shows in the result: tunables, in, inheritance, calls. They touch lists of the
// few statements concerned, never the whole tree.
//
// What remains is one list of statements, in the order of the tree. Resolving
// looks every name up; a statement whose name is missing takes the optional
// that holds it away, with its declarations, until nothing changes. Only then
// are values given out, sets evaluated and rules written.
//
// Names, statements, scopes and declarations are numbers into arenas. No
// statement is copied: a macro called twice is the same text declared in two
// scopes.
//
// # Releases
//
// The language is that of the newest libsepol, or of the [Release] that is asked
// for. Where secilc decides otherwise is listed in docs/secilc-differences.md.
//
// Start here: [ReadModules] and [Build], or [Compile].
package compile
