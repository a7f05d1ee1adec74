// Package m4 expands macros as GNU m4 1.4 does. It supports what the headers of refpolicy and the
// sources of modules use. Unlike m4 it runs no programs, reads no files and is bounded in time,
// memory and depth: sources may be hostile.
//
//	e := m4.New(m4.Options{})
//	e.Define("read_file_perms", "{ getattr open read }")
//	text, err := e.Expand("web.te", source)
//
// A call of a macro that this package does not support (changequote, include, syscmd, divert to a
// number and others) is an error with its place.
//
// # Differences from GNU m4
//
//   - A word and a call do not reach from one file into the next.
//   - Calls of built-in macros with too few or too many arguments are not warned of.
//   - A word that is not a number is an error, where m4 warns and continues.
//   - What errprint prints is kept, see [Engine.Messages].
package m4
