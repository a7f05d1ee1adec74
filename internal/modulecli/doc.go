// Package modulecli is the personalities checkmodule, semodule_package and
// semodule_unpackage: their flags, files and exit codes, of release 3.4. The messages
// are senet's.
//
// # Differences
//
//   - checkmodule builds policy modules, not base modules: without -m it ends with 1.
//   - A module that its version cannot hold leaves no file; checkmodule leaves the
//     beginning of one.
//   - What package te refuses (see there) is refused.
package modulecli
