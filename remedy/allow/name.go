package allow

import "strings"

// Writable reports whether a module in the policy language can name a type, a class or a
// permission: checkmodule accepts only identifiers, none of its reserved words in either case, and
// reads a dot as a bound by another type. CIL, from which such names come, accepts more.
func Writable(name string) bool {
	lower := strings.ToLower(name)
	if name == "" || !letter(name[0]) {
		return false
	}
	if reserved(lower) && (name == lower || name == strings.ToUpper(name) && lower != "self") {
		return false
	}
	for i := 1; i < len(name); i++ {
		c := name[i]
		if !letter(c) && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// reservedWords are the words of the policy language, including those for contexts, constraints and
// defaults of SELinux and Xen, and self, which has a special meaning as a name.
const reservedWords = `
	alias allow allowxperm and attribute attribute_role auditallow auditallowxperm auditdeny bool category class clone
	common constrain default_range default_role default_type default_user devicetreecon dom domby dominance dontaudit
	dontauditxperm else eq expandattribute false fs_use_task fs_use_trans fs_use_xattr fscon genfscon glblub h1 h2
	high ibendportcon ibpkeycon if incomp inherits iomemcon ioportcon l1 l2 level low mlsconstrain mlsvalidatetrans
	module netifcon neverallow neverallowxperm nodecon not optional or pcidevicecon permissive pirqcon
	policycap portcon r1 r2 r3 range range_transition require role role_transition roleattribute roles sameuser
	self sensitivity sid source t1 t2 t3 target true tunable type type_change type_member type_transition typealias
	typeattribute typebounds types u1 u2 u3 user validatetrans xor`

// reserved reports whether a word is one of reservedWords. A map of them would cost time at each
// start of the program.
func reserved(word string) bool {
	for w := range strings.FieldsSeq(reservedWords) {
		if w == word {
			return true
		}
	}
	return false
}
