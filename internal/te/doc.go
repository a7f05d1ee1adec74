// Package te compiles the sources of policy modules (files named NAME.te) as people and
// audit2allow write them: what checkmodule 3.4 takes after its -m option. The result is
// a module policy of package pp, byte for byte the file that checkmodule writes.
//
// A source has one statement after another:
//
//	module local 1.0;
//	require { type httpd_t; type http_port_t; class tcp_socket name_connect; }
//	allow httpd_t http_port_t:tcp_socket name_connect;
//
// As checkmodule does, the compiler goes over them twice: the first time it declares and
// requires symbols, which gives them their numbers, and the second time it makes the
// rules. Symbols have to be declared or required in the block of a rule or in one
// around it.
//
// Interfaces and the other macros of refpolicy are not part of the language: m4 has to
// replace them before. Where a source calls one, the error names it.
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
