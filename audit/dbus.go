package audit

import (
	"bytes"
)

// dbusRecord writes dbus-daemon's text about a denial in the form of the record that it also sends to the audit
// system (bus_selinux_check of bus/selinux.c). The text says who may not send a message to whom.
//
//	An SELinux policy prevents this sender from sending this message to this recipient, 0 matched rules;
//	type="method_call", sender=":1.45" (uid=0 pid=7 comm="x" label="A") ... destination="org.x" (... label="B")
func dbusRecord(m []byte) ([]byte, bool) {
	i := bytes.Index(m, []byte("SELinux policy prevents this sender"))
	if i < 0 {
		return nil, false
	}
	head, to, ok := bytes.Cut(m[i:], []byte(" destination="))
	source, target := quotedValue(head, "label"), quotedValue(to, "label")
	if !ok || bytes.Count(source, []byte(":")) < 2 || bytes.Count(target, []byte(":")) < 2 {
		return nil, false
	}
	b := []byte("avc:  denied  { send_msg } for ")
	for _, key := range [...]string{"pid", "comm"} {
		_, rest, ok := bytes.Cut(head, []byte(" "+key+"="))
		value, more, _ := bytes.Cut(rest, []byte(" "))
		opened := bytes.HasPrefix(value, []byte(`"`)) && !bytes.HasSuffix(value, []byte(`"`))
		if opened && bytes.IndexByte(more, '"') >= 0 {
			value = append(bytes.Clone(value), '"') // of a command line the program
		}
		if ok && len(value) > 0 && bytes.IndexByte(value, '=') < 0 {
			b = append(append(append(append(b, ' '), key...), '='), value...)
		}
	}
	b = append(append(b, " scontext="...), source...)
	b = append(append(b, " tcontext="...), target...)
	return append(b, " tclass=dbus"...), true
}

// quotedValue returns the value of key="value". It returns nil if there is none, or if the value has a blank.
func quotedValue(m []byte, key string) []byte {
	_, rest, ok := bytes.Cut(m, []byte(key+`="`))
	value, _, ends := bytes.Cut(rest, []byte(`"`))
	if !ok || !ends || bytes.IndexByte(value, ' ') >= 0 {
		return nil
	}
	return value
}
