package audit

import (
	"maps"
	"slices"
	"strings"
)

// laurel reads an event of LAUREL: {"ID":"1705071450.879:2949","SYSCALL":{...},
// "AVC":[{"denied":["name_connect"],...}],...}. Every record is an object or a list of objects. Strings that are
// not UTF-8 are encoded as in URLs.
func (r *Reader) laurel(o map[string]any) bool {
	id, ok := parseStamp([]byte(scalar(o["ID"])))
	if !ok {
		return false
	}
	e := &Event{Time: id.time(), Serial: id.serial, Node: firstString(o, "NODE", "_HOST"), Format: FormatLaurel,
		Line: r.stats.Lines}
	known := false
	for _, name := range slices.Sorted(maps.Keys(o)) {
		typ := typeNamed([]byte(name))
		if typ == typeOther {
			continue
		}
		known = true
		for _, rec := range objects(o[name]) {
			r.laurelRecord(e, typ, rec)
		}
	}
	if !known {
		return false
	}
	if e.notable() {
		r.deliver(e)
	}
	return true
}

// objects returns an object, or the objects in a list.
func objects(v any) []map[string]any {
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		var list []map[string]any
		for _, x := range v {
			if m, ok := x.(map[string]any); ok {
				list = append(list, m)
			}
		}
		return list
	}
	return nil
}

func (r *Reader) laurelRecord(e *Event, typ recordType, o map[string]any) {
	pairs := jsonPairs(o, percentDecode)
	switch typ {
	case typeAVC, typeUserAVC:
		if msg := scalar(o["msg"]); msg != "" && typ == typeUserAVC {
			if a, ok := parseAVC(strings.Trim(msg, "'"), raw, true); ok {
				e.AVCs = append(e.AVCs, a)
				r.countAVC(&a)
				return
			}
		}
		r.pairsAVC(e, typ, pairs)
	case typeSyscall, typeURingOp:
		e.Syscall = pairsSyscall(pairs)
		for i, arg := range stringList(o["ARGV"]) {
			if i < len(e.Syscall.Args) {
				e.Syscall.set(pair{key: "a" + string(rune('0'+i)), val: arg}, decoded)
			}
		}
	case typeSockaddr:
		for _, p := range pairs {
			if p.key == "saddr" && e.Sockaddr == nil && len(p.val) >= 2 {
				e.Sockaddr = decodeSockaddr([]byte(p.val))
			}
		}
		if fam, ok := o["SADDR"].(map[string]any); ok {
			e.Sockaddr = interpretedSockaddr(joinPairs(jsonPairs(fam, nil)))
		} else if e.Sockaddr == nil {
			e.Sockaddr = interpretedSockaddr(scalar(o["SADDR"]))
		}
	case typeProctitle:
		e.Proctitle = title(percentDecode(scalar(o["proctitle"])))
		if argv := stringList(o["ARGV"]); len(argv) > 0 {
			e.Proctitle = percentDecode(strings.Join(argv, " "))
		}
	case typeCWD:
		e.CWD = percentDecode(scalar(o["cwd"]))
	case typePath:
		e.Paths = append(e.Paths, parsePath(joinPairs(pairs), decoded))
	case typeExecve:
		e.Argv = stringList(o["ARGV"])
	default:
		r.pairsOther(e, typ, pairs)
	}
}

// percentDecode decodes %XX, which LAUREL writes for bytes that JSON cannot have, and for % itself.
func percentDecode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := anyHex(s[i+1]), anyHex(s[i+2])
			if hi >= 0 && lo >= 0 {
				b = append(b, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

func anyHex(c byte) int {
	if c >= 'a' && c <= 'f' {
		c -= 'a' - 'A'
	}
	return upperHex(c)
}
