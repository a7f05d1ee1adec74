// Package complaint recognises what programs log themselves when an operation on the network or on a file was refused:
// EACCES in the messages of servers, databases, runtimes and tools, and in the output of strace.
//
// Start with [Read], which reads one message without what stood in front of it. Where the message goes on in the
// next line, as libpq's and Node.js's do, [Symptom.Follow] reads that.
package complaint

import (
	"net/netip"
	"strings"
)

// A Symptom is a refusal that a program, or strace, has logged itself: EACCES
// from an operation on the network or on a file. It may have another cause than
// SELinux (the owner or mode of a file, a privileged port, seccomp, a packet filter
// that rejects). What the line does not say is empty.
type Symptom struct {
	// Program is haproxy, nginx, httpd, sshd ..., from the line or its header.
	Program string
	PID     int
	// Operation is connect, bind, listen, accept, send, recv, create, another
	// system call on sockets that strace shows; on a file open, read, write, create,
	// mkdir, unlink, rmdir, rename, link, readlink, chdir, list, search, stat, chmod, chown, utime,
	// unlabel (to remove the label), execute, map (as a library), mmap (as data) or execmod; mount or unmount of a file
	// system; execstack; or "" where the line does not say what was refused.
	Operation string
	// Protocol is tcp, udp, sctp, unix, netlink, dbus, file or "".
	Protocol string
	Addr     netip.Addr
	// Host is the name, where the line has no address.
	Host string
	Port uint16
	// PortDefault says that the line has no port, and Port is the usual one of Service.
	PortDefault bool
	// Service names the service that the program wanted to reach, where the line says so: mysql.
	Service string
	Path    string // of a unix socket, or of a file: as the line has it, which may be relative
	// Backend and Server are haproxy's names for the peer that it connected to, Frontend the name
	// for the socket that it bound.
	Backend  string
	Server   string
	Frontend string
	// Errno is EACCES; EPERM in a line that names SELinux and that no form was known for; "" where the line tells of a
	// refusal without its reason.
	Errno string
	Text  string

	// Asked are the permissions of a file that SELinux refused, with blanks between, where
	// a report of setroubleshoot names them: then SELinux has refused it. Class is the class of the file, where that
	// report or the message names it; Domain the type of the program, where the report, a record or a line before does.
	Asked, Class, Domain string
	// Source and Label are the contexts of Android's init and of the program that it found no domain for; "" in other
	// lines.
	Source, Label string

	// Verb and Unit are what somebody asked systemd for over D-Bus, as systemctl names it: restart, chronyd.service;
	// "" where neither the line nor the command before it says so. Unit alone is the one whose program systemd could
	// not start, where the line has no file.
	Verb, Unit string

	// Step is the step at which systemd failed before it started a program, as systemd.exec(5) names it in its table
	// of exit codes: STATE_DIRECTORY, STDOUT; "" for others. Call is the system call of a SYSCALL record that failed,
	// where no record of SELinux is beside it; "" for a line of a program.
	Step, Call string

	// Caller is what called the program, where its line tells; "" where it does not.
	Caller Caller

	// Strace says that it is a line of strace.
	Strace bool
}

// maxText bounds Symptom.Text, in bytes.
const maxText = 1024

// longest is the number of bytes of a message that are looked at.
const longest = 16 << 10

