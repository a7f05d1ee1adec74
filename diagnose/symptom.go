package diagnose

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A SymptomDiagnosis is the policy's answer about a denial that a program logged itself.
type SymptomDiagnosis struct {
	// Program is its name, Subject the domain that it runs in; "" and zero if none was found.
	Program string
	Subject subject.Subject
	// Operation, Protocol and Port are those of the program's attempt; "" or 0 if neither the line
	// nor the program's configuration has them.
	Operation network.Operation
	Protocol  network.Protocol
	Addr      netip.Addr
	Port      uint16
	// Path is the path of a UNIX socket or a file, "" for others.
	Path string
	// File describes the file of a complaint about one, but for a program that systemd could not start; else nil.
	File *FileAsked
	// Process describes a report of setroubleshoot about a process or a capability; nil for others.
	Process *ProcessAsked
	// Usual is the type of file_contexts for a program that systemd could not start, if it may start it with that and
	// not with the label that the file has; else "".
	Usual string
	// Verdict is StillDenied if SELinux denies it, NowAllowed if it does not, so that there is
	// another cause; OnlyLogged in a permissive domain, and UnknownHere if the line has too few
	// facts, which Missing lists.
	Verdict Verdict
	Missing []Gap
	// Candidates are the endpoints of the program's configuration that a line without a port may be
	// about, and Assumptions say which of them it is taken to be.
	Candidates  []Candidate
	Assumptions []network.Assumption
	// Question and Answer are the network question and its answer; nil if Verdict is UnknownHere.
	Question *network.Question
	Answer   *network.Answer
	// Kept is set if the program runs in the domain of systemd, and that is why the file is refused; else nil. Subject
	// is then that domain.
	Kept *Kept
	// Caller is set for a client, which runs in the domain of its caller as a rule; else nil.
	Caller *CallerOfClient
	// Bus is set where it is known what systemd was asked for over D-Bus; else nil.
	Bus *BusAsked
	// Create says that socket() itself was denied: Checks then has its checks.
	Create bool
	// Checks are the checks on the path of a UNIX socket or a file.
	Checks []PathCheck
	// NoBypass is the capability that the domain may not use and without which owner and mode of the file count for
	// it as root too, where no check refuses it; "" for others.
	NoBypass string
	Notes    []Note
}

// Symptom asks the policy whether SELinux refuses the operation of a program's complaint. The
// program's file is looked up in the system of [Diagnoser.In]. A program in a container runs in
// another domain than on the host.
func (g *Diagnoser) Symptom(e *audit.Event) *SymptomDiagnosis {
	s, sys := e.Symptom, g.system
	d := &SymptomDiagnosis{Program: s.Program, Operation: symptomOperation(s.Operation), Protocol: symptomProtocol(s),
		Addr: s.Addr, Port: s.Port, Path: s.Path, Verdict: UnknownHere}
	if g.target = ""; e.Container == nil && strings.HasPrefix(s.Path, "/") {
		g.target = path.Clean(s.Path)
		defer func() { g.target = "" }()
	}
	var ok bool
	if e.Container != nil {
		d.gap(NoContainerDomain, e.Container.Name)
	} else if g.callerOf(d, e) {
		// it says itself what it does not know
	} else if s.Domain == "" && slices.Contains(strings.Fields(s.Asked), entrypoint) {
		d.Missing = append(d.Missing, Gap{NoDomain, s.Program, entrypoint})
	} else if d.Subject, ok = g.byText(d, e); ok {
		// by what stands above the line
	} else if d.Subject, ok = g.domainOf(s, sys); !ok {
		switch {
		case s.Program == "":
			d.gap(NoProgram, "")
		case (s.Protocol == "file" || s.Protocol == "process") && ofPeople(s.Program):
			d.gap(NoCaller, s.Program)
		default:
			d.gap(NoDomain, s.Program)
		}
	}
	g.ofLimits(d, e)
	switch {
	case s.Protocol == "dbus" && s.Verb != "":
		g.busAsked(d, s)
		return d
	case s.Protocol == "process":
		g.processReport(d, s)
		return d
	case s.Asked != "" && e.Container != nil && strings.HasPrefix(s.Path, "/") && g.inside(d, e):
		d.File.Report = true
		return d
	case s.Asked != "":
		g.fileReport(d, e)
		return d
	case s.Step != "", s.Call != "": // the record of SELinux has what it was
		d.gap(NoRecord, "")
		return d
	case (s.Protocol == "file" || bindsSocket(d)) && g.inside(d, e):
		return d
	case s.Protocol == "file" && (s.Operation == "execute" || s.Operation == "" && s.Path == "" &&
		s.Program == "systemd"):
		g.execute(d, e)
		return d
	case s.Protocol == "file":
		g.fileRefusal(d, e)
		return g.keptBack(d, e)
	case s.Operation == "create":
		g.create(d)
		return d
	}
	if d.Operation == "" {
		d.gap(NoOperation, "")
	}
	if s.Port == 0 && s.Path == "" && d.Subject.Context.Type != 0 {
		g.symptomPort(d, e)
	}
	kind, known := network.SocketOf(d.Protocol)
	switch {
	case !known:
		d.gap(NoProtocol, "")
	case d.Protocol == network.UnixStream:
		g.unix(d, e)
		if d.Verdict != UnknownHere {
			return d
		}
	case kind.PortProtocol != 0 && d.Port == 0 && (d.Operation == network.Connect || d.Operation == network.Bind ||
		d.Operation == network.Listen):
		d.gap(NoPort, "")
	}
	if len(d.Missing) > 0 {
		return d
	}
	q := g.question(d.Subject.Context, d.Operation, d.Protocol, d.Addr, d.Port)
	answer, err := network.Ask(g.d, q)
	if err != nil {
		d.gap(NotAnswered, err.Error())
		return d
	}
	answer.Assumptions = append(answer.Assumptions, d.Assumptions...)
	d.Question, d.Answer = &q, &answer
	switch {
	case answer.Verdict == network.Denied:
		d.Verdict = StillDenied
		if !answer.Logged {
			d.Notes = append(d.Notes, Note{NoteHidden,
				"there is no denial in the log for it: a dontaudit rule hides it (semodule -DB shows it)"})
		}
	case answer.Permissive:
		d.Verdict = OnlyLogged
	default:
		d.Verdict = NowAllowed
		d.Notes = append(d.Notes, Note{NoteNoRecord, g.elsewhere(d)})
	}
	return d
}

