package explain

import (
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
)

// An Answer is the page about one word.
type Answer struct {
	Topic string `json:"topic"` // the word, as its page has it
	Kind  Kind   `json:"kind"`
	Title string `json:"title"`
	// State says of a permission that no check asks for why: dead (no kernel since
	// 2.6.30), absent (the kernel's classes lack it), never (not in this class).
	State string `json:"state,omitempty"`
	// Text is paragraphs, items of lists ("* ") and verbatim lines (indented by
	// four blanks), with empty lines between blocks, none of them wrapped.
	Text string `json:"text"`
	// Live is what the policy and the host add, nil where they add nothing.
	Live *Live    `json:"live"`
	See  []string `json:"see"` // words whose pages lead on
}

// Live is what depends on the policy and the host. Only the fields that the kind
// of the page calls for are set.
type Live struct {
	Policy string     `json:"policy"` // the path, or "example"
	Host   host.Facts `json:"host"`
	// Layers are those of a TCP connection, or of one layer.
	Layers []LayerRow `json:"layers,omitempty"`
	// Checks are the kernel's checks that ask for the permission.
	Checks []Check `json:"checks,omitempty"`
	// Grants are the allow rules that grant the permission, by class.
	Grants []Grant `json:"grants,omitempty"`
	// DeadRules is the number of allow rules that grant at least one permission
	// that no kernel since 2.6.30 asks for.
	DeadRules *int `json:"dead_rules,omitempty"`
	// Permissions are those of a class, or those that a macro stands for.
	Permissions []PermState `json:"permissions,omitempty"`
	// Sockets are the kinds of sockets that have the class.
	Sockets []network.Protocol `json:"sockets,omitempty"`
	// Rules are those that an interface makes.
	Rules []MacroRule `json:"rules,omitempty"`
	// Statements are what an interface makes beside allow rules, as the policy language
	// writes it.
	Statements []string `json:"statements,omitempty"`
	// Type is about a type or attribute of the policy.
	Type *TypeFacts `json:"type,omitempty"`
	// Domain is about a type that processes run as.
	Domain *DomainFacts `json:"domain,omitempty"`
	// Boolean is about a boolean of the policy.
	Boolean *BooleanFacts `json:"boolean,omitempty"`
	// Enabled is whether the policy has a policy capability on.
	Enabled *bool `json:"enabled,omitempty"`
}

// Asked says whether the kernel makes a check here.
type Asked string

// The values of Asked.
const (
	AskedYes     Asked = "yes"
	AskedNo      Asked = "no"
	AskedPartly  Asked = "partly"  // for some ports, or some kinds of sockets
	AskedUnknown Asked = "unknown" // a fact of the host is not known
)

// A LayerRow is a group of checks of one layer that have everything in common
// but the permission.
type LayerRow struct {
	Layer  network.Layer     `json:"layer"`
	Class  string            `json:"class"`
	Perms  []string          `json:"perms"`
	Source network.Party     `json:"source"`
	Target network.Party     `json:"target"`
	Client bool              `json:"client"` // asked when a program connects, sends and receives
	Server bool              `json:"server"` // asked when it binds, listens, accepts, receives and sends
	When   network.Condition `json:"when"`
	Asked  Asked             `json:"asked"`
	// Why says, where the check is not made or not always, what decides.
	Why []string `json:"why,omitempty"`
}

// A Check is one row of package network with its state under the policy and on
// the host.
type Check struct {
	Call    network.Call      `json:"call"`
	Layer   network.Layer     `json:"layer"`
	Source  network.Party     `json:"source"`
	Target  network.Party     `json:"target"`
	Class   string            `json:"class"` // "" for that of the socket
	Perm    string            `json:"perm"`
	When    network.Condition `json:"when"`
	Errno   network.Errno     `json:"errno"`
	Mirrors string            `json:"mirrors"` // the kernel's function
	Asked   Asked             `json:"asked"`
	// Sockets are the kinds for which it is asked here.
	Sockets []network.Protocol `json:"sockets"`
	// Not says for which sockets it is not asked here, by reason. A kind may
	// stand in both, where the port decides.
	Not []NotAsked `json:"not,omitempty"`
}

