// Package modsource writes the sources of a module in refpolicy's style for a domain, its ports and its denials, and
// checks sources against the headers and a policy.
//
// Start here: [New], [Lint].
package modsource
