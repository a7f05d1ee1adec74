package compile

// A symID is the number of a text: of a name or keyword.
type symID uint32

// The words of the language. Those that begin a statement come first, so that
// the number of a keyword is the kind of its statement.
const (
	wNone symID = iota
	wBlock
	wBlockInherit
	wBlockAbstract
	wIn
	wClass
	wClassOrder
	wClassMap
	wClassMapping
	wClassPermission
	wClassPermissionSet
	wCommon
	wClassCommon
	wSID
	wSIDContext
	wSIDOrder
	wUser
	wUserAttribute
	wUserAttributeSet
	wUserLevel
	wUserRange
	wUserBounds
	wUserPrefix
	wSELinuxUser
	wSELinuxUserDefault
	wType
	wTypeAttribute
	wTypeAttributeSet
	wExpandTypeAttribute
	wTypeAlias
	wTypeAliasActual
	wTypeBounds
	wTypePermissive
	wTypeNeverAudit
	wRangeTransition
	wRole
	wUserRole
	wRoleType
	wRoleTransition
	wRoleAllow
	wRoleAttribute
	wRoleAttributeSet
	wRoleBounds
	wBoolean
	wBooleanIf
	wTunable
	wTunableIf
	wTrue
	wFalse
	wAllow
	wAuditAllow
	wDontAudit
	wNeverAllow
	wDeny
	wAllowX
	wAuditAllowX
	wDontAuditX
	wNeverAllowX
	wPermissionX
	wTypeTransition
	wTypeChange
	wTypeMember
	wSensitivity
	wSensitivityAlias
	wSensitivityAliasActual
	wCategory
	wCategoryAlias
	wCategoryAliasActual
	wCategorySet
	wCategoryOrder
	wSensitivityOrder
	wSensitivityCategory
	wLevel
	wLevelRange
	wConstrain
	wMLSConstrain
	wValidateTrans
	wMLSValidateTrans
	wContext
	wFilecon
	wIBPKeyCon
	wIBEndPortCon
	wPortCon
	wNodeCon
	wGenFSCon
	wNetifCon
	wPIRQCon
	wIOMemCon
	wIOPortCon
	wPCIDeviceCon
	wDeviceTreeCon
	wFSUse
	wMacro
	wCall
	wPolicyCap
	wOptional
	wIPAddr
	wDefaultUser
	wDefaultRole
	wDefaultType
	wDefaultRange
	wHandleUnknown
	wMLS
	wSourceInfo
	numStatements // the words that follow begin no statement

	wAnd = iota - 1
	wOr
	wNot
	wXor
	wEq
	wNeq
	wAll
	wRange
	wDom
	wDomBy
	wIncomp
	wT1
	wT2
	wT3
	wR1
	wR2
	wR3
	wU1
	wU2
	wU3
	wL1
	wL2
	wH1
	wH2
	wSelf
	wNotSelf
	wOther
	wObjectR
	wStar
	wUDP
	wTCP
	wDCCP
	wSCTP
	wString
	wName
	wReject
	wBefore
	wAfter
	wFile
	wDir
	wChar
	wSocket
	wPipe
	wSymlink
	wAny
	wXattr
	wTask
	wTrans
	wSource
	wTarget
	wLow
	wHigh
	wLowHigh
	wGLBLUB
	wIoctl
	wNlmsg
	wUnordered
	wCIL
	wLms
	wLmx
	wChrFile
	wBlkFile
	wSockFile
	wFifoFile
	wLnkFile
	wProcess
	wDefaultName
	numWords
)

