package explain

import (
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
)

// An Answer is the page about one word.
type Answer struct {
	Topic string `json:"topic"` // the word, as on its page
	Kind  Kind   `json:"kind"`
	Title string `json:"title"`
	// State says why no check asks for a permission: dead (no kernel since 2.6.30), absent (the
	// kernel's classes lack it), never (not in this class).
	State string `json:"state,omitempty"`
	// Text is paragraphs, items of lists ("* ") and verbatim lines (indented by four blanks), with
	// empty lines between blocks, without line breaks inside blocks.
	Text string `json:"text"`
	// Live has the facts of the policy and the host, nil if there are none.
	Live *Live    `json:"live"`
	See  []string `json:"see"` // words with related pages
}

// Live depends on the policy and the host. Only the fields for the kind of the page are set.
type Live struct {
	Policy string     `json:"policy"` // the path, or "example"
	Host   host.Facts `json:"host"`
	// Layers are the layers of a TCP connection, or one layer.
	Layers []LayerRow `json:"layers,omitempty"`
	// Checks are the kernel's checks that ask for the permission.
	Checks []Check `json:"checks,omitempty"`
	// Grants are the allow rules that grant the permission, by class.
	Grants []Grant `json:"grants,omitempty"`
	// DeadRules is the number of allow rules that grant a permission that no kernel since 2.6.30
	// checks.
	DeadRules *int `json:"dead_rules,omitempty"`
	// Permissions are those of a class or of a macro.
	Permissions []PermState `json:"permissions,omitempty"`
	// Sockets are the kinds of sockets with the class.
	Sockets []network.Protocol `json:"sockets,omitempty"`
	// Rules are the rules of an interface.
	Rules []MacroRule `json:"rules,omitempty"`
	// Statements are what an interface makes beside allow rules, as the policy language
	// writes it.
	Statements []string `json:"statements,omitempty"`
	// Type is about a type or attribute of the policy.
	Type *TypeFacts `json:"type,omitempty"`
	// Domain has the facts of a type of processes.
	Domain *DomainFacts `json:"domain,omitempty"`
	// Boolean has the facts of a boolean of the policy.
	Boolean *BooleanFacts `json:"boolean,omitempty"`
	// Enabled says whether a policy capability is on.
	Enabled *bool `json:"enabled,omitempty"`
}

// Asked says whether the kernel makes a check on this host.
type Asked string

// The values of Asked.
const (
	AskedYes     Asked = "yes"
	AskedNo      Asked = "no"
	AskedPartly  Asked = "partly"  // for some ports, or some kinds of sockets
	AskedUnknown Asked = "unknown" // a fact of the host is not known
)

// A LayerRow is a group of checks of one layer that differ only in the permission.
type LayerRow struct {
	Layer  network.Layer     `json:"layer"`
	Class  string            `json:"class"`
	Perms  []string          `json:"perms"`
	Source network.Party     `json:"source"`
	Target network.Party     `json:"target"`
	Client bool              `json:"client"` // made when a program connects, sends and receives
	Server bool              `json:"server"` // made when it binds, listens, accepts, receives and sends
	When   network.Condition `json:"when"`
	Asked  Asked             `json:"asked"`
	// Why says what decides, if the check is not made or not always made.
	Why []string `json:"why,omitempty"`
}

// A Check is one row of package network with its state under the policy and on the host.
type Check struct {
	Call    network.Call      `json:"call"`
	Layer   network.Layer     `json:"layer"`
	Source  network.Party     `json:"source"`
	Target  network.Party     `json:"target"`
	Class   string            `json:"class"` // "" for the class of the socket
	Perm    string            `json:"perm"`
	When    network.Condition `json:"when"`
	Errno   network.Errno     `json:"errno"`
	Mirrors string            `json:"mirrors"` // the kernel's function
	Asked   Asked             `json:"asked"`
	// Sockets are the kinds of sockets for which the check is made here.
	Sockets []network.Protocol `json:"sockets"`
	// Not are the sockets for which it is not made here, by reason. A kind may be in both lists, if
	// the port decides.
	Not []NotAsked `json:"not,omitempty"`
}

// A NotAsked is a reason why a check is not made.
type NotAsked struct {
	Why     string             `json:"why"`
	Sockets []network.Protocol `json:"sockets"`
}

