// Package reach computes exact sets of network access over a whole policy: which ports a
// domain may bind or connect to, which domains may use a port, and the complete matrix of
// both.
//
// The ports of a protocol form a few hundred ranges with equal labels in the policy
// ([policy.Policy.PortSegments]) and equal treatment by the host (the local port range,
// the privileged ports). Each verdict is computed once for each range, by the same checks
// as in network.Ask, so that the sets are exact.
//
// Start here: [New], then [Reacher.Ports] or [Reacher.Who].
package reach
