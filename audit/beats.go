package audit

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/senet-selinux/senet/audit/internal/head"
)

// beats reads a document of auditbeat (auditd.data.*) or of filebeat's and Elastic Agent's module (auditd.log.*),
// with nested or dotted keys. If the document has the original lines of auditd, it reads those instead.
func (r *Reader) beats(o map[string]any) bool {
	if !hasPrefixKey(o, "auditd") {
		return false
	}
	flat := map[string]any{}
	flatten(flat, "", o, 0)
	host := firstString(flat, "host.hostname", "host.name", "agent.hostname")
	for _, key := range [...]string{"event.original", "auditd.messages", "message"} {
		if r.originals(flat[key], head.Head{Host: host}) {
			return true
		}
	}
	typ, prefix := beatsType(flat)
	if typ == typeOther {
		if beatsDenial(flat) {
			kind := MalformedEmpty
			if hasData(flat) {
				kind = MalformedSummary
			}
			r.stats.malformed(kind, r.stats.Lines, sample(jsonPairs(flat, nil)))
			return true
		}
		r.stats.Other++
		return true
	}
	data := map[string]any{}
	for k, v := range flat {
		if key, ok := strings.CutPrefix(k, prefix); ok {
			data[key] = v
		}
	}
	e := &Event{Node: host, Format: FormatBeats, Line: r.stats.Lines}
	if t, err := time.Parse(time.RFC3339Nano, firstString(flat, "@timestamp")); err == nil {
		e.Time = t.UTC()
	}
	e.Serial, _ = number(firstString(flat, "auditd.sequence", prefix+"sequence"))
	// The Elastic Common Schema has moved these fields out of the record.
	for _, moved := range [...]struct{ key, from string }{
		{"pid", "process.pid"}, {"comm", "process.name"}, {"exe", "process.executable"}, {"ppid", "process.parent.pid"},
	} {
		if _, ok := data[moved.key]; !ok {
			if v := firstString(flat, moved.from); v != "" {
				data[moved.key] = v
			}
		}
	}
	e.Proctitle = firstString(flat, "process.title")
	e.CWD = firstString(flat, "process.working_directory")
	if _, ok := data["syscall"]; ok {
		e.Syscall = pairsSyscall(beatsSyscall(data))
	}
	for _, noise := range [...]string{"record_type", "sequence", "syscall", "arch", "success", "exit", "a0", "a1",
		"a2", "a3", "tty", "ppid", "node"} {
		delete(data, noise)
	}
	pairs := jsonPairs(data, nil)
	if typ == typeAVC || typ == typeUserAVC {
		r.pairsAVC(e, typ, pairs)
	} else {
		r.pairsOther(e, typ, pairs)
	}
	if e.notable() {
		r.deliver(e)
	}
	return true
}

// beatsDenial reports whether a document without the fields of a record says that it is a denial.
func beatsDenial(flat map[string]any) bool {
	switch firstString(flat, "event.action") {
	case "violated-selinux-policy", "accessed-mac-policy-controlled-object":
		return true
	}
	switch strings.ToLower(firstString(flat, "auditd.message_type", "event.type")) {
	case "avc", "user_avc":
		return true
	}
	return false
}

// hasData reports whether a document has a field of a record.
func hasData(flat map[string]any) bool {
	for key := range flat {
		if strings.HasPrefix(key, "auditd.data.") || strings.HasPrefix(key, "auditd.log.") {
			return true
		}
	}
	return hasPrefixKey(flat, "process") || hasPrefixKey(flat, "auditd.summary")
}

// emptyEvent reports whether a document that was cut has an AVC without fields.
func emptyEvent(line []byte) bool {
	return bytes.Contains(line, []byte(`"violated-selinux-policy"`)) && (bytes.Contains(line, []byte(`"data":{}`)) ||
		!bytes.Contains(line, []byte(`"data":`)))
}

// beatsSyscall picks the fields of the system call.
func beatsSyscall(data map[string]any) []pair {
	call := map[string]any{}
	for _, key := range [...]string{"arch", "syscall", "success", "exit", "a0", "a1", "a2", "a3", "ppid", "pid",
		"tty", "comm", "exe"} {
		if v, ok := data[key]; ok {
			call[key] = v
		}
	}
	return jsonPairs(call, nil)
}

// beatsType returns the type of the record and the prefix of its fields.
func beatsType(flat map[string]any) (recordType, string) {
	prefix := "auditd.data."
	name := firstString(flat, "auditd.message_type", "auditd.log.record_type", "event.action")
	if firstString(flat, "auditd.log.record_type") != "" {
		prefix = "auditd.log."
	}
	typ := typeNamed([]byte(strings.ToUpper(strings.ReplaceAll(name, "-", "_"))))
	if !typ.notable() {
		// An event with several records has the name of its system call.
		if firstString(flat, "auditd.data.seresult", "auditd.data.tclass") == "" {
			return typeOther, prefix
		}
		return typeAVC, "auditd.data."
	}
	return typ, prefix
}

// originals reads the lines of auditd that a document may have, and reports
// whether there were any.
func (r *Reader) originals(v any, h head.Head) bool {
	lines := stringList(v)
	if s, ok := v.(string); ok {
		lines = strings.Split(s, "\n")
	}
	found := false
	for _, line := range lines {
		if strings.Contains(line, "audit(") {
			found = r.textLines(line, h) || found
		}
	}
	if found {
		r.flushPartial()
		r.flushAll()
	}
	return found
}

// maxDepth is the greatest depth of a document that is read.
const maxDepth = 8

// flatten writes an object's values under dotted keys.
func flatten(into map[string]any, prefix string, o map[string]any, depth int) {
	if depth > maxDepth {
		return
	}
	// If a key is both nested and dotted, the order decides.
	for _, k := range slices.Sorted(maps.Keys(o)) {
		v := o[k]
		if inner, ok := v.(map[string]any); ok {
			flatten(into, prefix+k+".", inner, depth+1)
			continue
		}
		into[prefix+k] = v
	}
}

func hasPrefixKey(o map[string]any, prefix string) bool {
	for k := range o {
		if k == prefix || strings.HasPrefix(k, prefix+".") {
			return true
		}
	}
	return false
}
