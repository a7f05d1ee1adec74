package host

// A Filter is the packet filter of one network namespace, as far as it decides the SECMARK labels
// of packets: nftables and the older iptables, in one form. It is read only if a rule or object of
// the namespace has a label.
type Filter struct {
	// Chains are in the order in which the kernel lists them. Of the base chains of one hook, the chain with the
	// lowest priority comes first. Of two chains with the same priority the later one comes first, because
	// nf_hook_entries_grow puts it there.
	Chains []Chain `json:"chains"`
}

// A Chain is a list of rules. A base chain is entered from a hook, another by a
// jump.
type Chain struct {
	Family string `json:"family"` // ip, ip6, inet, arp, bridge, netdev
	Table  string `json:"table"`
	Name   string `json:"name"`
	// Hook is prerouting, input, forward, output, postrouting, ingress or egress;
	// "" for a chain that is not a base chain.
	Hook     string `json:"hook,omitempty"`
	Priority int    `json:"priority,omitempty"`
	Policy   string `json:"policy,omitempty"` // of a base chain: accept or drop
	// NAT says that the chain translates addresses. Only the first packet of a connection enters it, at the place
	// in the kernel for that (nf_nat_inet_fn).
	NAT bool `json:"nat,omitempty"`
	// Legacy says that the chain belongs to the older iptables. Its place among nftables chains of the same
	// priority is not known.
	Legacy bool   `json:"legacy,omitempty"`
	Rules  []Rule `json:"rules,omitempty"`
}

// A Rule has the steps of a packet filter rule: a step that does not match ends the rule.
type Rule struct {
	// Name is a name of the rule for people: its text, or "handle 7".
	Name  string `json:"name"`
	Steps []Step `json:"steps"`
}

// A Step is a match or an action: Field or Do is set.
type Step struct {
	// Field is the part of a packet that is compared. It is one of the Field constants;
	// FieldUnknown is a property of packets that senet does not know, named in Values.
	Field string `json:"field,omitempty"`
	// Values are the accepted values of Field: numbers and ranges of ports (80, 443-500), prefixes
	// and ranges of addresses, names of interfaces (eth* for a prefix), states of connections.
	Values []string `json:"values,omitempty"`
	Not    bool     `json:"not,omitempty"`
	// Do is one of the Do constants, and Arg its label or chain.
	Do  string `json:"do,omitempty"`
	Arg string `json:"arg,omitempty"`
}

// The fields that a step may compare.
const (
	FieldFamily    = "family"    // ip, ip6
	FieldProtocol  = "protocol"  // numbers: 6
	FieldSource    = "saddr"     // addresses
	FieldDest      = "daddr"     // addresses
	FieldSPort     = "sport"     // ports
	FieldDPort     = "dport"     // ports
	FieldPort      = "port"      // source or destination port
	FieldIn        = "iifname"   // names
	FieldOut       = "oifname"   // names
	FieldInIndex   = "iif"       // numbers of interfaces
	FieldOutIndex  = "oif"       // numbers of interfaces
	FieldState     = "ct state"  // new, established, related, invalid, untracked
	FieldDirection = "ct dir"    // original, reply
	FieldSecmark   = "secmark"   // none: the packet has no label
	FieldTCPFlags  = "tcp flags" // mask/value, in hexadecimal
	FieldNever     = "never"     // nothing matches
	FieldUnknown   = "unknown"   // Values has the name
)

// The actions of a step.
const (
	DoAccept    = "accept"
	DoDrop      = "drop"     // drop, reject
	DoReturn    = "return"   // to the calling chain; in a base chain the policy
	DoJump      = "jump"     // to Arg
	DoGoto      = "goto"     // to Arg, without coming back
	DoLabel     = "secmark"  // give the packet the label Arg
	DoSave      = "save"     // xt_CONNSECMARK: the packet's label to a connection without one
	DoRestore   = "restore"  // xt_CONNSECMARK: the connection's label to a packet without one
	DoToConn    = "to ct"    // nftables: ct secmark set meta secmark
	DoFromConn  = "from ct"  // nftables: meta secmark set ct secmark
	DoUntrack   = "notrack"  // no connection is tracked
	DoRewrite   = "nat"      // addresses or ports are changed
	DoElsewhere = "queue"    // a program or another host decides
	DoAnyLabel  = "label of" // a label that senet cannot tell
)
