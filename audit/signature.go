package audit

import (
	"cmp"
	"fmt"
	"strings"
)

// A Signature has the fields that equal denials share. These are all fields on which a verdict or a fix depends,
// and no field that only one occurrence has.
type Signature struct {
	Result      Result
	User        bool
	SourceType  string
	TargetType  string
	Class       string
	Permissions string // in the order of the log, with a blank between
	// Port is that of [AVC.Port].
	Port uint16
	// Object is the requested kernel module, or "socket:[*]" or "pipe:[*]" for an inherited socket or pipe. Files
	// with the same label have one cause, so their names are not here but in [Group.Objects].
	Object     string
	Netif      string
	Capability int // -1 if the denial is not about a capability
	// Command is the ioctl command or the type of a netlink message, "ioctl 0x8927" or "nlmsg 16". Rules may refuse
	// only one of them.
	Command string
	// Levels are the levels of source and target if they differ. With them a constraint may refuse what another
	// instance of the same types may do.
	Levels string
}

// signatureOf returns the signature of a denial.
func signatureOf(a *AVC) Signature {
	s := Signature{
		Result: a.Result, User: a.User, SourceType: contextKey(a.SContext), TargetType: contextKey(a.TContext),
		Class: a.TClass,
		Port:  a.Port(), Object: object(a), Netif: a.Netif, Capability: -1, Levels: levels(a),
	}
	if len(a.Permissions) == 1 {
		s.Permissions = a.Permissions[0]
	} else {
		s.Permissions = strings.Join(a.Permissions, " ")
	}
	if a.Capability != nil {
		s.Capability = *a.Capability
	}
	switch {
	case a.IoctlCmd != nil:
		s.Command = fmt.Sprintf("ioctl %#x", *a.IoctlCmd)
	case a.NlmsgType != nil:
		s.Command = fmt.Sprintf("nlmsg %d", *a.NlmsgType)
	}
	return s
}

// contextKey is the type of a context, or the whole text if it is not a context.
func contextKey(context string) string {
	if t := ContextType(context); t != "" {
		return t
	}
	return context
}

// levels returns the levels of a denial between two domains, or two sockets, if the levels differ: "s0:c1 s0:c2".
// It returns "" for a check of a port, a file or the process itself.
func levels(a *AVC) string {
	if !strings.HasSuffix(a.TClass, "socket") && a.TClass != "peer" && a.TClass != "association" &&
		a.TClass != "process" || a.Has("name_bind") || a.Has("name_connect") || a.Has("node_bind") {
		return ""
	}
	source, target := contextLevel(a.SContext), contextLevel(a.TContext)
	if source == target {
		return ""
	}
	return source + " " + target
}

func contextLevel(context string) string {
	for range 3 {
		_, rest, ok := strings.Cut(context, ":")
		if !ok {
			return ""
		}
		context = rest
	}
	return context
}

func object(a *AVC) string {
	if kind, ok := inherited(cmp.Or(a.Path, a.Name)); ok {
		return kind + "*]"
	}
	return a.KMod
}

// objectName returns the name that distinguishes an object from others with the same label.
func objectName(a *AVC) string {
	o := cmp.Or(a.Path, a.Name, serviceName(a))
	if _, ok := inherited(o); ok {
		return ""
	}
	return o
}

// serviceName returns the name of a service or a property that one of Android's programs asked about.
func serviceName(a *AVC) string {
	key := ""
	switch a.TClass {
	case "service_manager":
		key = "service"
	case "hwservice_manager":
		key = "interface"
	case "property_service":
		key = "property"
	default:
		return ""
	}
	for i := range a.Fields {
		if a.Fields[i].Key == key {
			return a.Fields[i].Value
		}
	}
	return ""
}

// inherited reports whether a name is that of an inherited descriptor, socket:[7], and returns the part before its
// number.
func inherited(name string) (kind string, ok bool) {
	for _, kind := range [...]string{"socket:[", "pipe:["} {
		if rest, ok := strings.CutPrefix(name, kind); ok {
			_, ok := number(strings.TrimSuffix(rest, "]"))
			return kind, ok
		}
	}
	return "", false
}

// compareHead orders signatures by the fields before the port, compareTail by the fields after it.
func compareHead(a, b *Signature) int {
	return cmp.Or(
		cmp.Compare(a.Result, b.Result), cmp.Compare(a.SourceType, b.SourceType),
		cmp.Compare(a.TargetType, b.TargetType),
		cmp.Compare(a.Class, b.Class), cmp.Compare(a.Permissions, b.Permissions),
	)
}

func compareTail(a, b *Signature) int {
	return cmp.Or(
		cmp.Compare(a.Object, b.Object), cmp.Compare(a.Netif, b.Netif), cmp.Compare(a.Capability, b.Capability),
		cmp.Compare(a.Command, b.Command), cmp.Compare(a.Levels, b.Levels),
		compareBool(a.User, b.User),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