// words holds the texts of the words, in the order of their numbers.
var words = [numWords]string{
	wBlock: "block", wBlockInherit: "blockinherit", wBlockAbstract: "blockabstract", wIn: "in",
	wClass: "class", wClassOrder: "classorder", wClassMap: "classmap", wClassMapping: "classmapping",
	wClassPermission: "classpermission", wClassPermissionSet: "classpermissionset", wCommon: "common",
	wClassCommon: "classcommon", wSID: "sid", wSIDContext: "sidcontext", wSIDOrder: "sidorder",
	wUser: "user", wUserAttribute: "userattribute", wUserAttributeSet: "userattributeset",
	wUserLevel: "userlevel", wUserRange: "userrange", wUserBounds: "userbounds", wUserPrefix: "userprefix",
	wSELinuxUser: "selinuxuser", wSELinuxUserDefault: "selinuxuserdefault",
	wType: "type", wTypeAttribute: "typeattribute", wTypeAttributeSet: "typeattributeset",
	wExpandTypeAttribute: "expandtypeattribute", wTypeAlias: "typealias", wTypeAliasActual: "typealiasactual",
	wTypeBounds: "typebounds", wTypePermissive: "typepermissive",
	wTypeNeverAudit: "typeneveraudit", wRangeTransition: "rangetransition",
	wRole: "role", wUserRole: "userrole", wRoleType: "roletype", wRoleTransition: "roletransition",
	wRoleAllow: "roleallow", wRoleAttribute: "roleattribute", wRoleAttributeSet: "roleattributeset",
	wRoleBounds: "rolebounds", wBoolean: "boolean", wBooleanIf: "booleanif", wTunable: "tunable",
	wTunableIf: "tunableif", wTrue: "true", wFalse: "false", wAllow: "allow", wAuditAllow: "auditallow",
	wDontAudit: "dontaudit", wNeverAllow: "neverallow", wDeny: "deny", wAllowX: "allowx", wAuditAllowX: "auditallowx",
	wDontAuditX: "dontauditx", wNeverAllowX: "neverallowx", wPermissionX: "permissionx",
	wTypeTransition: "typetransition", wTypeChange: "typechange", wTypeMember: "typemember",
	wSensitivity: "sensitivity", wSensitivityAlias: "sensitivityalias",
	wSensitivityAliasActual: "sensitivityaliasactual", wCategory: "category", wCategoryAlias: "categoryalias",
	wCategoryAliasActual: "categoryaliasactual", wCategorySet: "categoryset", wCategoryOrder: "categoryorder",
	wSensitivityOrder: "sensitivityorder", wSensitivityCategory: "sensitivitycategory", wLevel: "level",
	wLevelRange: "levelrange", wConstrain: "constrain", wMLSConstrain: "mlsconstrain",
	wValidateTrans: "validatetrans", wMLSValidateTrans: "mlsvalidatetrans", wContext: "context",
	wFilecon: "filecon", wIBPKeyCon: "ibpkeycon", wIBEndPortCon: "ibendportcon", wPortCon: "portcon",
	wNodeCon: "nodecon", wGenFSCon: "genfscon", wNetifCon: "netifcon", wPIRQCon: "pirqcon",
	wIOMemCon: "iomemcon", wIOPortCon: "ioportcon", wPCIDeviceCon: "pcidevicecon",
	wDeviceTreeCon: "devicetreecon", wFSUse: "fsuse", wMacro: "macro", wCall: "call",
	wPolicyCap: "policycap", wOptional: "optional", wIPAddr: "ipaddr", wDefaultUser: "defaultuser",
	wDefaultRole: "defaultrole", wDefaultType: "defaulttype", wDefaultRange: "defaultrange",
	wHandleUnknown: "handleunknown", wMLS: "mls", wSourceInfo: "<src_info>",

	wAnd: "and", wOr: "or", wNot: "not", wXor: "xor", wEq: "eq", wNeq: "neq", wAll: "all", wRange: "range",
	wDom: "dom", wDomBy: "domby", wIncomp: "incomp",
	wT1: "t1", wT2: "t2", wT3: "t3", wR1: "r1", wR2: "r2", wR3: "r3", wU1: "u1", wU2: "u2", wU3: "u3",
	wL1: "l1", wL2: "l2", wH1: "h1", wH2: "h2",
	wSelf: "self", wNotSelf: "notself", wOther: "other",
	wObjectR: "object_r", wStar: "*", wUDP: "udp", wTCP: "tcp", wDCCP: "dccp", wSCTP: "sctp",
	wString: "string", wName: "name", wReject: "reject", wBefore: "before", wAfter: "after",
	wFile: "file", wDir: "dir", wChar: "char", wSocket: "socket", wPipe: "pipe", wSymlink: "symlink",
	wAny: "any", wXattr: "xattr", wTask: "task", wTrans: "trans", wSource: "source", wTarget: "target",
	wLow: "low", wHigh: "high", wLowHigh: "low-high", wGLBLUB: "glblub", wIoctl: "ioctl", wNlmsg: "nlmsg",
	wUnordered: "unordered", wCIL: "cil", wLms: "lms", wLmx: "lmx",
	wChrFile: "chr_file", wBlkFile: "blk_file", wSockFile: "sock_file", wFifoFile: "fifo_file",
	wLnkFile: "lnk_file", wProcess: "process", wDefaultName: "__default__",
}
