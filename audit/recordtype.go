package audit

// A recordType is the type of an audit record, by its number in
// include/uapi/linux/audit.h and libaudit.h.
type recordType uint16

// The types that are read; all others are typeOther.
const (
	typeOther              recordType = 0
	typeUserAVC            recordType = 1107
	typeUserSELinuxErr     recordType = 1122
	typeSyscall            recordType = 1300
	typePath               recordType = 1302
	typeSocketcall         recordType = 1304
	typeSockaddr           recordType = 1306
	typeCWD                recordType = 1307
	typeExecve             recordType = 1309
	typeEOE                recordType = 1320
	typeProctitle          recordType = 1327
	typeURingOp            recordType = 1336
	typeAVC                recordType = 1400
	typeSELinuxErr         recordType = 1401
	typeMACPolicyLoad      recordType = 1403
	typeMACCalipsoDel      recordType = 1419
	typeUserMACPolicyLoad  recordType = 2310
	typeUserMACConfigChnge recordType = 2312
	typeUserMACStatus      recordType = 2313
)

// macNames are the names of the types 1403 to 1419.
const macNames = "MAC_POLICY_LOAD MAC_STATUS MAC_CONFIG_CHANGE MAC_UNLBL_ALLOW MAC_CIPSOV4_ADD MAC_CIPSOV4_DEL " +
	"MAC_MAP_ADD MAC_MAP_DEL MAC_IPSEC_ADDSA MAC_IPSEC_DELSA MAC_IPSEC_ADDSPD MAC_IPSEC_DELSPD MAC_IPSEC_EVENT " +
	"MAC_UNLBL_STCADD MAC_UNLBL_STCDEL MAC_CALIPSO_ADD MAC_CALIPSO_DEL"

// String returns the name of the type.
func (t recordType) String() string {
	switch t {
	case typeUserAVC:
		return "USER_AVC"
	case typeUserSELinuxErr:
		return "USER_SELINUX_ERR"
	case typeSyscall:
		return "SYSCALL"
	case typePath:
		return "PATH"
	case typeSocketcall:
		return "SOCKETCALL"
	case typeSockaddr:
		return "SOCKADDR"
	case typeCWD:
		return "CWD"
	case typeExecve:
		return "EXECVE"
	case typeEOE:
		return "EOE"
	case typeProctitle:
		return "PROCTITLE"
	case typeURingOp:
		return "URINGOP"
	case typeAVC:
		return "AVC"
	case typeSELinuxErr:
		return "SELINUX_ERR"
	case typeUserMACPolicyLoad:
		return "USER_MAC_POLICY_LOAD"
	case typeUserMACConfigChnge:
		return "USER_MAC_CONFIG_CHANGE"
	case typeUserMACStatus:
		return "USER_MAC_STATUS"
	}
	if t.isMAC() {
		return wordAt(macNames, int(t-typeMACPolicyLoad))
	}
	return ""
}

func (t recordType) isMAC() bool { return t >= typeMACPolicyLoad && t <= typeMACCalipsoDel }

// notable reports whether an event with a record of this type is yielded.
func (t recordType) notable() bool {
	switch t {
	case typeAVC, typeUserAVC, typeSELinuxErr, typeUserSELinuxErr, typeUserMACPolicyLoad, typeUserMACConfigChnge,
		typeUserMACStatus:
		return true
	}
	return t.isMAC()
}

// numericType returns the type for a number, as the kernel prints it: type=1400.
func numericType(n uint64) recordType {
	if n > 0xffff {
		return typeOther
	}
	t := recordType(n)
	if t.String() == "" {
		return typeOther
	}
	return t
}

// typeNamed returns the type for a name, a number or UNKNOWN[number]. It does not allocate.
func typeNamed(b []byte) recordType {
	switch string(b) {
	case "AVC":
		return typeAVC
	case "SYSCALL":
		return typeSyscall
	case "PROCTITLE":
		return typeProctitle
	case "PATH":
		return typePath
	case "CWD":
		return typeCWD
	case "EOE":
		return typeEOE
	case "SOCKADDR":
		return typeSockaddr
	case "SOCKETCALL":
		return typeSocketcall
	case "EXECVE":
		return typeExecve
	case "USER_AVC":
		return typeUserAVC
	case "SELINUX_ERR":
		return typeSELinuxErr
	case "USER_SELINUX_ERR":
		return typeUserSELinuxErr
	case "URINGOP":
		return typeURingOp
	case "USER_MAC_POLICY_LOAD":
		return typeUserMACPolicyLoad
	case "USER_MAC_CONFIG_CHANGE":
		return typeUserMACConfigChnge
	case "USER_MAC_STATUS":
		return typeUserMACStatus
	}
	if len(b) == 0 {
		return typeOther
	}
	if len(b) > 4 && string(b[:4]) == "MAC_" {
		if i := indexOfWord(macNames, string(b)); i >= 0 {
			return typeMACPolicyLoad + recordType(i)
		}
		return typeOther
	}
	if len(b) > 9 && string(b[:8]) == "UNKNOWN[" && b[len(b)-1] == ']' {
		b = b[8 : len(b)-1]
	}
	if b[0] >= '0' && b[0] <= '9' {
		if n, ok := decimal(b); ok {
			return numericType(n)
		}
	}
	if b[0] >= 'a' && b[0] <= 'z' { // a log in lower case
		var capitals [24]byte
		if n := copy(capitals[:], b); n == len(b) {
			for i, c := range capitals[:n] {
				if c >= 'a' && c <= 'z' {
					capitals[i] = c - 'a' + 'A'
				}
			}
			return typeNamed(capitals[:n])
		}
	}
	return typeOther
}

// decimal parses a decimal number of at most 18 digits.
func decimal(b []byte) (uint64, bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	var n uint64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}
