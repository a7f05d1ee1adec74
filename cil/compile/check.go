package compile

// check checks the contents of a statement of the right shape: expressions, lists, numbers and
// key words. It reports the first error.
func (d *declarer) check(parent scopeID, kw symID, i uint32) bool {
	f := d.u.file
	a := f.Next(i + 1) // the first argument
	arg := func(n int) uint32 {
		at := a
		for ; n > 1; n-- {
			at = f.Next(at)
		}
		return at
	}
	k := checker{d, parent}
	switch kw {
	case wBoolean, wTunable, wMLS:
		value := a
		if kw != wMLS {
			value = arg(2)
		}
		return k.oneOf(value, wTrue, wFalse)
	case wTypeAttributeSet:
		return k.expr(arg(2), exprType)
	case wRoleAttributeSet:
		return k.expr(arg(2), exprRole)
	case wUserAttributeSet:
		return k.expr(arg(2), exprUser)
	case wSensitivityCategory, wCategorySet:
		return k.expr(arg(2), exprCat)
	case wBooleanIf, wTunableIf:
		kind := exprBool
		if kw == wTunableIf {
			kind = exprTunable
		}
		return k.expr(a, kind) && k.branches(arg(2), f.End(i))
	case wExpandTypeAttribute:
		return k.words(a) && k.oneOf(arg(2), wTrue, wFalse)
	case wTypeAliasActual, wSensitivityAliasActual, wCategoryAliasActual:
		if d.u.word(arg(2)) == wSelf && !d.opts.since(6) { // then it is a name like others
			d.failNode(d.u, arg(2), "self is a reserved word")
			return false
		}
	case wClassOrder, wSIDOrder, wCategoryOrder, wSensitivityOrder:
		return k.order(kw, a)
	case wClassPermissionSet:
		return k.classPerms(arg(2))
	case wClassMapping:
		return k.classPerms(arg(3))
	case wAllow, wAuditAllow, wDontAudit, wNeverAllow, wDeny:
		return k.classPerms(arg(3))
	case wAllowX, wAuditAllowX, wDontAuditX, wNeverAllowX:
		if at := arg(3); f.IsList(at) {
			return k.permissionX(at)
		}
	case wPermissionX:
		return k.permissionX(arg(2))
	case wConstrain, wMLSConstrain:
		return k.classPerms(a) && k.constraint(arg(2), false)
	case wValidateTrans, wMLSValidateTrans:
		return k.constraint(arg(2), true)
	case wLevel:
		return k.level(arg(2))
	case wLevelRange:
		return k.levelRange(arg(2))
	case wUserLevel:
		return k.level(arg(2))
	case wUserRange, wSELinuxUserDefault:
		return k.levelRange(arg(2))
	case wSELinuxUser:
		return k.levelRange(arg(3))
	case wRangeTransition:
		return k.levelRange(arg(4))
	case wContext, wSIDContext:
		return k.context(arg(2))
	case wFilecon:
		at := arg(3)
		return k.oneOf(arg(2), fileKinds[:]...) && (noContext(d.u, at) || k.context(at))
	case wGenFSCon:
		at := arg(3)
		if next := f.Next(at); next < f.End(i) {
			return k.oneOf(at, fileKinds[:]...) && k.context(next)
		}
		return k.context(at)
	case wFSUse:
		return k.oneOf(a, wXattr, wTask, wTrans) && k.context(arg(3))
	case wPortCon:
		return k.oneOf(a, wUDP, wTCP, wDCCP, wSCTP) && k.numbers(arg(2), 10, 32) && k.context(arg(3))
	case wIBPKeyCon:
		return k.numbers(arg(2), 0, 32) && k.context(arg(3))
	case wIBEndPortCon:
		return k.number(arg(2), 10, 32) && k.context(arg(3))
	case wNodeCon:
		return k.address(a) && k.address(arg(2)) && k.context(arg(3))
	case wNetifCon:
		return k.context(arg(2)) && k.context(arg(3))
	case wPIRQCon:
		return k.number(a, 10, 32) && k.context(arg(2))
	case wIOMemCon:
		return k.numbers(a, 0, 64) && k.context(arg(2))
	case wIOPortCon:
		return k.numbers(a, 0, 32) && k.context(arg(2))
	case wPCIDeviceCon:
		return k.number(a, 0, 32) && k.context(arg(2))
	case wDeviceTreeCon:
		return k.context(arg(2))
	case wIPAddr:
		return k.addressText(arg(2))
	case wDefaultUser, wDefaultRole, wDefaultType:
		return k.words(a) && k.oneOf(arg(2), wSource, wTarget)
	case wDefaultRange:
		return k.defaultRange(i, a, arg(2))
	case wHandleUnknown:
		return k.oneOf(a, wAllow, wDeny, wReject)
	case wSourceInfo:
		return k.oneOf(a, wCIL, wLms, wLmx) && k.number(arg(2), 10, 32)
	case wIn:
		if second := arg(2); second < f.End(i) && !f.IsList(second) {
			return k.oneOf(a, wBefore, wAfter)
		}
	}
	return true
}

// fileKinds are the kinds of files, in the order in which they sort.
var fileKinds = [...]symID{wAny, wFile, wDir, wChar, wBlock, wSocket, wPipe, wSymlink}

// noContext reports whether the context of a filecon says that the file has
// none: () or, as libsepol reads it, any list of one element.
func noContext(u *unit, i uint32) bool {
	return u.file.IsList(i) && (u.file.End(i) == i+1 || u.file.Next(i+1) == u.file.End(i))
}

// A checker looks at parts of statements. Its methods report faults.
type checker struct {
	*declarer
	parent scopeID
}

func (k checker) bad(i uint32, format string, args ...any) bool {
	k.chain(k.failNode(k.u, i, format, args...), k.parent)
	return false
}

func (k checker) oneOf(i uint32, allowed ...symID) bool {
	w := k.u.word(i)
	for _, a := range allowed {
		if w == a {
			return true
		}
	}
	msg := "want " + words[allowed[0]]
	for n, a := range allowed[1:] {
		if n == len(allowed)-2 {
			msg += " or " + words[a]
		} else {
			msg += ", " + words[a]
		}
	}
	return k.bad(i, "%s, not %s", msg, k.u.file.String(i))
}

// words accepts a word or a list of words. It mirrors cil_fill_list.
func (k checker) words(i uint32) bool {
	f := k.u.file
	if f.IsList(i) && !k.u.fits(i+1, f.End(i), shapeWords) {
		return k.bad(i, "want a list of names")
	}
	return true
}

func (k checker) order(kw symID, i uint32) bool {
	if !k.words(i) {
		return false
	}
	f := k.u.file
	for at := i + 1; at < f.End(i); at = f.Next(at) {
		if k.u.word(at) != wUnordered {
			continue
		}
		switch {
		case kw != wClassOrder:
			return k.bad(at, "a %s cannot be unordered", words[kw])
		case at != i+1:
			return k.bad(at, "unordered can only be the first word")
		case f.Next(at) == f.End(i):
			return k.bad(at, "want classes after unordered")
		}
	}
	return true
}

func (k checker) branches(i, stop uint32) bool {
	f := k.u.file
	seen := wNone
	for ; i < stop; i = f.Next(i) {
		w := k.u.word(i + 1)
		switch {
		case w != wTrue && w != wFalse:
			return k.bad(i, "want (true STATEMENT...) or (false STATEMENT...)")
		case w == seen:
			return k.bad(i, "two %s branches", words[w])
		}
		seen = w
	}
	return true
}

// The kinds of expressions.
type exprKind uint8

const (
	exprType exprKind = iota
	exprRole
	exprUser
	exprCat
	exprPerm
	exprPermX
	exprBool
	exprTunable
)

// expr accepts an expression over names. It mirrors cil_gen_expr.
func (k checker) expr(i uint32, kind exprKind) bool {
	f := k.u.file
	if !f.IsList(i) {
		if operator(k.u.word(i)) {
			return k.bad(i, "%s", misplaced(k.u.word(i)))
		}
		return true
	}
	op := k.u.word(i + 1)
	want := shapeAnyList
	switch op {
	case wNot:
		want = shapeNot
	case wAnd, wOr, wXor:
		want = shapeBinary
	case wEq, wNeq:
		if kind != exprBool && kind != exprTunable {
			return k.bad(i+1, "%s is no operator of sets", words[op])
		}
		want = shapeBinary
	case wAll:
		if kind == exprBool || kind == exprTunable {
			return k.bad(i+1, "all is no operator of conditions")
		}
		want = shapeAll
	case wRange:
		if kind != exprCat && kind != exprPermX {
			return k.bad(i+1, "only categories and extended permissions have ranges")
		}
		want = shapeRangeOp
	}
	if !k.u.fits(i+1, f.End(i), want) {
		return k.badExpr(i, op)
	}
	at := i + 1
	if operator(op) {
		at = f.Next(at)
	}
	for ; at < f.End(i); at = f.Next(at) {
		if !k.expr(at, kind) {
			return false
		}
	}
	return true
}

// misplaced tells the right place of an operator.
func misplaced(op symID) string {
	switch op {
	case wAll:
		return "all stands in parentheses: (all)"
	case wNot:
		return "not comes first in parentheses: (not OPERAND)"
	}
	return words[op] + " comes before its operands, in parentheses: (" + words[op] + " OPERAND OPERAND)"
}

