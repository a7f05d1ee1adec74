package kernel

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// mutate returns a copy of a binary policy with one change, the same for the same seed, and names
// the change; nil where the change came to nothing.
func mutate(image []byte, seed uint64) (mutant []byte, what string) {
	m := &mutator{rng: rand.New(rand.NewPCG(seed, 1))}
	p, err := policydb.Decode(image)
	kind := m.rng.IntN(10)
	switch {
	case err != nil || kind == 0:
		mutant, what = m.bytes(image)
	case kind < 3:
		mutant, what = m.rule(image, p)
	default:
		mutant, what = m.value(p)
	}
	if bytes.Equal(mutant, image) {
		return nil, what
	}
	return mutant, what
}

type mutator struct {
	rng *rand.Rand
	p   *policydb.Policy
}

// value changes a value of the decoded policy and encodes it again.
func (m *mutator) value(p *policydb.Policy) (mutant []byte, what string) {
	defer func() {
		// Not everything that Go's types can hold can be encoded: extended
		// permissions in a version that has none.
		if r := recover(); r != nil {
			mutant, what = nil, fmt.Sprint(r)
		}
	}()
	m.p = p
	fields := reflect.ValueOf(p).Elem()
	for range 100 {
		i := m.rng.IntN(fields.NumField())
		name := fields.Type().Field(i).Name
		switch name {
		case "Target":
			continue
		case "Version":
			if m.rng.IntN(8) > 0 {
				continue
			}
			p.Version = 15 + m.rng.Uint32N(19)
			return p.Encode(), fmt.Sprintf("Version = %d", p.Version)
		}
		if change := m.change(fields.Field(i)); change != "" {
			if p.HandleUnknown() == policydb.UnknownReject {
				p.Config &^= uint32(policydb.UnknownReject)
			}
			return p.Encode(), name + change
		}
	}
	return nil, "nothing to change"
}

// change makes a change in v and names it, "" if nothing can be changed.
func (m *mutator) change(v reflect.Value) string {
	if b, ok := v.Interface().(policydb.Bitmap); ok {
		return m.bitmap(v, b)
	}
	switch v.Kind() {
	case reflect.Struct:
		if v.NumField() == 0 {
			return ""
		}
		i := m.rng.IntN(v.NumField())
		if !v.Field(i).CanSet() {
			return ""
		}
		if change := m.change(v.Field(i)); change != "" {
			return "." + v.Type().Field(i).Name + change
		}
	case reflect.Slice:
		return m.slice(v)
	case reflect.Array:
		i := m.rng.IntN(v.Len())
		return fmt.Sprintf("[%d]%s", i, m.change(v.Index(i)))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n := m.number(v.Uint())
		v.SetUint(n & (1<<v.Type().Bits() - 1))
		return fmt.Sprintf(" = %d", v.Uint())
	case reflect.String:
		v.SetString(m.name(v.String()))
		return fmt.Sprintf(" = %.40q", v.String())
	case reflect.Bool:
		v.SetBool(!v.Bool())
		return fmt.Sprintf(" = %t", v.Bool())
	}
	return ""
}

// slice changes an element, or takes one away, doubles it or moves it.
func (m *mutator) slice(v reflect.Value) string {
	n := v.Len()
	if n == 0 {
		return ""
	}
	i, j := m.rng.IntN(n), m.rng.IntN(n)
	copied := reflect.MakeSlice(v.Type(), n, n+1)
	reflect.Copy(copied, v)
	switch m.rng.IntN(8) {
	case 0:
		v.Set(reflect.AppendSlice(copied.Slice(0, i), v.Slice(i+1, n)))
		return fmt.Sprintf("[%d] taken away", i)
	case 1:
		v.Set(reflect.Append(copied, v.Index(i)))
		return fmt.Sprintf("[%d] doubled", i)
	case 2:
		copied.Index(i).Set(v.Index(j))
		copied.Index(j).Set(v.Index(i))
		v.Set(copied)
		return fmt.Sprintf("[%d] and [%d] exchanged", i, j)
	}
	v.Set(copied)
	change := m.change(v.Index(i))
	if change == "" {
		return ""
	}
	return fmt.Sprintf("[%d]%s", i, change)
}

func (m *mutator) bitmap(v reflect.Value, b policydb.Bitmap) string {
	bit := m.rng.Uint32N(100)
	switch m.rng.IntN(6) {
	case 0:
		b = policydb.Bitmap{}
	case 1:
		bit = m.rng.Uint32() >> m.rng.IntN(32)
		b = b.With(bit)
	case 2, 3:
		b = b.With(bit)
	default:
		n := 0
		for has := range b.All() {
			if n++; m.rng.IntN(n) == 0 {
				bit = has
			}
		}
		b = b.Without(bit)
	}
	v.Set(reflect.ValueOf(b))
	return fmt.Sprintf(": bit %d", bit)
}

// number returns a number instead of v that is likely to mean something.
func (m *mutator) number(v uint64) uint64 {
	p := m.p
	switch m.rng.IntN(10) {
	case 0:
		return 0
	case 1:
		return v + 1
	case 2:
		return v - 1
	case 3:
		return v ^ 1<<m.rng.IntN(32)
	case 4:
		return 1<<16 - 1 + m.rng.Uint64N(2)
	case 5:
		return 1<<32 - 1 - m.rng.Uint64N(2)
	case 6, 7:
		sizes := []uint32{p.Commons.NPrim, p.Classes.NPrim, p.Roles.NPrim, p.Types.NPrim, p.Users.NPrim, p.Bools.NPrim,
			p.Sensitivities.NPrim, p.Categories.NPrim}
		return uint64(pick(m.rng, sizes)) + m.rng.Uint64N(2)
	}
	return m.rng.Uint64N(40)
}

