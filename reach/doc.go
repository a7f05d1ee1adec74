// Package reach computes exact sets of network access over a whole policy:
// which ports a domain may bind or connect to, which domains may use a port,
// and the complete matrix of both.
//
// The ports of a protocol fall into a few hundred runs that the policy labels
// alike ([policy.Policy.PortSegments]) and the host treats alike (the local
// port range, the privileged ports). Each verdict is made once for each of
// them, by the same checks as network.Ask, and the sets are exact.
//
// Start here: [New], then [Reacher.Ports] or [Reacher.Who].
package reach
