package audit

import (
	"net/netip"
	"strconv"
	"strings"
)

// A Result is the answer of an access vector cache.
type Result string

// The results.
const (
	Denied  Result = "denied"
	Granted Result = "granted" // logged because of an auditallow rule
)

// An AVC is a message of an access vector cache: the kernel's (AVC), or that of a program which enforces the policy
// itself (USER_AVC: dbus, systemd, X). No network hook of the kernel writes a USER_AVC. A field that the record
// does not have is zero: the kernel prints neither an address of zeros nor port 0.
type AVC struct {
	Result Result
	// User says that it is a USER_AVC.
	User bool
	// Permissions are in the order of the log. A bit without a name is "0x...".
	Permissions []string

	SContext string
	TContext string
	TClass   string
	// Permissive is nil if the record does not have the field, as for granted accesses and for older kernels. True
	// means that the access went ahead, because the source's type or the system is permissive.
	Permissive *bool
	// SRawContext and TRawContext are the stored contexts, if the loaded policy does not know them.
	SRawContext string
	TRawContext string

	PID  int
	Comm string
	Exe  string

	Path string // the path of a file or unix socket; an abstract name begins with a NUL byte
	Name string // last element of a path
	Dev  string
	Ino  uint64

	// LAddr, FAddr and the ports are those of the socket itself, in checks of the socket layer.
	LAddr netip.Addr
	LPort uint16
	FAddr netip.Addr
	FPort uint16
	// SAddr, DAddr and the ports are those of a call's argument (src with name_bind, dest with name_connect) or of
	// a packet.
	SAddr netip.Addr
	Src   uint16
	DAddr netip.Addr
	Dest  uint16
	// Netif is the interface that a packet passed, by its name in the initial network namespace.
	Netif string

	// Capability is the number of a capability; nil if the check is not about a capability.
	Capability *int
	// KMod is the module alias of a module_request.
	KMod string
	// IoctlCmd and NlmsgType are the command of an ioctl and the type of a
	// netlink message; nil if there is none.
	IoctlCmd  *uint16
	NlmsgType *uint16

	// Fields are all other fields, in the order of the log.
	Fields []Field

	// Inferred lists the values that the log shows only in part and that senet completed.
	Inferred []Inference
	// UnknownNames are the names that no Linux kernel has ever had, nor a program that this package knows: the
	// class, or "class permission" for each permission. handle_unknown of a policy does not apply to them. They
	// come from a policy with its own classes, or from a damaged record.
	UnknownNames []string

	// Text is the message as it was logged, without time and serial number.
	Text string
}

// Has reports whether the message names a permission.
func (a *AVC) Has(permission string) bool {
	for _, p := range a.Permissions {
		if p == permission {
			return true
		}
	}
	return false
}

// Port returns the port that the check was about, 0 for none. It is always 0 for a USER_AVC. It is the port bound
// (name_bind, node_bind) or connected to (name_connect). For a socket it is the foreign port for connect, else the
// local port. For a packet it is the lower of the two ports, which is the service's.
func (a *AVC) Port() uint16 {
	switch {
	case a.User:
		return 0 // dbus has dest= for the name of a bus client
	case a.Has("name_connect"):
		return a.Dest
	case a.Has("name_bind") || a.Has("node_bind"):
		return a.Src
	case a.LPort != 0 || a.FPort != 0:
		if a.LPort == 0 || a.Has("connect") && a.FPort != 0 {
			return a.FPort
		}
		return a.LPort
	case a.Src == 0 || a.Dest != 0 && a.Dest < a.Src:
		return a.Dest
	}
	return a.Src
}

// avcHead removes "avc:  denied  { name_connect } for" from a message. rest has the fields. ok is false if the
// message is not an access vector.
func avcHead(s string) (result Result, perms []string, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t")
	s, ok = strings.CutPrefix(s, "avc:")
	if !ok {
		return "", nil, "", false
	}
	s = strings.TrimLeft(s, " \t")
	switch {
	case strings.HasPrefix(s, "denied"):
		result, s = Denied, s[len("denied"):]
	case strings.HasPrefix(s, "granted"):
		result, s = Granted, s[len("granted"):]
	default:
		return "", nil, "", false
	}
	s = strings.TrimLeft(s, " \t")
	if strings.HasPrefix(s, "null") {
		return result, nil, s[len("null"):], true
	}
	if !strings.HasPrefix(s, "{") {
		return result, nil, "", false
	}
	end := strings.IndexByte(s, '}')
	if end < 0 {
		return result, nil, "", false
	}
	return result, strings.Fields(s[1:end]), s[end+1:], true
}

