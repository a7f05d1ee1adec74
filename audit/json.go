package audit

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/senet-selinux/senet/audit/internal/head"
)

// jsonLine reads a line that is a JSON object. It returns false for an object without anything to read, and for
// text that does not parse. Such a line may still be read as text.
func (r *Reader) jsonLine(line []byte) bool {
	if !interestingJSON(line) {
		return false
	}
	// journalctl -o json-seq and json-sse.
	line = bytes.TrimPrefix(bytes.TrimPrefix(line, []byte{0x1e}), []byte("data: "))
	var value any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		// The JSON was cut in the middle: read the text that is there.
		if !r.message(bytes.ReplaceAll(line, []byte(`\"`), []byte(`"`)), head.Head{}) {
			kind := MalformedJSON
			if emptyEvent(line) {
				kind = MalformedEmpty
			}
			r.stats.malformed(kind, r.stats.Lines, string(line[:min(len(line), maxSample)]))
		}
		r.flushPartial()
		return true
	}
	if object, ok := value.(map[string]any); ok && r.object(object, 0) {
		return true
	}
	return r.inside(value, head.Head{}, 0)
}

// maxInside is the greatest depth at which records are searched in JSON of an unknown form.
const maxInside = 6

// inside reads the elements of a list, or of an object of an unknown form, such as the answer of Elasticsearch or
// Loki.
func (r *Reader) inside(value any, h head.Head, depth int) bool {
	if depth > maxInside {
		return false
	}
	found := false
	switch v := value.(type) {
	case string:
		return interesting([]byte(v)) && r.textLines(v, h)
	case []any:
		for _, one := range v {
			if object, ok := one.(map[string]any); ok && r.object(object, 0) {
				found = true
				continue
			}
			found = r.inside(one, h, depth+1) || found
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			object, ok := v[key].(map[string]any)
			if ok && r.object(object, 0) {
				found = true
				continue
			}
			if ok || isList(v[key]) {
				found = r.inside(v[key], h, depth+1) || found
			}
		}
	}
	return found
}

func isList(v any) bool { _, ok := v.([]any); return ok }

// interestingJSON reports whether an object may have something to read.
func interestingJSON(line []byte) bool {
	if interesting(line) {
		return true
	}
	for _, s := range [...]string{`"AVC"`, `"denied"`, `"granted"`, `"SELINUX_ERR"`, `"MAC_`, `"_AUDIT_TYPE`,
		`tclass"`} {
		if bytes.Contains(line, []byte(s)) {
			return true
		}
	}
	// A message given as an array of bytes does not show its text.
	_, rest, ok := bytes.Cut(line, []byte(`"MESSAGE"`))
	return ok && bytes.HasPrefix(bytes.TrimLeft(rest, ": "), []byte("["))
}

// object reads one JSON object of any log shipper.
func (r *Reader) object(o map[string]any, depth int) bool {
	if depth > 2 {
		return false
	}
	for _, wrapper := range [...]string{"_source", "result", "data"} {
		// A hit of Elasticsearch, or a result of Splunk.
		if inner, ok := o[wrapper].(map[string]any); ok && r.object(inner, depth+1) {
			return true
		}
	}
	if _, ok := o["ID"].(string); ok && r.laurel(o) {
		return true
	}
	if message, ok := o["MESSAGE"]; ok {
		return r.journalObject(o, message)
	}
	if r.beats(o) {
		return true
	}
	// Any other object that has a line of text.
	h := head.Head{Container: containerOf(o), Host: hostOf(o),
		Prog: firstString(o, "ident", "appname", "program", "syslog_identifier")}
	for _, key := range [...]string{"time", "@timestamp", "timestamp"} {
		if t, err := time.Parse(time.RFC3339Nano, firstString(o, key)); err == nil && h.Time.IsZero() {
			h.Time = t.UTC()
		}
	}
	for _, key := range [...]string{"message", "msg", "log", "_raw", "raw", "line", "text", "full_log"} {
		if text, ok := o[key].(string); ok && interesting([]byte(text)) {
			return r.textLines(text, h)
		}
	}
	return r.keyedObject(o)
}

// hostOf returns the host of a document: its name, or the name in an object.
func hostOf(o map[string]any) string {
	for _, key := range [...]string{"host", "agent"} {
		if inner, ok := o[key].(map[string]any); ok {
			if name := firstString(inner, "hostname", "name"); name != "" {
				return name
			}
		}
	}
	return firstString(o, "hostname", "host", "_HOSTNAME", "computer", "host.name", "host.hostname")
}

