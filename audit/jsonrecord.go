package audit

import (
	"maps"
	"slices"
	"strings"
)

// jsonPairs turns an object into fields in the order of their keys, because JSON has no order. decode, if not nil,
// is applied to every value.
func jsonPairs(o map[string]any, decode func(string) string) []pair {
	var pairs []pair
	for _, k := range slices.Sorted(maps.Keys(o)) {
		var v string
		switch x := o[k].(type) {
		case []any:
			v = strings.Join(stringList(x), " ")
		default:
			v = scalar(x)
		}
		if decode != nil {
			v = decode(v)
		}
		if k != "" {
			pairs = append(pairs, pair{key: k, val: v})
		}
	}
	return pairs
}

// stringList returns the strings and numbers in a list.
func stringList(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, x := range list {
		if _, nested := x.([]any); nested {
			continue
		}
		out = append(out, scalar(x))
	}
	return out
}

// joinPairs writes decoded fields as text for a parser of records.
func joinPairs(pairs []pair) string {
	var b strings.Builder
	for _, p := range pairs {
		b.WriteString(p.key)
		b.WriteByte('=')
		b.WriteByte(decodedMark)
		b.WriteString(strings.ReplaceAll(p.val, string(decodedMark), "?"))
		b.WriteByte(decodedMark)
		b.WriteByte(' ')
	}
	return b.String()
}

// sample writes fields in a readable form.
func sample(pairs []pair) string {
	return strings.ReplaceAll(joinPairs(pairs), string(decodedMark), "")
}

// pairsAVC makes an AVC from decoded fields. Shippers use different names for the result and the permissions.
func (r *Reader) pairsAVC(e *Event, typ recordType, pairs []pair) {
	a := AVC{User: typ == typeUserAVC}
	for _, p := range pairs {
		switch p.key {
		case "denied", "granted":
			a.Result, a.Permissions = Result(p.key), permissions(p.val)
		case "seresult", "avc.action", "avc":
			if v := strings.TrimSpace(p.val); v == string(Denied) || v == string(Granted) {
				a.Result = Result(v)
			}
		case "seperms", "avc.request", "perms":
			a.Permissions = permissions(p.val)
		case "apparmor":
			r.otherRecord(pairs, sample(pairs), r.stats.Lines)
			return
		default:
			a.set(p, decoded)
		}
	}
	if a.Result == "" || !a.complete() || !a.mend(false) {
		r.stats.malformed(MalformedJSON, r.stats.Lines, sample(pairs))
		return
	}
	if r.again(e, &a) {
		return
	}
	e.AVCs = append(e.AVCs, a)
	r.countAVC(&a)
}

// permissions splits a list of permissions at blanks or commas, with or without braces.
func permissions(s string) []string {
	return strings.FieldsFunc(s, func(c rune) bool { return c == ' ' || c == ',' || c == '{' || c == '}' })
}

func pairsSyscall(pairs []pair) *Syscall {
	c := &Syscall{}
	num, name := "", ""
	for _, p := range pairs {
		switch p.key {
		case "syscall":
			num = p.val
		case "SYSCALL":
			name = p.val
		case "uring_op":
			num, c.URing = p.val, true
		case "ARCH":
			if c.Arch == "" {
				c.Arch = p.val
			}
		case "ARGV":
		default:
			c.set(p, decoded)
		}
	}
	if num == "" {
		num = name
	}
	c.resolve(num)
	if c.Name == "" {
		c.Name = name
	}
	return c
}

// pairsOther makes an error or a change from decoded fields.
func (r *Reader) pairsOther(e *Event, typ recordType, pairs []pair) {
	text := joinPairs(pairs)
	switch {
	case typ == typeSELinuxErr || typ == typeUserSELinuxErr:
		if s, ok := parseSELinuxError(text, decoded, typ == typeUserSELinuxErr); ok {
			s.Text = ""
			e.Errors = append(e.Errors, s)
			r.stats.Errors++
			return
		}
		r.stats.malformed(MalformedJSON, r.stats.Lines, sample(pairs))
	case typ.notable():
		c := parseChange(typ, text, decoded)
		c.Text = ""
		e.Changes = append(e.Changes, c)
		r.stats.Changes++
	}
}