// Read recognises the refusal in a message; nil if there is none. program and pid
// come from the head of the line, "" and 0 for none.
func Read(m, program string, pid int) *Symptom {
	m = m[:min(len(m), longest)]
	if strings.Contains(m, `\/`) {
		m = strings.ReplaceAll(m, `\/`, "/") // as PHP writes a path in JSON
	}
	m = Unquoted(m)
	if strings.HasSuffix(program, "Error") || strings.HasSuffix(program, "Exception") {
		program = "" // the name of an exception stands where that of a program does
	}
	if strings.HasPrefix(program, "(") && strings.HasSuffix(program, ")") {
		program = "systemd" // a child of it, which is about to become that program
	}
	if i := strings.Index(m, " try http"); i >= 0 && strings.Contains(m[i:], "rsyslog.com/e/") {
		m = strings.TrimRight(m[:max(0, strings.LastIndexByte(m[:i], '['))], " ") // where rsyslog explains the error
		if program == "" {
			program = "rsyslogd"
		}
	}
	if s := straceLine(m); s != nil {
		return s
	}
	s := &Symptom{Program: program, PID: pid, Errno: "EACCES", Text: m[:min(len(m), maxText)]}
	m = inEnglish(m)
	if inside, ok := fromFastCGI(m); ok {
		m, program, s.Program = inside, "", ""
	}
	if inside, name, ok := outputOf(m); ok {
		m, program, s.Program = inside, name, name
	}
	if s.Program == "" {
		s.Program = programOf(m)
	}
	if script, _, ok := scriptMessage(m); ok && s.Program == "" {
		s.Program = script[strings.LastIndexByte(script, '/')+1:]
	}
	if base, ok := strings.CutSuffix(s.Program, "d"); ok && base != "" && strings.HasPrefix(m, base+": ") {
		s.Program = base // which names itself after the head: rsyncd[1437]: rsync: ...
	}
	if strings.HasSuffix(s.Program, ".so") || strings.Contains(s.Program, ".so.") {
		s.Program = "" // a library, of which the loader tells
	}
	if s.withoutErrno(m) {
		s.Errno = ""
		return s
	}
	if !refused(m) || loginRefusal(m) || strings.HasPrefix(m, "type=SYSCALL ") { // a record without its head
		return nil
	}
	var e endpoint
	switch {
	case s.systemd(m):
		return s
	case s.haproxy(m, &e):
		if s.Protocol == "file" {
			return s
		}
	case s.apache(m, &e), s.nginx(m, &e), s.goNet(m, &e): // which name the call or the protocol
	case s.file(m, true):
		return s.writtenBy(m, program).started(m)
	case s.database(m, &e), s.anchored(m, &e), s.node(m, &e), s.worded(m, &e):
	case s.generic(m, &e):
	case s.file(m, false):
		return s.writtenBy(m, program).started(m)
	default:
		return nil
	}
	if s.Operation == "connect" && !e.addr.IsValid() && e.host == "" && e.path == "" {
		if k := keyed(m); k.port != 0 && (e.port == 0 || e.port == k.port) {
			e.addr, e.host, e.port = k.addr, k.host, k.port
		}
	}
	s.setEndpoint(e)
	switch {
	case s.Protocol != "" || s.Path != "":
	case overUDP(s.Program):
		s.Protocol = "udp"
	case toBus(m) && s.Port == 0:
		s.Protocol = "unix"
	}
	return s
}

// Unquoted returns a message without a mark of Markdown at its end, or at its begin, that has no other half in it.
func Unquoted(m string) string {
	if strings.Count(m, "`")%2 == 0 {
		return m
	}
	if rest, ok := strings.CutSuffix(strings.TrimRight(m, " "), "`"); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(m, "`"); ok {
		return rest
	}
	return m
}

// overUDP reports whether a program's service is one of UDP alone.
func overUDP(program string) bool {
	return hasWord("ntpd chronyd snmpd snmptrapd dhcpd dhcpcd tftpd in.tftpd radiusd freeradius charon pluto racoon "+
		"avahi-daemon iked", program)
}

// setEndpoint stores where the program wanted to go.
func (s *Symptom) setEndpoint(e endpoint) {
	s.Addr, s.Port, s.Path = e.addr, e.port, e.path
	if !e.addr.IsValid() {
		s.Host = e.host
	}
	switch {
	case e.path != "":
		s.Protocol, s.Port, s.PortDefault = "unix", 0, false
	case e.protocol != "" && e.protocol != "unix":
		s.Protocol = e.protocol
	}
	if s.Protocol == "unix" && e.path == "" && e.port != 0 {
		s.Protocol = "" // the phrase was of another
	}
	if s.Port == 0 && s.Service != "" && s.Protocol == "tcp" && s.Path == "" {
		s.Port, s.PortDefault = servicePort(s.Service), true
	}
}

// generic understands any message that has the words of an operation, and takes
// what it can of one that has words of the network alone.
func (s *Symptom) generic(m string, e *endpoint) bool {
	operation, at := operationIn(m)
	unix := mentionsUnix(m)
	if operation == "" && !unix && !networkLike(m) {
		return false
	}
	if operation == "" && strings.Contains(m, "[Errno 13]") && !networkLike(m) {
		return false
	}
	s.Operation = operation
	*e = nearest(m, max(at, 0), unix)
	if e.zero() || e.port == 0 && e.path == "" {
		if p := portWord(m); p != 0 {
			e.port = p
		}
	}
	switch {
	case unix && e.path != "" && e.port == 0:
		s.Protocol = "unix"
	default:
		s.refine(m)
	}
	return true
}

// mentionsUnix reports whether a message is about a UNIX socket.
func mentionsUnix(m string) bool {
	small := asciiLower(m)
	for _, w := range [...]string{"unix socket", "unix domain", "unix:", "unix_", "_unix(", "unix-", "local socket",
		"af_unix", "af_local", "unix address", "through socket", "on socket \"", "subsystem ", "bind socket to \"/",
		"control socket", "admin socket"} {
		if strings.Contains(small, w) {
			return true
		}
	}
	return false
}
