package policydb

// The kernel policy versions this package reads and writes.
const (
	MinVersion = 15
	MaxVersion = 35
)

// The version in which each change of the format appeared. The names follow
// the kernel's security.h and libsepol's policydb.h.
const (
	versionBool           = 16 // booleans and conditional rules
	versionIPv6           = 17 // IPv6 nodecons
	versionMLS            = 19 // MLS ranges in every context, validatetrans
	versionAVTab          = 20 // compact avtab records, type_attr_map
	versionRangeTrans     = 21 // object class in range transitions
	versionPolCap         = 22 // policy capabilities
	versionPermissive     = 23 // permissive types
	versionBoundary       = 24 // bounds; attributes keep their names
	versionFilenameTrans  = 25 // type transitions by file name
	versionRoleTrans      = 26 // object class in role transitions
	versionObjectDefaults = 27 // default_user, default_role, default_range
	versionDefaultType    = 28 // default_type
	versionConstraintName = 29 // type sets kept in constraints
	versionXPerms         = 30 // extended permissions (SELinux); devicetreecon and 64-bit iomem (Xen)
	versionInfiniband     = 31 // ibpkeycon, ibendportcon
	versionCompFtrans     = 33 // filename transitions grouped by target
	versionCondXPerms     = 34 // extended permissions in conditionals
	versionNeverAudit     = 35 // neveraudit types
)

// Target is the system a policy was built for.
type Target uint8

// The targets.
const (
	TargetSELinux Target = iota // the Linux kernel; the file says "SE Linux"
	TargetXen                   // the Xen hypervisor's XSM; the file says "XenFlask"
)

// String returns "selinux" or "xen", as seinfo prints it.
func (t Target) String() string {
	if t == TargetXen {
		return "xen"
	}
	return "selinux"
}

func (t Target) magicString() string {
	if t == TargetXen {
		return "XenFlask"
	}
	return "SE Linux"
}

// tableCounts returns how many symbol tables and how many kinds of ocontexts a
// file of this version and target has. It mirrors the policydb_compat tables
// of the kernel and of libsepol.
func tableCounts(t Target, version uint32) (symbols, ocontexts uint32) {
	switch {
	case version < versionBool:
		symbols = 5
	case version < versionMLS:
		symbols = 6
	default:
		symbols = 8
	}
	switch {
	case t == TargetXen && version < versionXPerms:
		ocontexts = 5
	case t == TargetXen:
		ocontexts = 6
	case version < versionIPv6:
		ocontexts = 6
	case version < versionInfiniband:
		ocontexts = 7
	default:
		ocontexts = 9
	}
	return symbols, ocontexts
}

// ParseTarget returns the target of a name, "selinux" or "xen"; ok is false for others.
func ParseTarget(name string) (t Target, ok bool) {
	switch name {
	case "selinux":
		return TargetSELinux, true
	case "xen":
		return TargetXen, true
	}
	return 0, false
}

// HandleUnknown tells the kernel how to treat a class or permission that it knows and the policy
// does not define.
type HandleUnknown uint32

// The values are those of the file's config word.
const (
	UnknownDeny   HandleUnknown = 0 // deny the access
	UnknownReject HandleUnknown = 2 // refuse to load the policy
	UnknownAllow  HandleUnknown = 4 // allow the access
)

// String returns "deny", "reject" or "allow".
func (h HandleUnknown) String() string {
	switch h {
	case UnknownAllow:
		return "allow"
	case UnknownReject:
		return "reject"
	default:
		return "deny"
	}
}

// ParseHandleUnknown returns the value of a name, "deny", "reject" or "allow"; ok is false for
// others.
func ParseHandleUnknown(name string) (h HandleUnknown, ok bool) {
	for _, h := range []HandleUnknown{UnknownDeny, UnknownReject, UnknownAllow} {
		if h.String() == name {
			return h, true
		}
	}
	return 0, false
}

const (
	configMLS         = 1
	configUnknownMask = uint32(UnknownReject | UnknownAllow)
)
