package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A Candidate is an endpoint of a program's configuration that a line without a port may be about.
type Candidate struct {
	Operation network.Operation
	Protocol  network.Protocol
	// Host is the address or name as it is written, "" for any address.
	Host string
	// Port is the one that decides for a range. It is 0 if Open names what decides it.
	Port uint16
	Open string
	// File and Line are where the configuration names it, Directive is the word there.
	File      string
	Line      int
	Directive string
	// Verdict is today's, Depends if the port is not known. Question is the one that it answers.
	Verdict  network.Verdict
	Question network.Question
}

// Place returns the file and the line: /etc/nginx/nginx.conf:3.
func (c *Candidate) Place() string {
	if c.Line == 0 {
		return c.File
	}
	return c.File + ":" + strconv.Itoa(c.Line)
}

// Refused returns the candidates that the policy refuses.
func Refused(list []Candidate) (refused []Candidate) {
	for i := range list {
		if list[i].Verdict == network.Denied {
			refused = append(refused, list[i])
		}
	}
	return refused
}

// configured returns what the configuration of a program names, nil if it is not known or if the log is
// of another system than the files.
func (g *Diagnoser) configured(program string, e *audit.Event) *daemonconf.Result {
	if g.system == nil || program == "" || e.Container != nil || g.foreign(e.Node) {
		return nil
	}
	if r, ok := g.read[program]; ok {
		return r
	}
	var r *daemonconf.Result
	if p := daemonconf.Find(program); p != nil {
		r = p.Installed(g.system.Root)
	}
	if g.read == nil {
		g.read = map[string]*daemonconf.Result{}
	}
	g.read[program] = r
	return r
}

// foreign reports whether a log names another host than the system's own.
func (g *Diagnoser) foreign(node string) bool {
	const maxName = 256
	file := "/etc/hostname"
	if g.system.Root.Live() {
		file = "/proc/sys/kernel/hostname"
	}
	short := func(name string) string {
		name, _, _ = strings.Cut(strings.TrimSpace(name), ".")
		return name
	}
	b, err := g.system.Root.ReadFile(file, maxName)
	own, other := short(string(b)), short(node)
	for _, name := range [...]string{own, other} {
		if name == "" || name == "localhost" || name == "(none)" { // what the kernel has before a name is set
			return false
		}
	}
	return err == nil && !strings.EqualFold(own, other)
}

// maxCandidates bounds how many endpoints are asked about.
const maxCandidates = 1000

// candidates returns the endpoints of a configuration that fit, with today's verdict on an operation of a
// process. Endpoints that differ in their address alone are one.
func (g *Diagnoser) candidates(r *daemonconf.Result, who policy.Context, op network.Operation,
	fits func(*daemonconf.Endpoint) bool) (list []Candidate) {
	for i := range r.Endpoints {
		e := &r.Endpoints[i]
		if e.By != daemonconf.Main || e.Worker.File != "" || !fits(e) || len(list) == maxCandidates {
			continue
		}
		c := Candidate{Operation: op, Protocol: network.Protocol(e.Protocol), Host: e.Host,
			Open: e.Open, File: e.File, Line: e.Line, Directive: e.Directive, Verdict: network.Depends}
		if e.Open == "" {
			c.Question = g.question(who, c.Operation, c.Protocol, address(e.Host), e.Low)
			c.decide(g, e.High)
			c.Port = c.Question.Port
		}
		same := slices.ContainsFunc(list, func(other Candidate) bool {
			return other.Operation == c.Operation && other.Protocol == c.Protocol && other.Port == c.Port &&
				other.Open == c.Open && other.Verdict == c.Verdict
		})
		if !same {
			list = append(list, c)
		}
	}
	return list
}

// decide asks about the ports of a candidate: the first one that is refused counts, else the first.
func (c *Candidate) decide(g *Diagnoser, high uint16) {
	kind, _ := network.SocketOf(c.Protocol)
	judge, err := network.NewJudge(g.d, c.Question)
	if err != nil {
		return
	}
	low := c.Question.Port
	for port := int(low); port <= int(high); port++ {
		v := judge.Port(uint16(port), g.p.PortLabel(kind.PortProtocol, uint16(port)).Context)
		if port == int(low) || v == network.Denied {
			c.Verdict, c.Question.Port = v, uint16(port)
		}
		if v == network.Denied {
			return
		}
	}
}

func address(host string) netip.Addr {
	addr, _ := netip.ParseAddr(host)
	return addr.WithZone("")
}

// assumed returns the candidate that a line is taken to be about: the only one, or the only one that the
// policy refuses. why says so. It is nil if there are several.
func assumed(list []Candidate) (c *Candidate, why string) {
	if len(list) == 1 && list[0].Port != 0 {
		return &list[0], "the only one that fits"
	}
	for i := range list {
		if list[i].Verdict != network.Denied {
			continue
		}
		if c != nil {
			return nil, ""
		}
		c, why = &list[i], fmt.Sprintf("the only one of %d that the policy refuses", len(list))
	}
	return c, why
}

// Assume returns the assumption that a line without a port is about the candidate; why says why.
func (c *Candidate) Assume(why string) network.Assumption {
	return network.Assumption{Code: network.AssumedConfig, Text: fmt.Sprintf("the port, which the line does not name: "+
		"%s (%s) has %s/%d, %s", c.Place(), c.Directive, c.Protocol, c.Port, why)}
}

// symptomPort finds the port of a complaint in the configuration of its program.
func (g *Diagnoser) symptomPort(d *SymptomDiagnosis, e *audit.Event) {
	s := e.Symptom
	r := g.configured(s.Program, e)
	if r == nil || d.Operation != network.Connect && d.Operation != network.Bind && d.Operation != network.Listen {
		return
	}
	d.Candidates = g.candidates(r, d.Subject.Context, d.Operation, func(at *daemonconf.Endpoint) bool {
		switch {
		case (at.Op == daemonconf.Connect) != (d.Operation == network.Connect) || at.Op == daemonconf.Send,
			s.Protocol != "" && s.Protocol != at.Protocol,
			s.Server != "" && at.Name != s.Backend+"/"+s.Server,
			s.Frontend != "" && at.Name != s.Frontend,
			s.Host != "" && !strings.EqualFold(s.Host, at.Host):
			return false
		}
		addr := address(at.Host)
		return !s.Addr.IsValid() || !addr.IsValid() && (at.Host != "" || s.Addr.IsUnspecified()) || addr == s.Addr
	})
	c, why := assumed(d.Candidates)
	if c == nil {
		return
	}
	d.Protocol, d.Port = c.Protocol, c.Port
	if addr := address(c.Host); addr.IsValid() {
		d.Addr = addr
	}
	d.Assumptions = append(d.Assumptions, c.Assume(why))
}

// recordPort finds the port of a record without one in the configuration of the process's program: the
// endpoints have to be of the record's label.
func (g *Diagnoser) recordPort(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	kind, ok := network.SocketOf(d.Protocol)
	if !ok || kind.PortProtocol == 0 || d.Port != 0 || d.Hook != HookNameBind && d.Hook != HookNameConnect {
		return
	}
	r := g.configured(a.Comm, e)
	if r == nil {
		return
	}
	d.Candidates = g.candidates(r, d.Source, d.Operation, func(at *daemonconf.Endpoint) bool {
		if (at.Op == daemonconf.Connect) != (d.Hook == HookNameConnect) || at.Op == daemonconf.Send ||
			network.Protocol(at.Protocol) != d.Protocol {
			return false
		}
		for port := int(at.Low); port <= int(at.High); port++ {
			if at.Open != "" || g.p.PortLabel(kind.PortProtocol, uint16(port)).Context.Type == d.Target.Type {
				return true
			}
		}
		return false
	})
	if c, why := assumed(d.Candidates); c != nil {
		d.Port = c.Port
		d.Assumptions = append(d.Assumptions, c.Assume(why))
	}
}
