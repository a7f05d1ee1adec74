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
)

// Record returns tests that the policy passes, and that fail if a domain gains or loses a port: for
// each operation and protocol, which domains may use exactly which ports, and that no other domain
// may use any.
//
// booleans are the values that s was opened with; they become the state of the file.
func Record(ctx context.Context, s *senet.Session, booleans map[string]bool) (*File, error) {
	f := &File{States: []State{{Booleans: maps.Clone(booleans)}}}
	s, err := s.AsIs() // tests are about the policy, not about the mode of the machine
	if err != nil {
		return nil, err
	}
	r := &runner{s: s, p: s.Policy(), who: make(map[deedKey]*senet.Domains)}
	for _, protocol := range []network.Protocol{network.TCP, network.UDP, network.SCTP, network.DCCP} {
		for _, op := range []network.Operation{network.Connect, network.Bind} {
			d := Deed{op, senet.Target{Protocol: protocol, Ports: portset.Range{High: 65535}}, true}
			answer, err := r.domains(ctx, d)
			if err != nil {
				return nil, err
			}
			f.Tests = append(f.Tests, recorded(d, answer)...)
		}
	}
	return f, nil
}

// recorded makes the tests of one operation: domains with the same ports share a test.
func recorded(d Deed, answer *senet.Domains) []Test {
	groups := make(map[string][]string)
	sets := make(map[string]portset.Set)
	var all []string
	for i := range answer.May {
		name, ports := answer.May[i].Name, answer.May[i].Ports
		text := portsText(ports)
		groups[text], sets[text] = append(groups[text], name), ports
		all = append(all, name)
	}
	var tests []Test
	for _, text := range slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return strings.Compare(groups[a][0], groups[b][0])
	}) {
		tests = append(tests, Test{Kind: Exactly, Domains: groups[text], Do: d, Ports: sets[text]})
	}
	return append(tests, Test{Kind: NobodyBut, Domains: all, Do: d})
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
