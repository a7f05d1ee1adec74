// Package manpage writes manual pages, in the man macros of troff, from the texts
// that the program itself prints: what --help says of a command, and the pages of
// senet explain. A page and the help cannot differ, for there is one source.
//
// Output depends on the input alone: the date and the version are told, not asked.
package manpage