// name returns a name instead of s: mostly one that the policy has elsewhere.
func (m *mutator) name(s string) string {
	switch m.rng.IntN(10) {
	case 0:
		return ""
	case 1:
		return s + "x"
	case 2:
		return s[:len(s)/2] + "\x00" + s[len(s)/2:]
	case 3:
		return "\x00" + s
	case 4:
		return strings.Repeat("n", 4070+m.rng.IntN(30))
	case 5:
		return pick(m.rng, []string{"process", "object_r", "transition", "file", "/", "proc"})
	}
	p := m.p
	var names []string
	for i := range p.Types.Items {
		names = append(names, p.Types.Items[i].Name)
	}
	for i := range p.Classes.Items {
		names = append(names, p.Classes.Items[i].Name)
		for j := range p.Classes.Items[i].Perms {
			names = append(names, p.Classes.Items[i].Perms[j].Name)
		}
	}
	for i := range p.Roles.Items {
		names = append(names, p.Roles.Items[i].Name)
	}
	for i := range p.Bools.Items {
		names = append(names, p.Bools.Items[i].Name)
	}
	for i := range p.GenFS {
		names = append(names, p.GenFS[i].FSType)
	}
	if len(names) == 0 {
		return s + "x"
	}
	return pick(m.rng, names)
}

// bytes changes the image without a look at its content.
func (m *mutator) bytes(image []byte) ([]byte, string) {
	out := bytes.Clone(image)
	at := m.rng.IntN(max(len(out)-8, 1))
	switch m.rng.IntN(8) {
	case 0:
		out[at] ^= 1 << m.rng.IntN(8)
		return out, fmt.Sprintf("byte %#x: a bit", at)
	case 1:
		out[at] = byte(m.rng.Uint32())
		return out, fmt.Sprintf("byte %#x: %#x", at, out[at])
	case 2:
		return out[:at], fmt.Sprintf("cut off at %#x", at)
	case 3:
		n := min(1+m.rng.IntN(64), len(out)-at)
		return append(out[:at], image[at+n:]...), fmt.Sprintf("%d bytes at %#x taken away", n, at)
	case 4:
		n := min(1+m.rng.IntN(64), len(out)-at)
		return append(append(out[:at:at], image[at:at+n]...), image[at:]...),
			fmt.Sprintf("%d bytes at %#x doubled", n, at)
	}
	m.p = &policydb.Policy{}
	if p, err := policydb.Decode(image); err == nil {
		m.p = p
	}
	n := uint32(m.number(uint64(binary.LittleEndian.Uint32(out[at:]))))
	binary.LittleEndian.PutUint32(out[at:], n)
	return out, fmt.Sprintf("word at %#x = %d", at, n)
}

// rule changes a table of rules: it doubles, takes away or edits one.
func (m *mutator) rule(image []byte, p *policydb.Policy) ([]byte, string) {
	table, where := p.AVTab, "AVTab"
	if n := len(p.Conditionals); n > 0 && m.rng.IntN(2) == 0 {
		i := m.rng.IntN(n)
		table, where = p.Conditionals[i].True, fmt.Sprintf("Conditionals[%d].True", i)
		if m.rng.IntN(2) == 0 {
			table, where = p.Conditionals[i].False, fmt.Sprintf("Conditionals[%d].False", i)
		}
	}
	const oldest, key = 20, 8 // the version from which on records begin with a key of 8 bytes
	if table.Len() == 0 || p.Version < oldest {
		return m.bytes(image)
	}
	record := func(off uint32) []byte {
		b := binary.LittleEndian.AppendUint64(nil, uint64(table.Key(off)))
		return binary.LittleEndian.AppendUint32(b, table.Data(off))
	}
	start := bytes.Index(image, append(binary.LittleEndian.AppendUint32(nil, uint32(table.Len())), record(0)...))
	if start < 0 {
		return nil, "no table"
	}
	var offs []uint32
	for off := range table.All() {
		offs = append(offs, off)
	}
	i, j := m.rng.IntN(len(offs)), m.rng.IntN(len(offs))
	data := start + 4
	at, end := data+int(offs[i]), data+int(table.Next(offs[i]))
	other := data + int(table.Next(offs[j]))
	out := bytes.Clone(image)
	switch m.rng.IntN(4) {
	case 0:
		binary.LittleEndian.PutUint32(out[start:], uint32(table.Len()+1))
		return append(append(out[:other:other], image[at:end]...), image[other:]...),
			fmt.Sprintf("%s: rule %d doubled", where, i)
	case 1:
		binary.LittleEndian.PutUint32(out[start:], uint32(table.Len()-1))
		return append(out[:at], image[end:]...), fmt.Sprintf("%s: rule %d taken away", where, i)
	case 2:
		field := m.rng.IntN(4)
		m.p = p
		n := uint16(m.number(uint64(binary.LittleEndian.Uint16(out[at+2*field:]))))
		if field == 3 {
			n = 1 << m.rng.IntN(16)
		}
		binary.LittleEndian.PutUint16(out[at+2*field:], n)
		return out, fmt.Sprintf("%s: rule %d, field %d = %#x", where, i, field, n)
	}
	m.p = p
	n := uint32(m.number(uint64(binary.LittleEndian.Uint32(out[at+key:]))))
	binary.LittleEndian.PutUint32(out[at+key:], n)
	return out, fmt.Sprintf("%s: rule %d, datum = %d", where, i, n)
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }
