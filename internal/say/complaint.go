package say

import (
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// symptom writes the policy's answer about a program's own complaint.
func (l *Log) symptom(b *words.Page, it *incident.Finding) (next shell.Command) {
	d, s := it.Symptom, it.Event.Symptom
	program := s.Program
	if program == "" {
		program = "a program"
	}
	if s.Protocol == "dbus" && it.Whole == nil {
		message(b, it, program)
		return shell.New("ausearch", "-m", "user_avc", "-ts", "recent")
	}
	switch {
	case d.Process != nil:
		return l.processReport(b, it)
	case d.File != nil && d.File.Report:
		return l.fileReport(b, it)
	case s.Call != "":
		return l.refusedCall(b, it)
	case s.Step != "":
		return l.step(b, it)
	}
	who := d.Subject.Name
	if who == "" {
		who = program
	}
	if d.File != nil && d.File.Inside != nil {
		who = inContainer(program, it.Event.Container)
	}
	if d.Caller != nil && d.Caller.Domain != "" {
		who = words.Sprintf("%s, which runs as %s,", program, d.Subject.Name)
	}
	if d.Kept != nil {
		who = words.Sprintf("%s, which stays in %s,", program, d.Subject.Name)
	}
	if NothingNamed(it) {
		l.notUnderstood(b, it, who)
		return Recent()
	}
	switch d.Verdict {
	case diagnose.StillDenied:
		b.Line("NO", "SELinux does not let %s %s", who, symptomDeed(it))
	case diagnose.NowAllowed:
		text := words.Sprintf("SELinux allows %s to %s: something else refused it", who, symptomDeed(it))
		if d.Caller != nil {
			text += ", if nothing else calls it"
		}
		b.Line("YES", "%s", text)
	case diagnose.OnlyLogged:
		b.Line("YES", "SELinux lets %s %s, and only logs it (permissive): something else refused it", who,
			symptomDeed(it))
	default:
		b.Line("?", "%s was refused to %s%s", who, symptomDeed(it), byWhom(l.Report.Log))
	}
	where := "in the log of " + program
	if it.Event.Format == audit.FormatSealert {
		where = "in a report of setroubleshoot"
	}
	b.Line("seen", "%s, %s: %s", seen(it), where, shorten(s.Text))
	if d.File != nil {
		return l.file(b, it)
	}
	candidates(b, d.Candidates, d.Assumptions)
	if it.Whole == nil {
		return l.unclear(b, it)
	}
	o := l.operation(it.Whole)
	b.Line("why", "%s", o.Why())
	for _, x := range switches(l.policy(), it.Switches, "") {
		b.Line(x.key, "%s", x.text)
	}
	for _, n := range d.Notes {
		b.Line("note", "%s", n.Text)
	}
	b.Line("note", "the line names no domain: by %s %s runs as %s", domainSource(d), program, d.Subject.Name)
	callerNotes(b, d)
	l.fix(b, it)
	verb := "can"
	if d.Verdict == diagnose.StillDenied {
		verb = "fix"
	}
	return o.Command(verb, l.Again)
}

// NothingNamed reports whether a complaint names neither what was refused nor of what.
func NothingNamed(it *incident.Finding) bool {
	d, s := it.Symptom, it.Event.Symptom
	return d.Verdict == diagnose.UnknownHere && s.Operation == "" && s.Protocol == "" && s.Path == "" &&
		s.Host == "" && !s.Addr.IsValid() && d.Port == 0 && s.Server == "" && s.Frontend == ""
}

// notUnderstood writes a complaint that names neither what was refused nor of what.
func (l *Log) notUnderstood(b *words.Page, it *incident.Finding, who string) {
	s := it.Event.Symptom
	if s.Program == "" {
		b.Line("?", "something was refused: the line does not say what")
	} else {
		b.Line("?", "something was refused to %s: the line does not say what", who)
	}
	b.Line("seen", "%s: %s", seen(it), shorten(s.Text))
	for _, n := range it.Symptom.Notes {
		b.Line("note", "%s", n.Text)
	}
	if text := l.mountFix(l.Report.Log.Prose.Mounts); text != "" {
		b.Line("note", "in the text a container gets directories of the host: without z or Z these keep labels that "+
			"containers may not use")
		hostRecord(b)
		b.Line("fix", "%s", text)
		return
	}
	recorded(b)
}

// Recent is the command that shows the records of SELinux from the last ten minutes.
func Recent() shell.Command {
	return shell.New("ausearch", "-m", "avc,user_avc,selinux_err", "-ts", "recent")
}

// message describes a refused D-Bus message. It does not name the sender, for whom one would ask
// the policy.
func message(b *words.Page, it *incident.Finding, program string) {
	text := it.Event.Symptom.Text
	own := strings.Contains(text, "SELinux policy denies access")
	if own || strings.Contains(text, ": Access denied") {
		ownMessage(b, it, own)
		return
	}
	why := "by SELinux or by the rules of the bus"
	if strings.Contains(text, "SELinux policy") {
		why = "by SELinux, which " + program + " asks itself"
	}
	if i := strings.IndexAny(text, ",;"); i > 0 {
		text = text[:i]
	}
	b.Line("?", "somebody was refused to send a message over D-Bus, %s", why)
	b.Line("seen", "%s, in the log of %s: %s", seen(it), program, shorten(text))
	b.Line("why", "the line does not have the labels of both ends; the USER_AVC record of class dbus near it has them")
}

// ownMessage describes what systemd, or a service like it, refused to who asked it over D-Bus: it asks SELinux itself,
// and polkit. known says that the message names SELinux.
func ownMessage(b *words.Page, it *incident.Finding, known bool) {
	if it.Symptom.Bus != nil {
		busMessage(b, it, known)
		return
	}
	if known {
		b.Line("?", "systemd refused to do for somebody what was asked over D-Bus: by SELinux, which it asks itself")
	} else {
		b.Line("?", "systemd, or a service like it, refused what was asked over D-Bus, by SELinux or by polkit")
	}
	b.Line("seen", "%s: %s", seen(it), shorten(it.Event.Symptom.Text))
	b.Line("why", "the line does not have the labels of both ends; the record has them: USER_AVC of the service (pid "+
		"1 for systemd), of class service (start, stop, status ... of a unit) or system")
	b.Line("note", "with systemctl --user it is the user's own systemd, whose refusals are not in the audit log but "+
		"in its journal, as selinux: avc: %s", shell.New("journalctl", "--user", "-g", "avc"))
	if !known {
		b.Line("note", "without such a record: as root, %s first, as the file of the unit may be gone or labelled "+
			"anew since it was read; of who is not root polkit asks as well (%s)",
			shell.New("systemctl", "daemon-reload"), shell.New("journalctl", "-u", "polkit"))
	}
}

// complaints writes the program's own messages about a denial.
func complaints(b *words.Page, it *incident.Finding) {
	for i := range it.Complaints {
		if i == maxComms {
			b.Line("", "and %s more", Plural(len(it.Complaints)-i, "complaint"))
			return
		}
		g := &it.Complaints[i]
		s := g.Example.Symptom
		program := s.Program
		if program == "" {
			program = "a program"
		}
		if c := g.Example.Container; c != nil {
			if program += " in a container"; c.Name != "" {
				program = strings.TrimSuffix(program, "a container") + "the container " + c.Name
			}
		}
		text := "the same in the log of " + program
		if g.Vague {
			text = "probably the same in the log of " + program + unnamed(it, s)
		}
		b.Line("also", "%s%s: %s", text, timesText(g.Count), shorten(s.Text))
	}
}

// unnamed tells what a complaint does not name of its denial.
func unnamed(it *incident.Finding, s *audit.Symptom) string {
	port := it.Denial.Port != 0 && (s.Port == 0 || s.PortDefault)
	switch {
	case s.Protocol == "dbus":
		return ""
	case s.Program == "" && port:
		return ", which names neither itself nor the port"
	case s.Program == "":
		return ", which does not name itself"
	case port:
		return ", which does not name the port"
	}
	return ""
}

// domainSource says why the program is taken to run in its domain.
func domainSource(d *diagnose.SymptomDiagnosis) string {
	if d.Caller != nil {
		return callerSource(d.Caller)
	}
	if len(d.Subject.Steps) > 0 {
		return "the label of its file"
	}
	return "the policy's names"
}

// unclear describes the facts that the line lacks, and what the domain may do.
func (l *Log) unclear(b *words.Page, it *incident.Finding) (next shell.Command) {
	d := it.Symptom
	if l.engineSocket(b, it) {
		return Recent()
	}
	if l.socketLabel(b, d) {
		return shell.New("ls", "-Zd").Arg(path.Join(l.Image, path.Dir(d.Path)), path.Join(l.Image, d.Path))
	}
	if len(d.Missing) > 0 {
		b.Line("why", "the line does not say %s", strings.Join(Gaps(d.Missing), "; nor "))
	}
	callerNotes(b, d)
	if d.Create {
		l.checks(b, d)
		if d.Verdict == diagnose.NowAllowed {
			b.Line("note", "look at what else refuses socket(): seccomp, RestrictAddressFamilies= of the unit")
		}
		return next
	}
	if it.Event.Symptom.Protocol == "file" {
		return l.program(b, d)
	}
	if d.Path != "" {
		return l.path(b, d)
	}
	if d.Caller != nil && d.Caller.Domain == "" {
		if label, ok := d.PortLabel(l.policy()); ok {
			b.Line("port", "%s", PortLabel(l.policy(), d.Protocol, d.Port, label))
		}
		return clientRecord(d.Program)
	}
	if !it.Explained() {
		label, ok := d.PortLabel(l.policy())
		if !ok {
			return next
		}
		b.Line("port", "%s", PortLabel(l.policy(), d.Protocol, d.Port, label))
		for _, c := range it.Chances {
			b.Line("bool", "%s would allow it, if the domain was %s", Settings(l.policy(), c.Switch, " and "),
				l.someDomains(c.Domains))
		}
		return l.NextWho(d)
	}
	enforcing := l.Machine // as for all refusals: the answer is the policy's
	enforcing.Host.Enforcing = true
	r, err := reach.New(l.Decider).Ports(d.Subject.Context, reach.Query{Protocol: d.Protocol, Operation: d.Operation,
		Machine: enforcing})
	if err != nil {
		return next
	}
	name, from := it.Event.Symptom.Server, ""
	if name != "" {
		from = " (server " + name + " in the configuration of " + d.Program + ")"
	}
	verb := "connect to"
	if d.Operation != network.Connect {
		verb = string(d.Operation)
	}
	if len(r.Allowed) == 0 {
		b.Line("today", "%s may %s no port at all: SELinux refuses it", d.Subject.Name, verb)
	} else {
		b.Line("today", "%s may %s %s: if the port%s is none of these, SELinux refuses it", d.Subject.Name, verb,
			SomePorts(r.Allowed), from)
	}
	return shell.New("senet", "ports").Arg(subject.NameOf(l.policy(), d.Subject.Context),
		string(d.Operation)).Flag("--protocol", string(d.Protocol)).With(l.Again)
}

// checks writes the refused checks of a complaint that is not about a port.
func (l *Log) checks(b *words.Page, d *diagnose.SymptomDiagnosis) {
	for i := range d.Checks {
		c := &d.Checks[i]
		if c.Check.Allowed {
			continue
		}
		from := ""
		if c.From != "" {
			from = words.Sprintf(", the label of %s by %s", c.Path, c.From)
		}
		b.Line("why", "%s may not %s %s:%s%s [%s]", d.Subject.Name, c.Check.Name,
			l.policy().TypeName(policy.TypeID(c.Target.Type)), c.Class, from, c.Check.Reason.Code)
	}
}

// path writes the checks on the way to the file of a UNIX socket.
func (l *Log) path(b *words.Page, d *diagnose.SymptomDiagnosis) (next shell.Command) {
	l.checks(b, d)
	if d.Verdict == diagnose.NowAllowed {
		b.Line("note", "look at the owner and the mode of the directory and of the file in it")
	}
	b.Line("note", "a UNIX socket has no port: denials about it are of the classes sock_file and dir, of %s and "+
		"its directory; connect() asks for write of the sock_file, then for unix_stream_socket connectto of the "+
		"domain of the server", d.Path)
	if !strings.HasPrefix(d.Path, "/") {
		return next
	}
	return shell.New("ls", "-Zd").Arg(path.Dir(d.Path), d.Path)
}

// program writes the checks on the file of a program that systemd could not start.
func (l *Log) program(b *words.Page, d *diagnose.SymptomDiagnosis) shell.Command {
	if first := d.Refused(); first != nil {
		b.Line("why", "%s", l.fileCheck(d, first))
	}
	if d.Caller != nil && d.Caller.Domain != "" {
		b.Line("note", "the line names no domain: by %s %s runs as %s", domainSource(d), d.Program, d.Subject.Name)
	}
	if d.Verdict == diagnose.UnknownHere && len(d.Checks) > 0 {
		b.Line("note", "SELinux allows it with the label in file_contexts: look at the present label and mode of the "+
			"file, and of its directories")
	}
	if !strings.HasPrefix(d.Path, "/") {
		return Recent()
	}
	if text := l.startFix(d); text != "" {
		b.Line("fix", "%s", text)
	}
	if d.Verdict == diagnose.NowAllowed {
		b.Line("note",
			"look at the mode of the file and its directories, at its interpreter, and at mounts with noexec")
		return shell.New("namei", "-l").Arg(path.Join(l.Image, d.Path))
	}
	return shell.New("ls", "-Z").Arg(path.Join(l.Image, d.Path))
}

// NextWho lists the domains that may do what an unknown one could not.
func (l *Log) NextWho(d *diagnose.SymptomDiagnosis) shell.Command {
	return shell.New("senet", "who").Arg(string(d.Operation), words.Sprintf("%s/%d", d.Protocol, d.Port)).With(l.Again)
}

// symptomDeed describes the program's attempt, as words that follow "to".
func symptomDeed(it *incident.Finding) string {
	d, s := it.Symptom, it.Event.Symptom
	if d.File != nil {
		return fileDeed(d, s.Path)
	}
	if s.Protocol == "file" {
		switch {
		case s.Path == "" && s.Unit != "":
			return "start the program of " + s.Unit
		case s.Path == "":
			return "start a program"
		}
		return "execute " + s.Path
	}
	verb := map[network.Operation]string{network.Connect: "connect", network.Bind: "bind", network.Listen: "listen",
		network.Send: "send", network.Recv: "receive"}[d.Operation]
	if verb == "" {
		verb = "do something on the network"
		if d.Protocol == "" && s.Operation == "" && s.Path == "" && s.Host == "" && !s.Addr.IsValid() {
			verb = "do something that the line does not name"
		}
	}
	where := ""
	if d.Create {
		return "create a " + string(d.Protocol) + " socket: socket() itself"
	}
	switch {
	case s.Path != "":
		where = "the UNIX socket " + s.Path
	case d.Port != 0:
		where = targetOf(d.Protocol, d.Addr, d.Port)
	case s.Server != "":
		where = "server " + s.Server
		if s.Backend != "" {
			where += " of backend " + s.Backend
		}
	case s.Frontend != "":
		where = "the port of frontend " + s.Frontend
	}
	if where == "" {
		return verb
	}
	if d.Operation == "" {
		return "do something with " + where
	}
	if d.Operation == network.Connect || d.Operation == network.Send {
		return verb + " to " + where
	}
	return verb + " " + where
}

// shorten shortens a line of a log.
func shorten(s string) string {
	const most = 160
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= most {
		return s
	}
	cut := strings.LastIndexByte(s[:most], ' ')
	if cut < most/2 {
		cut = most
	}
	return s[:cut] + " ..."
}

// someDomains names domains, only a few of many.
func (l *Log) someDomains(list []policy.TypeID) string {
	const shown = 3
	var names []string
	for _, id := range list[:min(len(list), shown)] {
		names = append(names, l.policy().TypeName(id))
	}
	if n := len(list) - shown; n > 0 {
		names = append(names, Plural(n, "other domain"))
	}
	return strings.Join(names, " or ")
}
