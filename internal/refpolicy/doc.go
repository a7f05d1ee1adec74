// Package refpolicy reads the headers of refpolicy that distributions install for people
// who write modules: interfaces, templates and the macros that these are written with.
// It expands calls of them as m4 does, without m4.
//
// Nothing of the headers is part of senet: an interface grants what the headers
// of the machine say.
//
// Start here: [Open], [Headers.Expand].
package refpolicy