// A Grant counts the allow rules of the policy that grant a permission of a class.
type Grant struct {
	Class string `json:"class"`
	Rules int    `json:"rules"` // as written, active or not
	// Conditional counts those in a conditional.
	Conditional int `json:"conditional"`
}

// A PermState says which checks ask for a permission of a class.
type PermState struct {
	Name string `json:"name"`
	// State is asked, not asked (here), unknown (a fact of the host is missing), dead (by no kernel
	// since 2.6.30), absent (from the kernel's classes), never (in this class), or "" if senet does
	// not know the permission.
	State string `json:"state"`
	// By are the calls that ask, Why the reasons why they do not ask here.
	By  []string `json:"by,omitempty"`
	Why string   `json:"why,omitempty"`
	// Rules is the number of allow rules that grant it.
	Rules int `json:"rules"`
}

// A MacroRule is a rule of an interface.
type MacroRule struct {
	Source string `json:"source"`
	Target string `json:"target"`
	// Known says whether the policy has the type or attribute Target.
	Known bool `json:"known"`
	// When is the condition under which it holds: of booleans, or that the policy has what an
	// optional block names. "" for always.
	When  string      `json:"when,omitempty"`
	Class string      `json:"class"`
	Perms []PermState `json:"perms"`
}

// TypeFacts are the facts of a type or an attribute.
type TypeFacts struct {
	Name      string `json:"name"` // of the type, if the word is an alias
	Attribute bool   `json:"attribute"`
	Members   int    `json:"members,omitempty"` // of an attribute
	// InitialSIDs are the initial SIDs with this label, of port, netif, node, unlabeled and netmsg.
	InitialSIDs []string `json:"initial_sids,omitempty"`
	// Portcons, Nodecons and Netifcons count the statements with the label.
	Portcons  int `json:"portcons"`
	Nodecons  int `json:"nodecons"`
	Netifcons int `json:"netifcons"`
	// Ports are the ports with this label, where the first matching portcon decides.
	Ports []ProtocolPorts `json:"ports,omitempty"`
	// AsSource and AsTarget count the allow rules that apply to it.
	AsSource int `json:"rules_as_source"`
	AsTarget int `json:"rules_as_target"`
}

// ProtocolPorts are the ports of one protocol with the label of a type, and how many domains may
// use at least one of them.
type ProtocolPorts struct {
	Protocol network.Protocol `json:"protocol"`
	Ports    portset.Set      `json:"ports"`
	// Connect and Bind count domains; Connect is -1 for protocols without a check of connections.
	Connect int `json:"connect"`
	Bind    int `json:"bind"`
}

// DomainFacts summarize what a domain may do.
type DomainFacts struct {
	Context    string `json:"context"` // an assumed context, as of a service
	Permissive bool   `json:"permissive"`
	Bounds     string `json:"bounds,omitempty"`
	// Client and Server say whether it may connect its own TCP sockets, and listen on them.
	Client bool `json:"client"`
	Server bool `json:"server"`
	// TCPConnect, TCPBind and UDPBind count ports.
	TCPConnect int `json:"tcp_connect"`
	TCPBind    int `json:"tcp_bind"`
	UDPBind    int `json:"udp_bind"`
}

// BooleanFacts are the effects of a boolean.
type BooleanFacts struct {
	// Description tells the purpose of the boolean, from the policy's documentation; absent if unknown.
	Description string `json:"description,omitempty"`
	State       bool   `json:"state"`   // the value used for the answer
	Default     bool   `json:"default"` // the default in the policy
	// On and Off are the allow rules that are active only with that value, with the present values
	// of other booleans.
	On  Switched `json:"on"`
	Off Switched `json:"off"`
	// With are the other booleans of the same conditionals.
	With []string `json:"with,omitempty"`
}

// Switched are allow rules that one value of a boolean enables.
type Switched struct {
	Rules int         `json:"rules"`
	Perms []ClassPerm `json:"perms"` // network permissions, the most frequent first
	// Connect and Bind are the targets of name_connect and name_bind, as written.
	Connect []string `json:"connect"`
	Bind    []string `json:"bind"`
}

// A ClassPerm counts the rules that grant a permission.
type ClassPerm struct {
	Class string `json:"class"`
	Perm  string `json:"perm"`
	Rules int    `json:"rules"`
}
