// Package packetfilter follows a packet through the packet filter of a host, as
// far as that decides its SECMARK label: nftables and iptables, whose chains are
// facts of package host.
//
// A packet may be known in part: its source port is any of a range, or its
// address is not known. A rule that may match or not leads to two outcomes, so a
// walk has a set of outcomes, each with the rule that it hangs on. The set is an
// upper bound: a real packet comes to one of the outcomes.
package packetfilter
