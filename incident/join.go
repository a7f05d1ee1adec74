package incident

import (
	"path"
	"slices"
	"strings"
	"time"

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
	same      []Complaint                // of the same event, beside a report of setroubleshoot
}

// join finds the complaints of programs that have a denial in the same log: the same operation on
// the same port by the same domain, or by a program of the same name. Where the complaint does not
// say the port, or not the program, it must be the only such denial. It returns the others.
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
			if partOfOther(groups, i) {
				continue
			}
			x.recorded(kinds, &s)
			s.diagnosis = x.diagnoser.Symptom(s.Example)
			if sig, vague, ok := x.denialOf(kinds, &s); ok {
				for _, same := range append(otherMode(kinds, sig), sig) {
					x.said[same] = append(x.said[same], Complaint{s.SymptomGroup, vague})
				}
				continue
			}
		}
		x.report.Complaints += s.Count
		rest = append(rest, s)
	}
	return rest
}

// A link says why a denial may be the other side of a complaint.
type link int

// The links, the closest first.
const (
	sameDomain link = iota // the domain that the program runs in
	sameName               // a process with the program's name; for a complaint of a container, in a container
	sameWorld              // any process; for a complaint of a container, any in a container
	alone                  // the operation is the same, and nothing else is known
	noLink     link = alone + 1
)

// denialOf returns the denial that caused a complaint. It must be the only one with
// the closest link. vague says that the complaint does not tell enough to be sure.
func (x *examination) denialOf(kinds []audit.Kind, s *symptom) (denial audit.Signature, vague, ok bool) {
	looks := looksOf(s)
	for i := range looks {
		l := &looks[i]
		best := noLink
		var found audit.Group
		n := 0
		for j := range x.likely(kinds, l) {
			g, groups, ok := x.matching(&kinds[j], l)
			if !ok {
				continue
			}
			how := x.linkOf(&g, s)
			if l.nearest != 0 && how > l.nearest {
				continue
			}
			if l.nameless && how == sameName && s.Example.Symptom.Program == "" {
				how = sameWorld // nothing tells
			}
			if how > best || how == noLink {
				continue
			}
			if how < best {
				best, n = how, 0
			}
			if n > 0 && sameAccess(&found.Signature, &g.Signature) && l.file {
				continue // the records differ in the permission alone
			}
			found = g
			n += groups
		}
		if best == noLink {
			continue
		}
		if best == sameWorld && !near(&found, s) {
			return denial, false, false
		}
		vague = l.vague || best == sameWorld && s.Example.Symptom.Program == "" && s.Example.Container == nil
		return found.Signature, vague, n == 1
	}
	return denial, false, false
}

// A look is what the denial of a complaint would look like.
type look struct {
	class      func(string) bool
	permission string // "" for any
	// permissions are those of a file of which it has one; nil for any.
	permissions []string
	port        uint16 // 0 for any
	path        string // of a file; "" if the object is not a file
	relative    bool   // path is the end of one, with a slash before it
	file        bool   // the object is a file of any kind but a socket
	nameless    bool   // a file whose record has no name
	vague       bool   // the complaint does not tell all of this
	// beside is a path in whose directory the file is that the record names; a UNIX socket, of which a program has few,
	// also by the name alone.
	beside string
	// nearest is the farthest link that counts, 0 for any.
	nearest link
}

// looksOf returns what the denial of a complaint may look like, the most telling
// first: the checks of the operation with a port, then those of the socket itself.
func looksOf(s *symptom) []look {
	d, said := s.diagnosis, s.Example.Symptom
	switch {
	case said.Protocol == "dbus":
		if said.Program == "systemd" {
			return []look{{class: oneOf("service", "system"), vague: true}}
		}
		return []look{{class: oneOf("dbus"), permission: "send_msg", vague: true}}
	case said.Protocol == "file":
		looks := fileLooks(d.Path)
		looks = append(looks, otherLooks(d.Path, said)...)
		if d.Verdict != diagnose.StillDenied {
			looks = append(looks, modeLooks(said)...)
		}
		if d.Path == "" && said.Program == "systemd" { // it does for a unit what a setting asks for
			looks = append(looks, look{class: oneOf("file", "dir", "lnk_file"), vague: true})
		}
		if d.Path == "" && said.Program == "" { // it is about the only file that was refused
			looks = append(looks, look{class: isFile, permissions: permissionsOf(said.Operation), vague: true})
		}
		return looks
	case d.Path != "":
		looks := []look{ // the kernel asks for the file before the socket
			{class: oneOf("sock_file"), path: d.Path},
			{class: oneOf("dir", "unix_stream_socket", "unix_dgram_socket"), path: d.Path},
		}
		if said.Program != "" {
			looks = append(looks, look{class: oneOf("dir"), path: path.Dir(d.Path)},
				look{class: oneOf("sock_file"), permissions: socketPermissions(said.Operation), beside: d.Path,
					nearest: sameName, vague: true})
		}
		return looks
	}
	socket, known := network.SocketOf(d.Protocol)
	if !known && said.Protocol != "" || known && socket.PortProtocol == 0 {
		return nil
	}
	class := func(c string) bool { return known && c == socket.Class }
	if said.Protocol == "" {
		class = func(c string) bool { return strings.HasSuffix(c, "_socket") && !strings.HasPrefix(c, "unix_") }
	}
	own := func(permissions ...string) (looks []look) {
		for _, p := range permissions {
			looks = append(looks, look{class: class, permission: p})
		}
		return looks
	}
	onPort := func(permissions ...string) (looks []look) {
		for _, p := range permissions {
			looks = append(looks, look{class: class, permission: p, port: d.Port, vague: d.Port == 0})
		}
		if said.PortDefault || len(d.Assumptions) > 0 { // the port may be another
			for _, p := range permissions {
				looks = append(looks, look{class: class, permission: p, vague: true})
			}
		}
		return looks
	}
	switch said.Operation {
	case "connect":
		return append(onPort("name_connect"), own("connect")...)
	case "bind":
		return append(onPort("name_bind", "node_bind"), own("bind")...)
	case "listen":
		return append(onPort("name_bind", "node_bind"), own("listen")...)
	case "accept":
		return own("accept")
	case "create":
		return own("create")
	case "send":
		return own("write", "sendto")
	case "recv":
		return own("read", "recvfrom")
	case "setsockopt":
		return own("setopt")
	}
	return nil
}

