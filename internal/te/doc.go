// Package te compiles the sources of policy modules (files named NAME.te) as people and audit2allow
// write them: the input of checkmodule 3.4 with the option -m. The result is a module policy of
// package pp, byte for byte the same as checkmodule's file.
//
// A source has one statement after another:
//
//	module local 1.0;
//	require { type httpd_t; type http_port_t; class tcp_socket name_connect; }
//	allow httpd_t http_port_t:tcp_socket name_connect;
//
// As checkmodule does, the compiler makes two passes: in the first one it declares and requires
// symbols and numbers them, in the second one it makes the rules. Symbols must be declared or
// required in the block of a rule or in an enclosing one.
//
// Interfaces and the other macros of refpolicy are not part of the language: m4 must replace them
// first. If a source calls one, the error names it.
//
// # Differences from checkmodule 3.4
//
//   - Base modules, and the dominance of roles, which is deprecated and which CIL has no
//     word for, are not taken.
//   - The levels of a user in a policy without levels are an error: checkmodule takes
//     what follows for something else.
//   - More than 32 permissions of a class are an error here; checkmodule writes a file
//     that cannot be read.
//   - Statements, sets and expressions can be 500 deep in each other.
package te