// parseAVC reads the message of an AVC record, or of a USER_AVC record if user is set. ok is false for a message
// that was cut: without permissions, contexts or class.
func parseAVC(text string, st style, user bool) (AVC, bool) {
	a := AVC{Text: text, User: user}
	var rest string
	var ok bool
	if a.Result, a.Permissions, rest, ok = avcHead(text); !ok {
		return AVC{}, false
	}
	f := fieldScanner{s: rest, style: st}
	last := false
	for p, more := f.next(); more; p, more = f.next() {
		a.set(p, st)
		if p.key == "tclass" {
			last = strings.TrimRight(rest[f.pos:], " \t\r\n'") == ""
		}
	}
	return a, a.complete() && a.mend(last)
}

// complete reports whether the message has everything that a decision needs. The kernel prints ssid= or tsid= for a
// context that it cannot translate.
func (a *AVC) complete() bool {
	return a.TClass != "" && (a.SContext != "" || hasField(a.Fields, "ssid")) &&
		(a.TContext != "" || hasField(a.Fields, "tsid"))
}

func hasField(fields []Field, key string) bool {
	for i := range fields {
		if fields[i].Key == key {
			return true
		}
	}
	return false
}

// set stores a field. A value that the kernel does not write, such as the destination of a dbus message in dest=,
// goes to Fields.
func (a *AVC) set(p pair, st style) {
	ok := true
	switch p.key {
	case "scontext":
		a.SContext = shortened(p.val)
	case "tcontext":
		a.TContext = shortened(p.val)
	case "context": // tcontext, whose first letter was lost
		if a.TContext == "" {
			a.TContext = shortened(p.val)
		}
	case "tclass":
		a.TClass = p.val
	case "permissive":
		var digit byte
		if digit, ok = permissiveDigit(p.val); ok {
			yes := digit == '1'
			a.Permissive = &yes
		}
	case "srawcon":
		a.SRawContext = p.text(st)
	case "trawcon":
		a.TRawContext = p.text(st)
	case "pid":
		a.PID, ok = pid(p.val)
	case "comm":
		a.Comm = strings.TrimRight(p.text(st), "\x00")
	case "exe":
		a.Exe = p.text(st)
	case "path":
		a.Path = p.text(st)
	case "name":
		a.Name = p.text(st)
	case "dev":
		a.Dev = p.text(st)
	case "ino":
		a.Ino, ok = number(p.val)
	case "laddr":
		a.LAddr, ok = address(p.val)
	case "faddr":
		a.FAddr, ok = address(p.val)
	case "saddr":
		a.SAddr, ok = address(p.val)
	case "daddr":
		a.DAddr, ok = address(p.val)
	case "lport":
		a.LPort, ok = port(p.val)
	case "fport":
		a.FPort, ok = port(p.val)
	case "src":
		a.Src, ok = port(p.val)
	case "dest":
		a.Dest, ok = port(p.val)
	case "netif":
		a.Netif = p.val
	case "capability":
		a.Capability, ok = capability(p.val)
	case "kmod":
		a.KMod = p.text(st)
	case "ioctlcmd":
		a.IoctlCmd, ok = short(p.val, 16)
	case "nl-msgtype":
		a.NlmsgType, ok = short(p.val, 10)
	default:
		a.Fields = append(a.Fields, Field{Key: p.key, Value: fieldText(p, st)})
		return
	}
	if ok {
		return
	}
	if bare := strings.Trim(p.val, punctuation); bare != p.val && bare != "" {
		a.set(pair{key: p.key, val: bare}, st) // src=7443; in a list
		return
	}
	a.Fields = append(a.Fields, Field{Key: p.key, Value: p.val})
}

// punctuation are the characters that lists, sentences and markup put around a number or an address.
const punctuation = "\"'`*,;.()<>|\\\u2018\u2019\u201c\u201d"

// fieldText decodes the value of a field that no other member has: as a string if audit writes a string, else
// unchanged.
func fieldText(p pair, st style) string {
	switch p.key {
	case "ocomm", "key_desc", "cmd", "cmdline", "invalid_context":
		return p.text(st)
	}
	return p.val
}

func pid(s string) (int, bool) {
	n, ok := number(s)
	if !ok || n > 1<<31-1 {
		return 0, false
	}
	return int(n), true
}

func address(s string) (netip.Addr, bool) {
	if s == "" || len(s) > 64 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	return a, err == nil
}

// short parses 16 bits; of an ioctl command, which old kernels write without
// 0x, in base 16.
func short(s string, base int) (*uint16, bool) {
	if base == 16 {
		s = strings.TrimPrefix(s, "0x")
	}
	n, err := strconv.ParseUint(s, base, 16)
	if err != nil {
		return nil, false
	}
	v := uint16(n)
	return &v, true
}
