package audit

import "strings"

// A Change is a record of a change of the policy, a boolean, the mode, labelled networking, or a local record of
// the policy store. After it, the verdicts of earlier denials may no longer hold.
type Change struct {
	// Type is the type of the record: MAC_POLICY_LOAD, MAC_STATUS, MAC_CONFIG_CHANGE, MAC_UNLBL_ALLOW,
	// MAC_CIPSOV4_ADD, MAC_MAP_ADD, MAC_IPSEC_EVENT, MAC_CALIPSO_ADD, USER_MAC_CONFIG_CHANGE ... It is USER_AVC for
	// the notice of an object manager about a policy load or a change of mode.
	Type string
	// Op is the operation, if the record names one.
	Op string

	Boolean string
	// Value and OldValue are the values of a boolean (MAC_CONFIG_CHANGE), the mode, where 1 is enforcing
	// (MAC_STATUS), or whether packets without a label are accepted (MAC_UNLBL_ALLOW). They are nil if the record
	// does not say.
	Value    *int
	OldValue *int
	// Success is true for res=1 or res=success, and nil if the record does not say.
	Success *bool

	// Fields are all fields, in the order of the log.
	Fields []Field
	Text   string
}

// parseChange reads the message of a MAC_* record.
func parseChange(typ recordType, text string, st style) Change {
	c := Change{Type: typ.String(), Text: text}
	c.scan(text, st, true)
	return c
}

func (c *Change) scan(text string, st style, nested bool) {
	f := fieldScanner{s: text, style: st}
	for p, more := f.next(); more; p, more = f.next() {
		switch p.key {
		case "msg":
			if !p.bare && nested {
				c.scan(p.val, st, false)
				continue
			}
		case "op":
			c.Op = p.val
		case "bool":
			c.Boolean = p.val
		case "val", "enforcing", "unlbl_accept":
			c.Value = toggle(p.val)
		case "old_val", "old_enforcing", "old":
			c.OldValue = toggle(p.val)
		case "res":
			yes := p.val == "1" || p.val == "success" || p.val == "yes"
			c.Success = &yes
		}
		c.Fields = append(c.Fields, Field{Key: p.key, Value: fieldText(p, st)})
	}
}

func toggle(s string) *int {
	var v int
	switch s {
	case "0", "no":
	case "1", "yes":
		v = 1
	default:
		return nil
	}
	return &v
}

// parseNotice reads a USER_AVC that is not an access vector: "avc:  received policyload notice (seqno=2)", "avc:
// received setenforce notice (enforcing=1)"; or, from libselinux 3.1 on, "avc:  op=setenforce lsm=selinux
// enforcing=1 res=1".
func parseNotice(text string) (Change, bool) {
	rest := strings.TrimLeft(text, " \t")
	rest, ok := strings.CutPrefix(rest, "avc:")
	if !ok {
		return Change{}, false
	}
	rest = strings.TrimLeft(rest, " \t")
	if strings.HasPrefix(rest, "op=") {
		c := Change{Type: typeUserAVC.String(), Text: text}
		c.scan(rest, raw, false)
		return c, true
	}
	rest, ok = strings.CutPrefix(rest, "received ")
	if !ok {
		return Change{}, false
	}
	op, rest, _ := strings.Cut(rest, " ")
	c := Change{Type: typeUserAVC.String(), Op: op, Text: text}
	_, inside, _ := strings.Cut(rest, "(")
	inside, after, _ := strings.Cut(inside, ")")
	c.scan(inside, raw, false)
	c.scan(after, raw, false)
	return c, true
}
