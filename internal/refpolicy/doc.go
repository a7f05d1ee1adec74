// Package refpolicy reads the headers of refpolicy that distributions install for people who write
// modules: interfaces, templates and the macros that they use. It expands calls as m4 does, without
// m4.
//
// The headers are not part of senet: the installed headers define what an interface grants.
//
// Start here: [Open], [Headers.Expand].
package refpolicy