func oneOf(classes ...string) func(string) bool {
	return func(c string) bool { return slices.Contains(classes, c) }
}

// matching returns a group of a kind that looks so, and how many of the kind do.
func (x *examination) matching(k *audit.Kind, l *look) (g audit.Group, groups int, ok bool) {
	sig := k.Signature
	if sig.Result == audit.Granted || !l.class(sig.Class) ||
		l.permission != "" && !slices.Contains(strings.Fields(sig.Permissions), l.permission) ||
		l.permissions != nil && !slices.ContainsFunc(strings.Fields(sig.Permissions), func(p string) bool {
			return slices.Contains(l.permissions, p)
		}) {
		return g, 0, false
	}
	groups = k.Groups
	if l.port != 0 {
		sig.Port, groups = l.port, 1
	}
	g, ok = x.log.folder.Find(sig)
	if ok && l.nameless {
		ok = len(g.Objects) == 0
	}
	if ok && l.beside != "" {
		ok = slices.ContainsFunc(g.Objects, func(o string) bool {
			if !strings.Contains(o, "/") {
				return sig.Class == "sock_file"
			}
			return path.Dir(o) == path.Dir(l.beside)
		})
	}
	if ok && l.path != "" {
		ok = slices.ContainsFunc(g.Objects, func(o string) bool {
			return strings.HasSuffix(l.path, "/"+strings.TrimPrefix(o, "/")) || // the record may have its end alone
				l.relative && strings.HasSuffix(o, l.path)
		})
		groups = 1
	}
	return g, groups, ok
}

// linkOf returns how a denial is linked to a complaint. A program in a container does
// not run in the domain that it has on the host, nor does one of the host in theirs.
func (x *examination) linkOf(g *audit.Group, s *symptom) link {
	said := s.Example.Symptom
	named := slices.ContainsFunc(g.Commands, func(c string) bool { return sameProgram(c, said.Program) })
	inside := x.isContainer(g.Signature.SourceType)
	switch {
	case said.Protocol == "dbus":
		return alone
	case s.Example.Container != nil:
		switch {
		case !inside:
			return noLink
		case named:
			return sameName
		}
		return sameWorld
	}
	typ := policy.TypeID(s.diagnosis.Subject.Context.Type)
	switch {
	case typ != 0 && g.Signature.SourceType == x.p.TypeName(typ):
		return sameDomain
	case named:
		return sameName
	case said.Program == "" && s.diagnosis.Path != "":
		return sameName // the name of the socket or the file tells
	case said.Program == "":
		return sameWorld
	}
	return noLink
}

// isContainer reports whether a domain is one that containers run in: the policy's
// attributes say so, else the names that distributions and udica give.
func (x *examination) isContainer(name string) bool {
	if id, ok := x.p.Type(name); ok {
		attributes := x.p.Attributes(id)
		for _, name := range [...]string{"container_domain", "svirt_sandbox_domain", "sandbox_net_domain"} {
			if a, ok := x.p.Attribute(name); ok && attributes.Has(a) {
				return true
			}
		}
	}
	return strings.HasPrefix(name, "container_") || strings.HasPrefix(name, "svirt_") ||
		strings.HasSuffix(name, ".process") || name == "spc_t" || strings.HasPrefix(name, "docker")
}

// near reports whether a denial and a complaint are at most a day apart, or one of
// them has no full date. It is a day because a time zone may be unknown.
func near(g *audit.Group, s *symptom) bool {
	if s.First.IsZero() || g.First.IsZero() || s.Example.YearAssumed || g.YearAssumed {
		return true
	}
	const day = 24 * time.Hour
	return s.Last.After(g.First.Add(-day)) && s.First.Before(g.Last.Add(day))
}

// sameProgram reports whether a process name is that of a program: the kernel keeps only 15 bytes
// of it.
func sameProgram(comm, program string) bool {
	return program != "" && comm == commOf(program)
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
