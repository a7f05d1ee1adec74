package audit

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Some tools split records and write a denial as keys and values: columns between bars, attributes or elements of
// XML, JSON objects with other names. The names of the values identify a denial.

// keyedLine reads a denial from a line that has its values but not the words of the kernel.
func (r *Reader) keyedLine(line []byte) bool {
	pairs := keyedPairs(string(line))
	if !denialPairs(pairs) {
		return false
	}
	h := r.heads.Parse(line)
	e := &Event{Node: h.Host, Container: h.Container, Time: h.Time, YearAssumed: h.YearAssumed}
	return r.keyed(e, FormatPlain, pairs)
}

// keyedObject is keyedLine for a JSON object of any depth.
func (r *Reader) keyedObject(o map[string]any) bool {
	flat := map[string]any{}
	flatten(flat, "", o, 0)
	all := jsonPairs(flat, nil)
	class := func(p pair) bool { return lastKey(p.key) == "tclass" }
	at := slices.IndexFunc(all, class)
	if at < 0 || slices.ContainsFunc(all[at+1:], class) {
		return false // not a record, or several objects
	}
	// The values of the record stand beside its class. Other values, such as the name of a process, may stand
	// anywhere.
	prefix := strings.TrimSuffix(all[at].key, "tclass")
	var pairs []pair
	for _, p := range all {
		if key, ok := strings.CutPrefix(p.key, prefix); ok {
			pairs = append(pairs, pair{key: lastKey(key), val: p.val})
		}
	}
	if !denialPairs(pairs) {
		return false
	}
	if moment := firstString(o, "@timestamp", "timestamp", "time"); moment != "" {
		pairs = append(pairs, pair{key: "time", val: moment})
	}
	return r.keyed(&Event{Node: hostOf(o), Container: containerOf(o)}, FormatBeats, pairs)
}

// keyed delivers the denial in pairs.
func (r *Reader) keyed(e *Event, format Format, pairs []pair) bool {
	e.Format, e.Line = format, r.stats.Lines
	serial := ""
	for _, p := range pairs {
		if p.key == "serial" || p.key == "sequence" {
			serial = p.val
		}
	}
	rest := pairs[:0]
	for _, p := range pairs {
		switch p.key {
		case "msg", "time", "@timestamp", "timestamp":
			e.stamp(p.val, serial)
		case "node", "host":
			e.Node = cmp.Or(e.Node, p.val)
		case "type", "serial", "sequence":
		default:
			rest = append(rest, p)
		}
	}
	r.pairsAVC(e, typeAVC, rest)
	if e.notable() {
		r.deliver(e)
	}
	return true
}

// stamp sets the time from a value that is a time: a date, or seconds since 1970. The serial number follows it or
// comes separately.
func (e *Event) stamp(text, serial string) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		e.Time = t.UTC()
		e.Serial, _ = number(serial)
		return
	}
	text = strings.TrimRight(strings.TrimPrefix(text, "audit("), "):")
	for _, s := range [...]string{text, text + ":" + serial} {
		if id, ok := parseStamp([]byte(s)); ok {
			e.Time, e.Serial = id.time(), id.serial
			return
		}
	}
}

// lastKey returns the last part of a dotted key, without the leading underscores of GELF.
func lastKey(key string) string {
	return strings.TrimLeft(key[strings.LastIndexByte(key, '.')+1:], "_")
}

// denialPairs reports whether pairs have everything that a denial needs. It changes the names of the result and of
// the permissions to those that pairsAVC reads.
func denialPairs(pairs []pair) bool {
	var has [5]bool
	for i := range pairs {
		p := &pairs[i]
		p.key = strings.ToLower(p.key)
		switch p.key {
		case "scontext":
			has[0] = p.val != ""
		case "tcontext":
			has[1] = p.val != ""
		case "tclass":
			has[2] = p.val != ""
		case "denied", "granted": // with the permissions after it
			has[3], has[4] = true, has[4] || p.val != ""
		case "seperms", "avc.request", "perms", "perm", "permissions", "permission", "requested":
			p.key, has[4] = "perms", has[4] || p.val != ""
		case "seresult", "avc.action", "avc", "result", "action", "decision", "verdict", "operation", "res":
			if v := strings.ToLower(strings.TrimSpace(p.val)); v == string(Denied) || v == string(Granted) {
				p.key, p.val, has[3] = "seresult", v, true
			}
		}
	}
	return !slices.Contains(has[:], false)
}

// keyedPairs reads the keys and values of a line, whatever separates them.
func keyedPairs(line string) []pair {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
			b.WriteByte(c)
		case quoted:
			b.WriteByte(c)
		case c == '<':
			end := strings.IndexByte(line[i:], '>')
			if end < 0 {
				b.WriteByte(' ')
				break
			}
			name := line[i+1 : i+end]
			text, _, ok := strings.Cut(line[i+end+1:], "</"+name+">")
			if ok && !strings.ContainsAny(text, `<"`) && name != "" {
				b.WriteString(" " + name + `="` + text + `" `)
				i += end + len(text) + len("</>") + len(name)
				break
			}
			b.WriteByte(' ')
		case c == '|', c == ';', c == ',', c == '>', c == '/' && i+1 < len(line) && line[i+1] == '>':
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	text := b.String()
	var pairs []pair
	scan := fieldScanner{s: text, style: raw}
	for p, ok := scan.next(); ok; p, ok = scan.next() {
		pairs = append(pairs, p)
	}
	return append(pairs, kernelWords(text)...)
}

// kernelWords returns the result and the permissions in braces, in the kernel's form, if they are there.
func kernelWords(text string) []pair {
	for _, result := range [...]Result{Denied, Granted} {
		_, rest, ok := strings.Cut(text, " "+string(result)+" ")
		if !ok {
			continue
		}
		if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), "{"); ok {
			if perms, _, ok := strings.Cut(rest, "}"); ok {
				return []pair{{key: string(result), val: perms}}
			}
		}
	}
	return nil
}