// A NotAsked is a reason for which a check is not made.
type NotAsked struct {
	Why     string             `json:"why"`
	Sockets []network.Protocol `json:"sockets"`
}

// A Grant is how many allow rules of the policy grant a permission of a class.
type Grant struct {
	Class string `json:"class"`
	Rules int    `json:"rules"` // as written, in force or not
	// Conditional is how many of them stand in a conditional.
	Conditional int `json:"conditional"`
}

// A PermState says who asks for a permission of a class.
type PermState struct {
	Name string `json:"name"`
	// State is asked, not asked (here), unknown (a fact of the host is missing),
	// dead (by no kernel since 2.6.30), absent (from the kernel's classes), never
	// (in this class) or "" where senet does not know the permission.
	State string `json:"state"`
	// By is the calls that ask, Why what keeps them from asking here.
	By  []string `json:"by,omitempty"`
	Why string   `json:"why,omitempty"`
	// Rules is the number of allow rules that grant it.
	Rules int `json:"rules"`
}

// A MacroRule is a rule that an interface makes.
type MacroRule struct {
	Source string `json:"source"`
	Target string `json:"target"`
	// Known is whether the policy has the type or attribute Target.
	Known bool `json:"known"`
	// When is the condition under which it holds: of booleans, or that the policy has what an
	// optional block names. "" for always.
	When  string      `json:"when,omitempty"`
	Class string      `json:"class"`
	Perms []PermState `json:"perms"`
}

// TypeFacts are about a type or an attribute.
type TypeFacts struct {
	Name      string `json:"name"` // of the type, where the word is an alias
	Attribute bool   `json:"attribute"`
	Members   int    `json:"members,omitempty"` // of an attribute
	// InitialSIDs are those of port, netif, node, unlabeled and netmsg that it labels.
	InitialSIDs []string `json:"initial_sids,omitempty"`
	// Portcons, Nodecons and Netifcons count the statements that give the label.
	Portcons  int `json:"portcons"`
	Nodecons  int `json:"nodecons"`
	Netifcons int `json:"netifcons"`
	// Ports are those that it labels, the first portcon that fits deciding.
	Ports []ProtocolPorts `json:"ports,omitempty"`
	// AsSource and AsTarget count the allow rules that apply to it.
	AsSource int `json:"rules_as_source"`
	AsTarget int `json:"rules_as_target"`
}

// ProtocolPorts are the ports of one protocol that a type labels, and how many
// domains may use at least one of them.
type ProtocolPorts struct {
	Protocol network.Protocol `json:"protocol"`
	Ports    portset.Set      `json:"ports"`
	// Connect and Bind count domains; Connect is -1 for protocols whose clients
	// are not checked.
	Connect int `json:"connect"`
	Bind    int `json:"bind"`
}

// DomainFacts are a summary of what a domain may do.
type DomainFacts struct {
	Context    string `json:"context"` // that of a service, assumed
	Permissive bool   `json:"permissive"`
	Bounds     string `json:"bounds,omitempty"`
	// Client and Server say whether it may connect a TCP socket of its own, and
	// listen on one.
	Client bool `json:"client"`
	Server bool `json:"server"`
	// TCPConnect, TCPBind and UDPBind count ports.
	TCPConnect int `json:"tcp_connect"`
	TCPBind    int `json:"tcp_bind"`
	UDPBind    int `json:"udp_bind"`
}

// BooleanFacts are what a boolean switches.
type BooleanFacts struct {
	State   bool `json:"state"`   // as the answer takes it
	Default bool `json:"default"` // in the policy
	// On and Off are the allow rules that hold only with the one value, given the
	// others' values.
	On  Switched `json:"on"`
	Off Switched `json:"off"`
	// With are other booleans of the same conditionals.
	With []string `json:"with,omitempty"`
}

// Switched are allow rules that one value of a boolean puts in force.
type Switched struct {
	Rules int         `json:"rules"`
	Perms []ClassPerm `json:"perms"` // the network's, the most frequent first
	// Connect and Bind are the targets of name_connect and name_bind, as written.
	Connect []string `json:"connect"`
	Bind    []string `json:"bind"`
}

// A ClassPerm is how many rules grant a permission.
type ClassPerm struct {
	Class string `json:"class"`
	Perm  string `json:"perm"`
	Rules int    `json:"rules"`
}
