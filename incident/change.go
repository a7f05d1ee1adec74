package incident

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// A ChangeKind is the kind of a change.
type ChangeKind string

// The kinds of changes, in the order in which they are listed.
const (
	BooleanSet   ChangeKind = "boolean"
	PolicyLoaded ChangeKind = "policy"
	LocalRecord  ChangeKind = "semanage" // a local record: port, fcontext, login ...
	ModeSet      ChangeKind = "mode"     // enforcing or permissive
	OtherChange  ChangeKind = "other"    // labelled networking, and all other kinds
)

var changeOrder = [...]ChangeKind{BooleanSet, PolicyLoaded, LocalRecord, ModeSet, OtherChange}

// A Change is a change of the system's policy, from a MAC_* record, a notice of the kernel or a
// record of semanage. Changes can be compared with ==.
type Change struct {
	Kind ChangeKind
	// Boolean is the name of a boolean. On is its new value, or the new enforcing mode.
	Boolean string
	On      bool
	// Resource, Op, Protocol, Port and Label describe a local record: port, add, tcp, 5601,
	// http_port_t. Failed says that the change failed.
	Resource, Op, Protocol, Port, Label string
	Failed                              bool
	// Type is the type of the record, only for OtherChange.
	Type string
}

// A ChangeGroup is a group of equal changes.
type ChangeGroup struct {
	Change
	Count int64
}

// changeOf reads a change record.
func changeOf(c *audit.Change) Change {
	mode := strings.HasSuffix(c.Type, "_STATUS") || c.Op == "setenforce"
	switch {
	case c.Boolean != "" && c.Value != nil:
		return Change{Kind: BooleanSet, Boolean: c.Boolean, On: *c.Value == 1}
	case strings.HasSuffix(c.Type, "POLICY_LOAD") || c.Op == "policyload":
		return Change{Kind: PolicyLoaded}
	case mode && c.Value != nil:
		return Change{Kind: ModeSet, On: *c.Value == 1}
	case field(c.Fields, "resrc") != "":
		return localRecord(c)
	}
	return Change{Kind: OtherChange, Type: c.Type}
}

// localRecord reads the change of a record by semanage (USER_MAC_CONFIG_CHANGE).
func localRecord(c *audit.Change) Change {
	protocol := field(c.Fields, "proto")
	switch protocol {
	case "6":
		protocol = "tcp"
	case "17":
		protocol = "udp"
	}
	return Change{
		Kind: LocalRecord, Resource: field(c.Fields, "resrc"), Op: c.Op, Protocol: protocol,
		Port:  field(c.Fields, "lport"),
		Label: audit.ContextType(field(c.Fields, "tcontext")), Failed: c.Success != nil && !*c.Success,
	}
}

func field(fields []audit.Field, key string) string {
	for _, f := range fields {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

func compareChanges(a, b *Change) int {
	order := func(k ChangeKind) int { return slices.Index(changeOrder[:], k) }
	on := func(c *Change) int {
		if c.On {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(order(a.Kind), order(b.Kind)), cmp.Compare(a.Boolean, b.Boolean),
		cmp.Compare(on(a), on(b)),
		cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Op, b.Op), cmp.Compare(a.Protocol, b.Protocol),
		cmp.Compare(a.Port, b.Port),
		cmp.Compare(a.Label, b.Label), cmp.Compare(a.Type, b.Type))
}
