// Package incident makes findings from a log: what was refused, how often, the verdict of
// the policy today, what would be refused next, and which change to make first.
//
// Start here: [Read] reads a log, [Explain] asks a policy about it. [OwnLog] chooses the
// log of a machine. The answers are values; the package neither writes nor parses
// sentences.
package incident