// create asks about a new socket, as socket() does (selinux_socket_create). It does not depend on a
// port or an address.
func (g *Diagnoser) create(d *SymptomDiagnosis) {
	d.Create, d.Port, d.Addr = true, 0, netip.Addr{}
	if d.Protocol == "" && !sendsRaw(d.Program) {
		d.Protocol = network.TCP // what servers and their upstreams are reached by
	}
	kind, ok := network.SocketOf(d.Protocol)
	if !ok {
		d.gap(NoProtocol, "")
	}
	if len(d.Missing) > 0 {
		return
	}
	class := kind.ClassUnder(g.p)
	socket := g.d.SocketContext(d.Subject.Context, class)
	check := g.d.Check(d.Subject.Context, socket, class, "create")
	for _, pc := range check.Perms {
		d.Checks = append(d.Checks, PathCheck{Class: class, Target: socket, Check: pc})
	}
	switch {
	case check.Allowed():
		d.Verdict = NowAllowed
	case g.p.IsPermissive(policy.TypeID(d.Subject.Context.Type)):
		d.Verdict = OnlyLogged
	default:
		d.Verdict = StillDenied
	}
}

// sendsRaw reports whether a program makes sockets of other protocols than servers do:
// for ICMP, raw ones or those of packets.
func sendsRaw(program string) bool {
	switch program {
	case "ping", "ping4", "ping6", "fping", "fping6", "traceroute", "traceroute6", "tracepath", "mtr", "mtr-packet",
		"arping", "nmap", "tcpdump", "dumpcap", "dhclient", "dhcpcd", "radvd", "keepalived", "hping3", "arpwatch":
		return true
	}
	return false
}

// elsewhere names other causes to look at if SELinux does not refuse the operation.
func (g *Diagnoser) elsewhere(d *SymptomDiagnosis) string {
	if d.Operation == network.Bind || d.Operation == network.Listen {
		if d.Port < g.host.UnprivilegedPortStart {
			return fmt.Sprintf("look at the capability: binding a port below %d takes net_bind_service, which root "+
				"has and a service with User= has only by AmbientCapabilities=; "+
				"without it the error is the same", g.host.UnprivilegedPortStart)
		}
		return "look at what else gives \"Permission denied\": seccomp, a cgroup's BPF program, a container's own " +
			"policy; a port in use is \"Address already in use\""
	}
	return "look at the firewall (an nftables or iptables rule that rejects with admin-prohibited gives " +
		"\"Permission denied\"), at a cgroup's BPF program, " +
		"and whether anybody listens; a closed port is \"Connection refused\""
}

func symptomOperation(name string) network.Operation {
	switch name {
	case "connect":
		return network.Connect
	case "bind":
		return network.Bind
	case "listen", "accept":
		return network.Listen
	case "send":
		return network.Send
	case "recv":
		return network.Recv
	}
	return ""
}

func symptomProtocol(s *audit.Symptom) network.Protocol {
	switch s.Protocol {
	case "unix":
		return network.UnixStream
	case "dbus", "file", "process": // which are no protocols of the network
		return ""
	case "":
		if s.Path != "" {
			return network.UnixStream
		}
		if s.Port != 0 || s.Operation == "connect" || s.Operation == "bind" || s.Operation == "listen" {
			return network.TCP // the usual meaning of logs that do not tell
		}
	}
	return network.Protocol(s.Protocol)
}

