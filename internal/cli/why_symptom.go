package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/reach"
)

// writeSymptom writes what the policy says of a program's own complaint.
func (a *whyAnswer) writeSymptom(b *strings.Builder, it *whyItem) (next string) {
	d, s := it.symptom, it.event.Symptom
	program := s.Program
	if program == "" {
		program = "a program"
	}
	who := d.Subject.Name
	if who == "" {
		who = program
	}
	switch d.Verdict {
	case diagnose.StillDenied:
		line(b, "NO", "SELinux refuses %s to %s", who, symptomDeed(it))
	case diagnose.NowAllowed:
		line(b, "YES", "SELinux allows %s to %s: something else refused it", who, symptomDeed(it))
	case diagnose.OnlyLogged:
		line(b, "YES", "SELinux lets %s %s, and only logs it (permissive): something else refused it", who, symptomDeed(it))
	default:
		line(b, "?", "%s was refused to %s, by SELinux or by something else", who, symptomDeed(it))
	}
	line(b, "seen", "%s, in the log of %s: %s", it.seen(), program, shorten(s.Text))
	if d.Question == nil {
		return a.writeUnclear(b, it)
	}
	c := a.asked(d.Question)
	line(b, "why", "%s", c.why(groupLayers(c.answer.Layers)))
	writeSwitches(b, a.p, a.switches(it))
	for _, n := range d.Notes {
		line(b, "note", "%s", n.Text)
	}
	line(b, "note", "the line names no domain: by %s %s runs as %s", a.domainSource(d), program, who)
	a.writeFix(b, it)
	verb := "can"
	if d.Verdict == diagnose.StillDenied {
		verb = "fix"
	}
	return fmt.Sprintf("senet %s %s %s %s%s", verb, c.subject.Name, c.op, c.target, a.repeat)
}

// writeComplaints writes what the program itself logged about a denial.
func writeComplaints(b *strings.Builder, it *whyItem) {
	for i := range it.complaints {
		if i == maxComms {
			line(b, "", "and %s more", plural(len(it.complaints)-i, "complaint"))
			return
		}
		g := &it.complaints[i]
		s := g.Example.Symptom
		program := s.Program
		if program == "" {
			program = "a program"
		}
		text := "the same by the log of " + program
		if g.vague {
			text = "by all appearances the same by the log of " + program + ", which does not name the port"
		}
		line(b, "also", "%s%s: %s", text, timesText(g.Count), shorten(s.Text))
	}
}

// domainSource says why the program is taken to run in its domain.
func (a *whyAnswer) domainSource(d *diagnose.SymptomDiagnosis) string {
	if len(d.Subject.Steps) > 0 {
		return "the label of its file"
	}
	return "the policy's names"
}

// writeUnclear says what the line leaves open, and what the domain may do.
func (a *whyAnswer) writeUnclear(b *strings.Builder, it *whyItem) (next string) {
	d := it.symptom
	line(b, "why", "the line does not say %s", strings.Join(d.Missing, "; nor "))
	if !it.explained() {
		c := a.symptomPort(d)
		if c == nil {
			return ""
		}
		line(b, "port", "%s", c.portLabel())
		return a.nextWho(c)
	}
	r, err := reach.New(a.d).Ports(d.Subject.Context, reach.Query{Protocol: d.Protocol, Operation: d.Operation, Host: a.machine.facts, Strict: a.machine.strict})
	if err != nil {
		return ""
	}
	name, from := it.event.Symptom.Server, ""
	if name != "" {
		from = " (server " + name + " in the configuration of " + d.Program + ")"
	}
	verb := "connect to"
	if d.Operation != network.Connect {
		verb = string(d.Operation)
	}
	if len(r.Allowed) == 0 {
		line(b, "today", "%s may %s no port at all: SELinux refuses it", d.Subject.Name, verb)
	} else {
		line(b, "today", "%s may %s %s: if the port%s is none of these, SELinux refuses it", d.Subject.Name, verb, somePorts(r.Allowed), from)
	}
	return fmt.Sprintf("senet ports %s %s --protocol %s%s", a.subjectOf(d.Subject.Context).Name, d.Operation, d.Protocol, a.repeat)
}

// symptomPort is what can be said of a complaint about a port by a program whose
// domain is not known: how the port is labelled. It is nil where there is no port.
func (a *whyAnswer) symptomPort(d *diagnose.SymptomDiagnosis) *canAnswer {
	kind, known := network.SocketOf(d.Protocol)
	if !known || kind.PortProtocol == 0 || d.Port == 0 || d.Operation != network.Connect && d.Operation != network.Bind && d.Operation != network.Listen {
		return nil
	}
	c := a.question(&network.Question{Operation: d.Operation, Protocol: d.Protocol, Port: d.Port})
	c.answer.Port = a.p.PortLabel(kind.PortProtocol, d.Port)
	return c
}

// nextWho lists the domains that may do what an unknown one could not.
func (a *whyAnswer) nextWho(c *canAnswer) string {
	return fmt.Sprintf("senet who %s %s/%d%s", c.op, c.target.protocol, c.port, a.repeat)
}

// explainedSymptom reports whether all that is open is the port.
func explainedSymptom(d *diagnose.SymptomDiagnosis) bool {
	return d.Verdict != diagnose.UnknownHere || slices.Equal(d.Missing, []string{"the port"})
}

// somePorts lists ports, cut short.
func somePorts(ports reach.Ports) string {
	const most = 12
	text := portsText(ports[:min(most, len(ports))])
	if rest := len(ports) - most; rest > 0 {
		text += fmt.Sprintf(" and %s more", plural(rest, "range"))
	}
	return text
}

// symptomDeed says what the program wanted, as it follows "to".
func symptomDeed(it *whyItem) string {
	d, s := it.symptom, it.event.Symptom
	verb := map[network.Operation]string{network.Connect: "connect", network.Bind: "bind", network.Listen: "listen", network.Send: "send", network.Recv: "receive"}[d.Operation]
	if verb == "" {
		verb = "do something on the network"
	}
	where := ""
	switch {
	case s.Path != "":
		where = s.Path
	case d.Port != 0:
		where = target{protocol: d.Protocol, addr: d.Addr, ports: reach.Interval{Low: d.Port, High: d.Port}}.String()
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
	if d.Operation == network.Connect || d.Operation == network.Send {
		return verb + " to " + where
	}
	return verb + " " + where
}

// shorten cuts a line of a log.
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
