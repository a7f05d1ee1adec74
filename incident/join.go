package incident

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// maxJoined bounds the complaints that are compared with denials.
const maxJoined = 256

// A symptom is a group of equal complaints of a program.
type symptom struct {
	audit.SymptomGroup
	diagnosis *diagnose.SymptomDiagnosis // nil until asked
}

// join finds the complaints of programs that have a denial in the same log: the same operation on
// the same port by the same domain, or by a program of the same name. Where the complaint does not
// say the port it must be the only such denial. It returns the others.
func (x *examination) join(groups []audit.SymptomGroup) []symptom {
	var rest []symptom
	if len(groups) == 0 {
		return nil
	}
	kinds := x.log.Kinds()
	x.said = make(map[audit.Signature][]Complaint)
	for i := range groups {
		s := symptom{SymptomGroup: groups[i]}
		if i < maxJoined {
			s.diagnosis = x.diagnoser.Symptom(s.Example)
			if sig, ok := x.denialOf(kinds, s.Example.Symptom, s.diagnosis); ok {
				x.said[sig] = append(x.said[sig], Complaint{s.SymptomGroup,
					s.diagnosis.Port == 0 && s.diagnosis.Path == ""})
				continue
			}
		}
		x.report.Complaints += s.Count
		rest = append(rest, s)
	}
	return rest
}

// denialOf returns the denial that a symptom is the other side of.
func (x *examination) denialOf(kinds []audit.Kind, s *audit.Symptom,
	d *diagnose.SymptomDiagnosis) (found audit.Signature, ok bool) {
	if d.Path != "" {
		return x.fileDenial(kinds, s, d)
	}
	perm := ""
	switch d.Operation {
	case network.Connect:
		perm = "name_connect"
	case network.Bind, network.Listen:
		perm = "name_bind"
	default:
		return found, false
	}
	socket, ok := network.SocketOf(d.Protocol)
	if !ok || socket.PortProtocol == 0 {
		return found, false
	}
	n := 0
	for i := range kinds {
		k := &kinds[i].Signature
		if k.Result == audit.Granted || k.Class != socket.Class ||
			!slices.Contains(strings.Fields(k.Permissions), perm) {
			continue
		}
		sig := *k
		if d.Port != 0 {
			sig.Port = d.Port
		}
		g, ok := x.log.folder.Find(sig)
		if ok && x.sameActor(k, &g, s, d) {
			found = g.Signature
			n++
			if d.Port == 0 {
				n += kinds[i].Groups - 1
			}
		}
	}
	return found, n == 1
}

// fileDenial returns the denial of the file that a UNIX socket is, or of its
// directory, that a complaint about the socket is the other side of.
func (x *examination) fileDenial(kinds []audit.Kind, s *audit.Symptom,
	d *diagnose.SymptomDiagnosis) (found audit.Signature, ok bool) {
	name := baseName(d.Path)
	n := 0
	for i := range kinds {
		k := &kinds[i].Signature
		if k.Result == audit.Granted || k.Class != "sock_file" && k.Class != "dir" &&
			k.Class != "unix_stream_socket" && k.Class != "unix_dgram_socket" {
			continue
		}
		g, ok := x.log.folder.Find(*k)
		if !ok || !x.sameActor(k, &g, s, d) {
			continue
		}
		if slices.ContainsFunc(g.Objects, func(o string) bool { return o == d.Path || baseName(o) == name }) {
			found = g.Signature
			n++
		}
	}
	return found, n == 1
}

// sameActor reports whether a denial is of the domain that a complaint's program
// runs in, or of a process of that name.
func (x *examination) sameActor(k *audit.Signature, g *audit.Group, s *audit.Symptom,
	d *diagnose.SymptomDiagnosis) bool {
	if s.Program == "" && d.Path != "" {
		return true // the name of the socket tells
	}
	if d.Subject.Context.Type != 0 && k.SourceType == x.p.TypeName(policy.TypeID(d.Subject.Context.Type)) {
		return true
	}
	return slices.ContainsFunc(g.Commands, func(c string) bool { return sameProgram(c, s.Program) })
}

// sameProgram reports whether the name of a process is that of a program: the
// kernel keeps 15 bytes of it.
func sameProgram(comm, program string) bool {
	return program != "" && comm == program[:min(len(program), 15)]
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
