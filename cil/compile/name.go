package compile

const maxNameLength = 2048 // CIL_MAX_NAME_LENGTH

// What is known of a name.
const (
	nameLegal   = 1 << iota
	nameIllegal // it cannot be declared
	nameDotted  // it has a dot
)

// badName says why something cannot have a name, "" if it can. It mirrors
// cil_verify_name.
func (c *compiler) badName(name symID, kind what) string {
	text := c.names[name]
	if c.legal[name]&(nameLegal|nameIllegal) == 0 {
		verdict := uint8(nameLegal)
		if !legalName(text, c.opts.QualifiedNames) {
			verdict = nameIllegal
		}
		c.legal[name] |= verdict
	}
	switch {
	case c.legal[name]&nameLegal != 0 && !c.reserved(name, kind):
		return ""
	case c.legal[name]&nameLegal != 0:
		return text + " is a reserved word"
	case text == "":
		return "the empty string is no name"
	case len(text) >= maxNameLength:
		return "a name of " + itoa(len(text)) + " bytes; at most " + itoa(maxNameLength-1) + " are possible"
	}
	return text + " is no name: a letter, then letters, digits, _ and -"
}

func legalName(text string, dots bool) bool {
	if text == "" || len(text) >= maxNameLength || !letter(text[0]) {
		return false
	}
	for i := 1; i < len(text); i++ {
		b := text[i]
		if !letter(b) && (b < '0' || b > '9') && b != '_' && b != '-' && (b != '.' || !dots) {
			return false
		}
	}
	return true
}

func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// reserved mirrors __cil_is_reserved_name.
func (c *compiler) reserved(name symID, kind what) bool {
	if name >= numWords {
		return false
	}
	switch kind {
	case isBool, isTunable:
		if name == wEq || name == wNeq {
			return true
		}
	case isPerm, isMapPerm, isUser, isUserAttribute, isRole, isRoleAttribute:
		if name == wAll {
			return true
		}
	case isType, isTypeAttribute, isTypeAlias:
		if name == wAll || name == wSelf || (name == wNotSelf || name == wOther) && c.opts.since(6) {
			return true
		}
	case isCat, isCatSet, isCatAlias, isPermissionX:
		if name == wAll || name == wRange {
			return true
		}
	case isClass, isCommon:
		if kind == isClass && name == wUnordered {
			return true
		}
		return false
	default:
		return false
	}
	return name == wAnd || name == wOr || name == wNot || name == wXor
}
