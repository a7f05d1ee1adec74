// Package m4 expands macros as GNU m4 1.4 does, as far as the headers of refpolicy and
// sources that are written for them ask for it. Unlike m4 it runs no programs, reads no
// files and is bounded in time, memory and depth: sources come from anywhere.
//
//	e := m4.New(m4.Options{})
//	e.Define("read_file_perms", "{ getattr open read }")
//	text, err := e.Expand("web.te", source)
//
// What m4 knows and this package does not (changequote, include, syscmd, divert to a
// number and their like) is an error with its place where it is called.
//
// # Differences from GNU m4
//
//   - A word and a call do not reach from one file into the next.
//   - Calls of built-in macros with too few or too many arguments are not warned of.
//   - A word that is no number, where m4 says so and goes on, is an error.
//   - What errprint prints is kept, see [Engine.Messages].
package m4
