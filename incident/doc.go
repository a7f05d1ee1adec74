// Package incident goes from a log to findings: what was refused, how often,
// what the policy says of it today, what would be refused next, and which change
// comes first.
//
// Start here: [Read] reads a log, [Explain] asks a policy about it. [OwnLog]
// chooses the log of a machine. The answers are values; no text is made and none
// is parsed.
package incident