// domainOf finds the domain of the program of a complaint. What people start is not taken to be a service.
func (g *Diagnoser) domainOf(s *audit.Symptom, sys *subject.System) (subject.Subject, bool) {
	if id, ok := g.p.Type(s.Domain); ok && s.Domain != "" {
		if c, ok := subject.FromType(g.p, id); ok {
			return subject.Subject{Name: g.typeName(c), Context: c}, true
		}
	}
	if (s.Protocol == "file" || s.Protocol == "process") && ofPeople(s.Program) {
		return subject.Subject{}, false
	}
	return g.domain(s.Program, sys)
}

// domain finds the domain of a program: by its file, else by the usual type of programs with that
// name, else by the name itself.
func (g *Diagnoser) domain(program string, sys *subject.System) (subject.Subject, bool) {
	if part, ok := strings.CutPrefix(program, "postfix/"); ok { // postfix/smtp, postfix/submission/smtpd
		if part = part[strings.LastIndexByte(part, '/')+1:]; part != "" {
			program = "postfix-" + part
		}
	}
	if program == "" || len(program) > 64 || strings.ContainsAny(program, "/ :\x00") {
		return subject.Subject{}, false
	}
	if sys != nil {
		for _, dir := range programDirs {
			if s, err := sys.Find(g.d, "exe:"+dir+program); err == nil {
				s.Name = g.typeName(s.Context)
				return s, true
			}
		}
	}
	if s, ok := g.byFileContexts(program); ok {
		return s, true
	}
	if s, ok := g.elsewhereInstalled(program, sys); ok {
		return s, true
	}
	for _, name := range programNames(program) {
		if s, ok := g.started(name); ok {
			return s, true
		}
		if s, err := subject.Resolve(g.p, name+"_t"); err == nil {
			return s, true
		}
	}
	return subject.Subject{}, false
}

// started returns the context in which systemd starts a program whose file has its usual type.
func (g *Diagnoser) started(name string) (subject.Subject, bool) {
	id, ok := g.p.Type(name + "_exec_t")
	init, okInit := subject.FromType(g.p, g.init)
	if !ok || !okInit {
		return subject.Subject{}, false
	}
	file, ok := g.object(id)
	if !ok {
		return subject.Subject{}, false
	}
	c, err := g.d.NewObject(init, file, "process", "")
	if err != nil || policy.TypeID(c.Type) == g.init {
		return subject.Subject{}, false
	}
	return subject.Subject{Name: g.typeName(c), Context: c, Assumed: true}, true
}

// programNames returns the names that types for a program may have: its own name, and that of its
// service.
func programNames(program string) []string {
	name := strings.ReplaceAll(strings.ToLower(program), "-", "_")
	names := []string{name}
	daemon, thread := strings.CutPrefix(strings.TrimPrefix(name, "prio_"), "rpc_")
	if thread && strings.HasPrefix(daemon, "virt") {
		names = append(names, daemon) // of libvirt: prio-rpc-virtqemud
	}
	switch name {
	case "nginx", "apache2", "apache", "apachectl", "apache2ctl", "lighttpd", "php_fpm", "php", "caddy":
		names = append(names, "httpd")
	case "bind", "bind9":
		names = append(names, "named")
	case "postgres", "postmaster":
		names = append(names, "postgresql")
	case "mysql", "mariadb", "mariadbd":
		names = append(names, "mysqld")
	case "beam.smp", "rabbitmq_server":
		names = append(names, "rabbitmq")
	case "redis_server", "valkey_server":
		names = append(names, "redis")
	case "smbd", "nmbd", "dovecot", "varnishd":
		names = append(names, strings.TrimSuffix(name, "d"))
	case "chrony":
		names = append(names, "chronyd")
	case "squid3":
		names = append(names, "squid")
	case "openvpn_server":
		names = append(names, "openvpn")
	case "rsyslogd", "rsyslog", "syslog_ng":
		names = append(names, "syslogd")
	case "dbus_daemon", "dbus_broker", "dbus_broker_launch":
		names = append(names, "system_dbusd")
	case "unbound":
		names = append(names, "named")
	case "systemd":
		names = append(names, "init")
	case "vsftpd", "proftpd", "pure_ftpd":
		names = append(names, "ftpd")
	case "qemu_kvm", "qemu_system_x86_64", "qemu_system_x86", "qemu_system_aarch64":
		names = append(names, "svirt") // as libvirt starts it
	}
	return names
}

// PortLabel returns the label of the complaint's port; false if there is no port, or no check of
// its label.
func (d *SymptomDiagnosis) PortLabel(p *policy.Policy) (policy.Label, bool) {
	kind, known := network.SocketOf(d.Protocol)
	if !known || kind.PortProtocol == 0 || d.Port == 0 {
		return policy.Label{}, false
	}
	switch d.Operation {
	case network.Connect, network.Bind, network.Listen:
		return p.PortLabel(kind.PortProtocol, d.Port), true
	}
	return policy.Label{}, false
}
