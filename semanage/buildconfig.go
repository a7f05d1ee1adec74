package semanage

import (
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// set applies one setting and returns its fault, "" if it has none.
func (c *BuildConfig) set(key, value string) string {
	flags := map[string]*bool{
		"ignore-module-cache": &c.IgnoreCache, "disable-genhomedircon": &c.NoHomedirs, "usepasswd": &c.UsePasswd,
		"remove-hll": &c.RemoveSource, "optimize-policy": &c.Optimize, "multiple-decls": &c.MultipleDecls,
		"save-linked": nil, "bzip-small": nil, "relabel-store": nil, "relabel_store": nil,
	}
	if flag, ok := flags[key]; ok {
		on := strings.EqualFold(value, "true")
		if !on && !strings.EqualFold(value, "false") {
			return "neither true nor false"
		}
		if flag != nil {
			*flag = on
		}
		c.OptimizeSaid = c.OptimizeSaid || key == "optimize-policy"
		c.MultipleDeclsSaid = c.MultipleDeclsSaid || key == "multiple-decls"
		return ""
	}
	switch key {
	case "expand-check":
		c.Check = leadingNumber(value) != 0
	case "bzip-blocksize":
		n := leadingNumber(value)
		if n < 0 || n > 9 {
			return "not 0 to 9"
		}
		c.BzipLevel = n
	case "ignoredirs":
		c.IgnoreDirs = strings.FieldsFunc(value, func(r rune) bool { return r == ';' })
	case "target-platform":
		switch strings.ToLower(value) {
		case "selinux":
			c.Target = policydb.TargetSELinux
		case "xen":
			c.Target = policydb.TargetXen
		default:
			return "neither selinux nor xen"
		}
	case "handle-unknown":
		known := map[string]policydb.HandleUnknown{
			"deny": policydb.UnknownDeny, "reject": policydb.UnknownReject, "allow": policydb.UnknownAllow,
		}
		how, ok := known[strings.ToLower(value)]
		if !ok {
			return "none of deny, reject and allow"
		}
		c.HandleUnknown = &how
	default:
		return "unknown setting"
	}
	return ""
}

// program notes the path of a program that replaces one of libsemanage's.
func (c *BuildConfig) program(block, path string) {
	if c.Programs == nil {
		c.Programs = map[string]string{}
	}
	c.Programs[block] = path
}

// leadingNumber reads the digits at the beginning as atoi does, at most a million.
func leadingNumber(s string) int {
	s = strings.TrimLeft(s, blanks)
	s, negative := strings.CutPrefix(s, "-")
	n := 0
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9' && n < 1_000_000; i++ {
		n = n*10 + int(s[i]-'0')
	}
	if negative {
		return -n
	}
	return n
}
