package policytest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
)

// Record returns tests that the policy passes, and that fail if a domain gains or loses a port: for
// each operation and protocol, which domains may use exactly which ports, and that no other domain
// may use any. What a permissive domain could use if it were enforcing is written down too.
//
// booleans are the values that s was opened with; they become the state of the file.
func Record(ctx context.Context, s *senet.Session, booleans map[string]bool) (*File, error) {
	f := &File{States: []State{{Booleans: maps.Clone(booleans)}}}
	s, err := s.AsIs()
	if err == nil {
		s, err = onEnforcing(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	r := newRunner(s)
	strict, err := r.enforcing()
	if err != nil {
		return nil, err
	}
	permissive := make(map[string]bool)
	for _, id := range reach.Domains(r.p) {
		if r.p.IsPermissive(id) {
			permissive[r.p.TypeName(id)] = true
		}
	}
	for _, protocol := range []network.Protocol{network.TCP, network.UDP, network.SCTP, network.DCCP} {
		for _, op := range []network.Operation{network.Connect, network.Bind} {
			d := Deed{op, senet.Target{Protocol: protocol, Ports: portset.Range{High: 65535}}, true}
			answer, err := r.domains(ctx, d)
			if err != nil {
				return nil, err
			}
			f.Tests = append(f.Tests, recorded(d, answer)...)
			if len(permissive) == 0 {
				continue
			}
			if answer, err = strict.domains(ctx, d); err != nil {
				return nil, err
			}
			f.Tests = append(f.Tests, enforced(d, answer, permissive)...)
		}
	}
	return f, nil
}

// recorded makes the tests of one operation: domains with the same ports share a test.
func recorded(d Deed, answer *senet.Domains) []Test {
	ports := make(map[string]portset.Set)
	var all []string
	for i := range answer.May {
		ports[answer.May[i].Name] = answer.May[i].Ports
		all = append(all, answer.May[i].Name)
	}
	return append(exactly(d, ports), Test{Kind: NobodyBut, Domains: all, Do: d})
}

// enforced makes the tests of what permissive domains may do once they are enforcing.
func enforced(d Deed, answer *senet.Domains, permissive map[string]bool) []Test {
	ports := make(map[string]portset.Set, len(permissive))
	for name := range permissive {
		ports[name] = nil
	}
	for i := range answer.May {
		if name := answer.May[i].Name; permissive[name] {
			ports[name] = answer.May[i].Ports
		}
	}
	tests := exactly(d, ports)
	for i := range tests {
		tests[i].Enforcing = true
	}
	return tests
}

// exactly makes the tests of domains and their ports.
func exactly(d Deed, ports map[string]portset.Set) []Test {
	groups := make(map[string][]string)
	sets := make(map[string]portset.Set)
	for _, name := range slices.Sorted(maps.Keys(ports)) {
		text := portsText(ports[name])
		groups[text], sets[text] = append(groups[text], name), ports[name]
	}
	var tests []Test
	for _, text := range slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return strings.Compare(groups[a][0], groups[b][0])
	}) {
		tests = append(tests, Test{Kind: Exactly, Domains: groups[text], Do: d, Ports: sets[text]})
	}
	return tests
}

func portsText(ports portset.Set) string {
	parts := make([]string, len(ports))
	for i, r := range ports {
		parts[i] = r.String()
	}
	return strings.Join(parts, ", ")
}

// Write writes the tests as a file. They must be of the kinds that Record makes.
func (f *File) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	for _, s := range f.States {
		if len(s.Booleans) == 0 {
			continue
		}
		fmt.Fprintf(b, "states:\n  - {booleans: {")
		for i, name := range slices.Sorted(maps.Keys(s.Booleans)) {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(b, "%s: %s", name, onOff(s.Booleans[name]))
		}
		b.WriteString("}}\n")
	}
	b.WriteString("tests:\n")
	for i := range f.Tests {
		t := &f.Tests[i]
		fmt.Fprintf(b, "  - {%s: %s,\n     may_do: %s", t.Kind, wrapped(t.Domains), t.Do)
		if t.Kind == Exactly {
			fmt.Fprintf(b, ", ports: %q", portsText(t.Ports))
		}
		if t.Enforcing {
			b.WriteString(", enforcing: on")
		}
		b.WriteString("}\n")
	}
	return b.Flush()
}

func onOff(v bool) string {
	if v {
		return "on"
	}
	return "off"
}

// wrapped returns a list in brackets, in lines of about 90 columns.
func wrapped(names []string) string {
	var b strings.Builder
	b.WriteByte('[')
	column := 16
	for i, n := range names {
		if i > 0 {
			b.WriteByte(',')
			if column += len(n) + 2; column > 90 {
				b.WriteString("\n     ")
				column = 5 + len(n)
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(n)
	}
	b.WriteByte(']')
	return b.String()
}
