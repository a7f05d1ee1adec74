package compile

// A shape lists the nodes that a statement or a list may hold, one set of alternatives for each, in
// order.
type shape []uint8

// The alternatives, as libsepol's CIL_SYN constants.
const (
	isWord   uint8 = 1 << iota // a symbol or string
	isList                     // a list that is not empty
	isEmpty                    // the empty list
	manyList                   // any number of lists, none empty
	manyWord                   // any number of symbols
	isEnd                      // nothing more
)

// A statement holds the grammar of the statements of one keyword.
type statement struct {
	shape shape
	usage string // the shape, for people
	table table  // where it enters its name
	what  what   // what it declares
	pass  uint8  // when its names are resolved; see passOf
	holds bool   // it holds statements
}

const (
	word     = isWord
	list     = isList
	either   = isWord | isList
	end      = isEnd
	noPass   = 0
	ofCalls  = 1
	ofAlias  = 2
	ofActual = 3
	ofMisc1  = 4
	ofMLS    = 5
	ofMisc2  = 6
	ofMisc3  = 7
	numPass  = 8
)

// grammar holds each statement of the language at the number of its keyword.
var grammar = [numStatements]statement{
	wBlock:         {shape{word, word, manyList | end, end}, "(block NAME STATEMENT...)", tBlocks, isBlock, 0, true},
	wBlockInherit:  {shape{word, word, end}, "(blockinherit BLOCK)", 0, 0, 0, false},
	wBlockAbstract: {shape{word, word, end}, "(blockabstract BLOCK)", 0, 0, 0, false},
	wIn: {shape{word, word, word | manyList, manyList | end, end},
		"(in [before|after] CONTAINER STATEMENT...)", 0, 0, 0, true},
	wMacro: {shape{word, word, list | isEmpty, manyList | end, end}, "(macro NAME ((KIND NAME)...) STATEMENT...)",
		tBlocks, isMacro, 0, true},
	wCall:     {shape{word, word, list | isEmpty | end, end}, "(call MACRO [(ARGUMENT...)])", 0, 0, ofCalls, false},
	wOptional: {shape{word, word, manyList | end, end}, "(optional NAME STATEMENT...)", tBlocks, isOptional, 0, true},
	wTunableIf: {shape{word, either, list, list | end, end},
		"(tunableif EXPRESSION (true STATEMENT...) (false STATEMENT...))", 0, 0, 0, true},
	wBooleanIf: {shape{word, either, list, list | end, end}, "(booleanif EXPRESSION (true RULE...) (false RULE...))",
		0, 0, ofMisc1, true},
	wTrue:       {shape{word, manyList, end}, "(true STATEMENT...)", 0, 0, 0, true},
	wFalse:      {shape{word, manyList, end}, "(false STATEMENT...)", 0, 0, 0, true},
	wSourceInfo: {shape{word, word, word, word, manyList | end, end}, "a line mark", 0, 0, 0, true},
	wTunable:    {shape{word, word, word, end}, "(tunable NAME true|false)", tTunables, isTunable, 0, false},
	wBoolean:    {shape{word, word, word, end}, "(boolean NAME true|false)", tBools, isBool, 0, false},

	wCommon:      {shape{word, word, list, end}, "(common NAME (PERMISSION...))", tCommons, isCommon, 0, false},
	wClass:       {shape{word, word, list | isEmpty, end}, "(class NAME (PERMISSION...))", tClasses, isClass, 0, false},
	wClassCommon: {shape{word, word, word, end}, "(classcommon CLASS COMMON)", 0, 0, ofMisc2, false},
	wClassOrder:  {shape{word, list, end}, "(classorder ([unordered] CLASS...))", 0, 0, ofMisc1, false},
	wClassMap:    {shape{word, word, list, end}, "(classmap NAME (PERMISSION...))", tClasses, isClassMap, 0, false},
	wClassMapping: {
		shape{word, word, word, either, end},
		"(classmapping CLASSMAP PERMISSION (CLASS (PERMISSION...)))", 0, 0, ofMisc3, false,
	},
	wClassPermission: {shape{word, word, end}, "(classpermission NAME)", tClassPerms, isClassPermission, 0, false},
	wClassPermissionSet: {
		shape{word, word, either, end}, "(classpermissionset NAME (CLASS (PERMISSION...)))", 0, 0, ofMisc3, false,
	},
	wPermissionX: {
		shape{word, word, list, end}, "(permissionx NAME (ioctl|nlmsg CLASS COMMANDS))",
		tPermX, isPermissionX, ofMisc3, false,
	},

	wType:          {shape{word, word, end}, "(type NAME)", tTypes, isType, 0, false},
	wTypeAttribute: {shape{word, word, end}, "(typeattribute NAME)", tTypes, isTypeAttribute, 0, false},
	wTypeAttributeSet: {shape{word, word, either, end}, "(typeattributeset ATTRIBUTE EXPRESSION)", 0, 0, ofMisc3,
		false},
	wExpandTypeAttribute: {shape{word, either, word, end}, "(expandtypeattribute ATTRIBUTE|(ATTRIBUTE...) true|false)",
		0, 0, ofMisc3, false},
	wTypeAlias:       {shape{word, word, end}, "(typealias NAME)", tTypes, isTypeAlias, ofActual, false},
	wTypeAliasActual: {shape{word, word, word, end}, "(typealiasactual ALIAS TYPE)", 0, 0, ofAlias, false},
	wTypeBounds:      {shape{word, word, word, end}, "(typebounds PARENT CHILD)", 0, 0, ofMisc3, false},
	wTypePermissive:  {shape{word, word, end}, "(typepermissive TYPE)", 0, 0, ofMisc3, false},
	wTypeNeverAudit:  {shape{word, word, end}, "(typeneveraudit TYPE)", 0, 0, ofMisc3, false},
	wTypeTransition: {shape{word, word, word, word, word, word | end, end},
		"(typetransition SOURCE TARGET CLASS [NAME] RESULT)", 0, 0, ofMisc3, false},
	wTypeChange: {shape{word, word, word, word, word, end}, "(typechange SOURCE TARGET CLASS RESULT)", 0, 0,
		ofMisc3, false},
	wTypeMember: {shape{word, word, word, word, word, end}, "(typemember SOURCE TARGET CLASS RESULT)", 0, 0,
		ofMisc3, false},
	wRangeTransition: {shape{word, word, word, word, either, end}, "(rangetransition SOURCE TARGET CLASS RANGE)", 0, 0,
		ofMisc3, false},
	wAllow: {
		shape{word, word, word, either, end}, "(allow SOURCE TARGET (CLASS (PERMISSION...)))", 0, 0, ofMisc3, false,
	},
	wAuditAllow: {
		shape{word, word, word, either, end}, "(auditallow SOURCE TARGET (CLASS (PERMISSION...)))", 0, 0, ofMisc3,
		false,
	},
	wDontAudit: {
		shape{word, word, word, either, end}, "(dontaudit SOURCE TARGET (CLASS (PERMISSION...)))", 0, 0, ofMisc3, false,
	},
	wNeverAllow: {
		shape{word, word, word, either, end}, "(neverallow SOURCE TARGET (CLASS (PERMISSION...)))", 0, 0, ofMisc3,
		false,
	},
	wDeny: {
		shape{word, word, word, either, end}, "(deny SOURCE TARGET (CLASS (PERMISSION...)))", 0, 0, ofMisc3, false,
	},
	wAllowX: {shape{word, word, word, either, end}, "(allowx SOURCE TARGET PERMISSIONX)", 0, 0, ofMisc3, false},
	wAuditAllowX: {shape{word, word, word, either, end}, "(auditallowx SOURCE TARGET PERMISSIONX)", 0, 0, ofMisc3,
		false},
	wDontAuditX: {shape{word, word, word, either, end}, "(dontauditx SOURCE TARGET PERMISSIONX)", 0, 0, ofMisc3,
		false},
	wNeverAllowX: {shape{word, word, word, either, end}, "(neverallowx SOURCE TARGET PERMISSIONX)", 0, 0, ofMisc3,
		false},

	wRole:          {shape{word, word, end}, "(role NAME)", tRoles, isRole, 0, false},
	wRoleAttribute: {shape{word, word, end}, "(roleattribute NAME)", tRoles, isRoleAttribute, 0, false},
	wRoleAttributeSet: {shape{word, word, either, end}, "(roleattributeset ATTRIBUTE EXPRESSION)", 0, 0, ofMisc3,
		false},
	wRoleType: {shape{word, word, word, end}, "(roletype ROLE TYPE)", 0, 0, ofMisc3, false},
	wRoleTransition: {shape{word, word, word, word, word, end}, "(roletransition ROLE TYPE CLASS ROLE)", 0, 0, ofMisc3,
		false},
	wRoleAllow:  {shape{word, word, word, end}, "(roleallow ROLE ROLE)", 0, 0, ofMisc3, false},
	wRoleBounds: {shape{word, word, word, end}, "(rolebounds PARENT CHILD)", 0, 0, ofMisc3, false},

	wUser:          {shape{word, word, end}, "(user NAME)", tUsers, isUser, 0, false},
	wUserAttribute: {shape{word, word, end}, "(userattribute NAME)", tUsers, isUserAttribute, 0, false},
	wUserAttributeSet: {shape{word, word, either, end}, "(userattributeset ATTRIBUTE EXPRESSION)", 0, 0, ofMisc3,
		false},
	wUserRole:           {shape{word, word, word, end}, "(userrole USER ROLE)", 0, 0, ofMisc3, false},
	wUserLevel:          {shape{word, word, either, end}, "(userlevel USER LEVEL)", 0, 0, ofMisc3, false},
	wUserRange:          {shape{word, word, either, end}, "(userrange USER RANGE)", 0, 0, ofMisc3, false},
	wUserBounds:         {shape{word, word, word, end}, "(userbounds PARENT CHILD)", 0, 0, ofMisc3, false},
	wUserPrefix:         {shape{word, word, word, end}, "(userprefix USER PREFIX)", 0, 0, ofMisc3, false},
	wSELinuxUser:        {shape{word, word, word, either, end}, "(selinuxuser NAME USER RANGE)", 0, 0, ofMisc3, false},
	wSELinuxUserDefault: {shape{word, word, either, end}, "(selinuxuserdefault USER RANGE)", 0, 0, ofMisc3, false},

	wSensitivity:      {shape{word, word, end}, "(sensitivity NAME)", tSens, isSens, 0, false},
	wSensitivityAlias: {shape{word, word, end}, "(sensitivityalias NAME)", tSens, isSensAlias, ofActual, false},
	wSensitivityAliasActual: {shape{word, word, word, end}, "(sensitivityaliasactual ALIAS SENSITIVITY)", 0, 0,
		ofAlias, false},
	wSensitivityOrder: {shape{word, list, end}, "(sensitivityorder (SENSITIVITY...))", 0, 0, ofMisc1, false},
	wSensitivityCategory: {shape{word, word, either, end}, "(sensitivitycategory SENSITIVITY CATEGORIES)", 0,
		0, ofMisc2, false},
	wCategory:            {shape{word, word, end}, "(category NAME)", tCats, isCat, 0, false},
	wCategoryAlias:       {shape{word, word, end}, "(categoryalias NAME)", tCats, isCatAlias, ofActual, false},
	wCategoryAliasActual: {shape{word, word, word, end}, "(categoryaliasactual ALIAS CATEGORY)", 0, 0, ofAlias, false},
	wCategorySet: {shape{word, word, list, end}, "(categoryset NAME CATEGORIES)", tCats, isCatSet, ofMLS,
		false},
	wCategoryOrder: {shape{word, list, end}, "(categoryorder (CATEGORY...))", 0, 0, ofMisc1, false},
	wLevel: {shape{word, word, list, end}, "(level NAME (SENSITIVITY [CATEGORIES]))", tLevels, isLevel,
		ofMisc3, false},
	wLevelRange: {shape{word, word, list, end}, "(levelrange NAME (LOW HIGH))", tLevelRanges, isLevelRange, ofMisc3,
		false},

	wConstrain: {
		shape{word, either, list, end}, "(constrain (CLASS (PERMISSION...)) EXPRESSION)", 0, 0, ofMisc3, false,
	},
	wMLSConstrain: {
		shape{word, either, list, end}, "(mlsconstrain (CLASS (PERMISSION...)) EXPRESSION)", 0, 0, ofMisc3, false,
	},
	wValidateTrans:    {shape{word, word, list, end}, "(validatetrans CLASS EXPRESSION)", 0, 0, ofMisc3, false},
	wMLSValidateTrans: {shape{word, word, list, end}, "(mlsvalidatetrans CLASS EXPRESSION)", 0, 0, ofMisc3, false},

	wSID:        {shape{word, word, end}, "(sid NAME)", tSIDs, isSID, 0, false},
	wSIDContext: {shape{word, word, either, end}, "(sidcontext SID CONTEXT)", 0, 0, ofMisc3, false},
	wSIDOrder:   {shape{word, list, end}, "(sidorder (SID...))", 0, 0, ofMisc1, false},
	wContext: {shape{word, word, list, end}, "(context NAME (USER ROLE TYPE RANGE))", tContexts, isContext, ofMisc3,
		false},

	wFilecon: {shape{word, word, word, either | isEmpty, end}, "(filecon PATH KIND CONTEXT|())", 0, 0, ofMisc3,
		false},
	wFSUse: {shape{word, word, word, either, end}, "(fsuse xattr|task|trans FILESYSTEM CONTEXT)", 0, 0,
		ofMisc3, false},
	wGenFSCon: {shape{word, word, word, either, either | end, end}, "(genfscon FILESYSTEM PATH [KIND] CONTEXT)",
		0, 0, ofMisc3, false},
	wPortCon: {shape{word, word, either, either, end}, "(portcon tcp|udp|dccp|sctp PORT|(LOW HIGH) CONTEXT)", 0,
		0, ofMisc3, false},
	wNodeCon:  {shape{word, either, either, either, end}, "(nodecon ADDRESS MASK CONTEXT)", 0, 0, ofMisc3, false},
	wNetifCon: {shape{word, word, either, either, end}, "(netifcon NAME CONTEXT CONTEXT)", 0, 0, ofMisc3, false},
	wIBPKeyCon: {shape{word, word, either, either, end}, "(ibpkeycon PREFIX PKEY|(LOW HIGH) CONTEXT)", 0,
		0, ofMisc3, false},
	wIBEndPortCon:  {shape{word, word, word, either, end}, "(ibendportcon DEVICE PORT CONTEXT)", 0, 0, ofMisc3, false},
	wPIRQCon:       {shape{word, word, either, end}, "(pirqcon NUMBER CONTEXT)", 0, 0, ofMisc3, false},
	wIOMemCon:      {shape{word, either, either, end}, "(iomemcon ADDRESS|(LOW HIGH) CONTEXT)", 0, 0, ofMisc3, false},
	wIOPortCon:     {shape{word, either, either, end}, "(ioportcon PORT|(LOW HIGH) CONTEXT)", 0, 0, ofMisc3, false},
	wPCIDeviceCon:  {shape{word, word, either, end}, "(pcidevicecon DEVICE CONTEXT)", 0, 0, ofMisc3, false},
	wDeviceTreeCon: {shape{word, word, either, end}, "(devicetreecon PATH CONTEXT)", 0, 0, ofMisc3, false},
	wIPAddr:        {shape{word, word, word, end}, "(ipaddr NAME ADDRESS)", tIPAddrs, isIPAddr, 0, false},

	wPolicyCap: {shape{word, word, end}, "(policycap NAME)", tPolicyCaps, isPolicyCap, 0, false},
	wDefaultUser: {shape{word, either, word, end}, "(defaultuser CLASS|(CLASS...) source|target)", 0, 0, ofMisc3,
		false},
	wDefaultRole: {shape{word, either, word, end}, "(defaultrole CLASS|(CLASS...) source|target)", 0, 0, ofMisc3,
		false},
	wDefaultType: {shape{word, either, word, end}, "(defaulttype CLASS|(CLASS...) source|target)", 0, 0, ofMisc3,
		false},
	wDefaultRange: {shape{word, either, word, word | end, end},
		"(defaultrange CLASS|(CLASS...) source|target|glblub [low|high|low-high])", 0, 0, ofMisc3, false},
	wHandleUnknown: {shape{word, word, end}, "(handleunknown allow|deny|reject)", 0, 0, 0, false},
	wMLS:           {shape{word, word, end}, "(mls true|false)", 0, 0, 0, false},
}

var (
	shapePair    = shape{word, word, end}
	shapePermX   = shape{word, word, list, end}
	shapeCP      = shape{word, list, end}
	shapeLevel   = shape{word, either | end, end}
	shapeRange   = shape{either, either, end}
	shapeContext = shape{word, word, word, either, end}
	shapeWords   = shape{manyWord, end}
	shapeNot     = shape{word, either, end}
	shapeBinary  = shape{word, either, either, end}
	shapeAll     = shape{word, end}
	shapeRangeOp = shape{word, word, word, end}
	shapeAnyList = shape{manyWord | manyList, end}

	shapeConsNot = shape{word, list, end}
	shapeConsAnd = shape{word, list, list, end}
	shapeConsEq  = shape{word, word, either, end}
	shapeConsDom = shape{word, word, word, end}
)

// fits reports whether the nodes from i to stop have the shape. It mirrors
// __cil_verify_syntax.
func (u *unit) fits(i, stop uint32, s shape) bool {
	f := u.file
	at := 0
	for at < len(s) && i < stop {
		want := s[at]
		isL := f.IsList(i)
		full := isL && f.End(i) > i+1
		switch {
		case want&isWord != 0 && !isL, want&isList != 0 && full, want&isEmpty != 0 && isL && !full:
			i = f.Next(i)
			at++
		case want&(manyList|manyWord) != 0:
			for ; i < stop; i = f.Next(i) {
				isL := f.IsList(i)
				full := isL && f.End(i) > i+1
				if !(want&manyList != 0 && full || want&manyWord != 0 && !isL) {
					return false
				}
			}
			return at+1 < len(s) && s[at+1]&isEnd != 0
		default:
			return false
		}
	}
	return at < len(s) && s[at]&isEnd != 0 && i == stop
}