// textLines reads the text of a JSON string, which may have several lines.
func (r *Reader) textLines(text string, h head.Head) bool {
	found := false
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		b := clean(trimQuote([]byte(line)))
		if r.part.active && r.continuePartial(b) {
			found = true
			continue
		}
		own := r.heads.Parse(b)
		if own.Host == "" {
			own.Host = h.Host
		}
		if own.Time.IsZero() {
			own.Time = h.Time
		}
		if own.Container == nil {
			own.Container = h.Container
		}
		if own.Prog == "" && own.Container == nil {
			own.Prog, own.PID = h.Prog, h.PID
		}
		found = r.message(b[own.End:], own) || found
	}
	return found
}

// journalObject reads an entry of journalctl -o json.
func (r *Reader) journalObject(o map[string]any, message any) bool {
	text, ok := journalText(message)
	if !ok {
		return false
	}
	h := head.Head{Container: containerOf(o), Host: firstString(o, "_HOSTNAME"),
		Prog: firstString(o, "SYSLOG_IDENTIFIER", "_COMM")}
	h.PID, _ = pid(firstString(o, "_PID", "SYSLOG_PID"))
	micros, err := strconv.ParseInt(firstString(o, "_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"), 10, 64)
	if err == nil {
		h.Time = time.UnixMicro(micros).UTC()
	}
	if typ, ok := number(firstString(o, "_AUDIT_TYPE")); ok {
		// MESSAGE begins with the name of the type.
		_, body, _ := strings.Cut(text, " ")
		rec := record{typ: numericType(typ), node: []byte(h.Host), format: FormatJournalJSON, line: r.stats.Lines,
			time: h.Time}
		if rec.typ == typeOther {
			r.stats.Other++
			return true
		}
		serial, _ := number(firstString(o, "_AUDIT_ID"))
		rec.id = eventID{millis: micros / 1000, serial: serial, node: nodeHash(rec.node)}
		if err != nil || rec.id.millis < 0 {
			rec.id.millis = 0
		}
		rec.body = []byte(strings.ReplaceAll(body, "\n", " "))
		if !rec.typ.notable() || !r.twin(&rec) {
			r.hold(rec)
		}
		return true
	}
	if !interesting([]byte(text)) {
		return false
	}
	return r.textLines(text, h)
}

// containerOf returns the container of a document, in the forms of docker's json-file and fluentd, of the drivers
// for the journal, and of the agents of Kubernetes; nil for none.
func containerOf(o map[string]any) *Container {
	if k, ok := o["kubernetes"].(map[string]any); ok {
		name := firstString(k, "container_name")
		if c, ok := k["container"].(map[string]any); ok && name == "" {
			name = firstString(c, "name")
		}
		if pod := firstString(k, "pod_name"); pod != "" {
			name = pod + "/" + name
		}
		return &Container{Name: name, Source: "kubernetes"}
	}
	if labels, ok := o["labels"].(map[string]any); ok { // Loki
		if pod, name := firstString(labels, "pod"), firstString(labels, "container", "container_name"); pod+name != "" {
			return &Container{Name: strings.TrimPrefix(pod+"/"+name, "/"), Source: "kubernetes"}
		}
	}
	if name := firstString(o, "CONTAINER_NAME", "CONTAINER_ID", "container_name", "container_id"); name != "" {
		return &Container{Name: strings.TrimPrefix(name, "/"), Source: "docker"}
	}
	_, log := o["log"].(string)
	if stream := firstString(o, "stream"); log && (stream == "stdout" || stream == "stderr") {
		return &Container{Source: "docker"}
	}
	return nil
}

// journalText returns a MESSAGE, which is an array of bytes if it is not UTF-8
// or has control characters.
func journalText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []any:
		b := make([]byte, 0, len(v))
		for _, x := range v {
			n, ok := x.(json.Number)
			if !ok {
				// An entry with several messages: use the first.
				s, ok := x.(string)
				return s, ok
			}
			c, err := strconv.ParseUint(n.String(), 10, 8)
			if err != nil {
				return "", false
			}
			b = append(b, byte(c))
		}
		return string(b), true
	}
	return "", false
}

// firstString returns the first of the values that exists, as text.
func firstString(o map[string]any, keys ...string) string {
	for _, k := range keys {
		if s := scalar(o[k]); s != "" {
			return s
		}
	}
	return ""
}

// scalar returns a string, number or boolean as text. For a list with one element it returns that element.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any:
		if len(v) == 1 {
			if _, nested := v[0].([]any); !nested {
				return scalar(v[0])
			}
		}
	}
	return ""
}
