package audit

import (
	"fmt"
	"strconv"
	"strings"
)

// again reports whether a denial from JSON came before as a line of text. If it did not, again remembers the
// denial, so that the later line is recognised. It compares the time and serial number of the event, and the text
// that the kernel wrote.
func (r *Reader) again(e *Event, a *AVC) bool {
	if a.User || e.Serial == 0 || e.Time.IsZero() {
		return false
	}
	id, text := eventID{millis: e.Time.UnixMilli(), serial: e.Serial}, a.kernelText()
	if pasted(e.Line) && r.twin(&record{id: id, format: e.Format, body: text, line: e.Line}) {
		return true
	}
	if !r.seen.before(id, text, formOf(e.Format)) {
		return false
	}
	r.stats.Duplicates++
	return true
}

// kernelText writes the message as the kernel did (slow_avc_audit of security/selinux/avc.c, dump_common_audit_data
// of security/lsm_audit.c). JSON does not keep the order of the fields before scontext.
func (a *AVC) kernelText() []byte {
	b := make([]byte, 0, 256)
	b = append(b, "avc:  "...)
	b = append(b, a.Result...)
	b = append(b, "  { "...)
	for _, p := range a.Permissions {
		b = append(append(b, p...), ' ')
	}
	b = append(b, "} for "...)
	text := func(key, value string) {
		if value != "" {
			b = append(append(append(append(b, ' '), key...), '='), value...)
		}
	}
	str := func(key, value string) {
		if value != "" {
			text(key, untrusted(value))
		}
	}
	num := func(key string, value uint64) {
		if value != 0 {
			text(key, strconv.FormatUint(value, 10))
		}
	}
	if a.PID != 0 || a.Comm != "" {
		text("pid", strconv.Itoa(a.PID)) // the kernel writes 0 for a packet
	}
	str("comm", a.Comm)
	str("path", a.Path)
	str("name", a.Name)
	str("dev", a.Dev)
	num("ino", a.Ino)
	if a.IoctlCmd != nil {
		text("ioctlcmd", fmt.Sprintf("0x%x", *a.IoctlCmd))
	}
	if a.NlmsgType != nil {
		text("nl-msgtype", strconv.Itoa(int(*a.NlmsgType)))
	}
	if a.Capability != nil {
		text("capability", strconv.Itoa(*a.Capability)+" ")
	}
	str("kmod", a.KMod)
	if a.LAddr.IsValid() {
		text("laddr", a.LAddr.String())
	}
	num("lport", uint64(a.LPort))
	if a.FAddr.IsValid() {
		text("faddr", a.FAddr.String())
	}
	num("fport", uint64(a.FPort))
	if a.SAddr.IsValid() {
		text("saddr", a.SAddr.String())
	}
	num("src", uint64(a.Src))
	if a.DAddr.IsValid() {
		text("daddr", a.DAddr.String())
	}
	num("dest", uint64(a.Dest))
	text("netif", a.Netif)
	for _, f := range a.Fields {
		text(f.Key, f.Value)
	}
	text("scontext", a.SContext)
	text("tcontext", a.TContext)
	text("tclass", a.TClass)
	if a.Permissive != nil {
		text("permissive", map[bool]string{false: "0", true: "1"}[*a.Permissive])
	}
	return b
}

// untrusted writes a string as audit_log_untrustedstring does.
func untrusted(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == '"' || c < 0x21 || c > 0x7e {
			return strings.ToUpper(fmt.Sprintf("%x", s))
		}
	}
	return `"` + s + `"`
}
