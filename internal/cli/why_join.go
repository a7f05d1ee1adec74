package cli

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// maxJoined bounds the complaints that are compared with denials.
const maxJoined = 256

// join finds the complaints of programs that are about what the log has a
// denial of: the same operation on the same port by the same domain, or by a
// program of the same name. Where the complaint does not say the port it must
// be the only such denial. It returns the others.
func (a *whyAnswer) join(symptoms []audit.SymptomGroup) []audit.SymptomGroup {
	var kinds []audit.Kind
	if len(symptoms) > 0 {
		kinds = a.log.folder.Kinds()
		a.said = make(map[audit.Signature][]complaint)
	}
	rest := symptoms[:0]
	for i, g := range symptoms {
		a.complaints += g.Count
		if i < maxJoined {
			if sig, port, ok := a.denialOf(kinds, g.Example.Symptom); ok {
				a.said[sig] = append(a.said[sig], complaint{g, port == 0})
				a.complaints -= g.Count
				continue
			}
		}
		rest = append(rest, g)
	}
	return rest
}

// A complaint is what a program itself logged about a denial.
type complaint struct {
	audit.SymptomGroup
	vague bool // neither the line nor the configuration has the port
}

// denialOf returns the denial that a symptom is the other side of, and the port
// as far as the symptom tells.
func (a *whyAnswer) denialOf(kinds []audit.Kind, s *audit.Symptom) (found audit.Signature, port uint16, ok bool) {
	d := a.diagnoser.Symptom(s, a.system)
	perm := ""
	switch d.Operation {
	case network.Connect:
		perm = "name_connect"
	case network.Bind, network.Listen:
		perm = "name_bind"
	default:
		return found, 0, false
	}
	socket, ok := network.SocketOf(d.Protocol)
	if !ok || socket.PortProtocol == 0 {
		return found, 0, false
	}
	domain := ""
	if d.Subject.Context.Type != 0 {
		domain = a.p.TypeName(policy.TypeID(d.Subject.Context.Type))
	}
	n := 0
	for i := range kinds {
		k := &kinds[i].Signature
		if k.Result == audit.Granted || k.Class != socket.Class || !slices.Contains(strings.Fields(k.Permissions), perm) {
			continue
		}
		sig := *k
		if d.Port != 0 {
			sig.Port = d.Port
		}
		g, ok := a.log.folder.Find(sig)
		if ok && (k.SourceType == domain || slices.ContainsFunc(g.Commands, func(c string) bool { return sameProgram(c, s.Program) })) {
			found = g.Signature
			n++
			if d.Port == 0 {
				n += kinds[i].Groups - 1
			}
		}
	}
	return found, d.Port, n == 1
}

// sameProgram reports whether the name of a process is that of a program: the
// kernel keeps 15 bytes of it.
func sameProgram(comm, program string) bool {
	return program != "" && comm == program[:min(len(program), 15)]
}