func operator(w symID) bool { return w >= wAnd && w <= wRange }

// classPerms accepts a class with permissions, or the name of a set of them. It
// mirrors cil_fill_classperms_list.
func (k checker) classPerms(i uint32) bool {
	f := k.u.file
	if !f.IsList(i) {
		return true
	}
	if !k.u.fits(i+1, f.End(i), shapeCP) {
		d := k.failNode(k.u, i, "bad class permissions")
		d.want("(CLASS (PERMISSION...))")
		k.chain(d, k.parent)
		return false
	}
	perms := f.Next(i + 1)
	return k.expr(perms, exprPerm)
}

func (k checker) permissionX(i uint32) bool {
	f := k.u.file
	if !k.u.fits(i+1, f.End(i), shapePermX) {
		return k.bad(i, "bad extended permissions; want (ioctl CLASS EXPRESSION)")
	}
	switch kind := k.u.word(i + 1); {
	case kind == wIoctl:
	case kind == wNlmsg && k.opts.since(8):
	case kind == wNlmsg:
		return k.bad(i+1, "libsepol %s has no extended permissions of netlink messages", k.opts.Libsepol)
	default:
		return k.bad(i+1, "no kind of extended permissions is called %s; want ioctl or nlmsg", f.Text(i+1))
	}
	return k.expr(f.Next(f.Next(i+1)), exprPermX)
}

func (k checker) level(i uint32) bool {
	f := k.u.file
	if !f.IsList(i) {
		return true
	}
	if !k.u.fits(i+1, f.End(i), shapeLevel) {
		return k.bad(i, "bad level; want (SENSITIVITY [CATEGORIES])")
	}
	if cats := f.Next(i + 1); cats < f.End(i) {
		return k.expr(cats, exprCat)
	}
	return true
}

func (k checker) levelRange(i uint32) bool {
	f := k.u.file
	if !f.IsList(i) {
		return true
	}
	if !k.u.fits(i+1, f.End(i), shapeRange) {
		return k.bad(i, "bad level range; want (LOW HIGH)")
	}
	return k.level(i+1) && k.level(f.Next(i+1))
}

func (k checker) context(i uint32) bool {
	f := k.u.file
	if !f.IsList(i) {
		return true
	}
	if !k.u.fits(i+1, f.End(i), shapeContext) {
		return k.bad(i, "bad context; want (USER ROLE TYPE RANGE)")
	}
	return k.levelRange(f.Next(f.Next(f.Next(i + 1))))
}

func (k checker) number(i uint32, base, bits int) bool {
	f := k.u.file
	v, ok := parseUint(f.Text(i), base)
	if f.IsList(i) || !ok || bits == 32 && v > 1<<32-1 {
		return k.bad(i, "want a number, not %s", f.String(i))
	}
	return true
}

// numbers accepts a number or a list of two.
func (k checker) numbers(i uint32, base, bits int) bool {
	f := k.u.file
	if !f.IsList(i) {
		return k.number(i, base, bits)
	}
	second := f.Next(i + 1)
	if second >= f.End(i) || f.Next(second) != f.End(i) {
		return k.bad(i, "want a range: (LOW HIGH)")
	}
	return k.number(i+1, base, bits) && k.number(second, base, bits)
}

// address accepts a name, or an address in parentheses, of which libsepol reads
// the first element.
func (k checker) address(i uint32) bool {
	if k.u.file.IsList(i) {
		return k.addressText(i + 1)
	}
	return !k.bareAddress(k.u.file.Text(i)) || k.addressText(i)
}

func (k checker) addressText(i uint32) bool {
	if _, ok := parseAddr(k.u.file.Text(i)); !ok {
		return k.bad(i, "%s is no IPv4 or IPv6 address", k.u.file.String(i))
	}
	return true
}

func (k checker) defaultRange(i, classes, object uint32) bool {
	if !k.words(classes) || !k.oneOf(object, wSource, wTarget, wGLBLUB) {
		return false
	}
	if k.u.word(object) == wGLBLUB {
		return true
	}
	which := k.u.file.Next(object)
	if which == k.u.file.End(i) {
		return k.bad(i, "want low, high or low-high after %s", k.u.file.Text(object))
	}
	return k.oneOf(which, wLow, wHigh, wLowHigh)
}

func (k checker) badExpr(i uint32, op symID) bool {
	switch {
	case op == wNot:
		return k.bad(i, "bad expression; want (not OPERAND)")
	case op == wAll:
		return k.bad(i, "bad expression; want (all)")
	case op == wRange:
		return k.bad(i, "bad expression; want (range LOW HIGH)")
	case operator(op):
		return k.bad(i, "bad expression; want (%s OPERAND OPERAND)", words[op])
	}
	return k.bad(i, "bad expression; want names and lists")
}
