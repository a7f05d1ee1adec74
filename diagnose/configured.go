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
	// Range is the range that the port is of, "" for a single port.
	Range string
	Open  string
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

const (
	// maxCandidates bounds how many endpoints are asked about.
	maxCandidates = 1000
	// maxPorts bounds the ports of all ranges that are asked about: sixteen times all ports.
	maxPorts = 1 << 20
)

// A search looks for the endpoints of a configuration that a line without a port may be about.
type search struct {
	who policy.Context
	op  network.Operation
	// fits chooses endpoints, labelled their ports; all if it is nil.
	fits     func(*daemonconf.Endpoint) bool
	labelled func(port uint16) bool
}

// candidates returns the endpoints of a configuration that a search finds, with today's verdict. Endpoints that
// differ in their address alone are one. whole is false if the configuration was not read whole, or has too much.
func (g *Diagnoser) candidates(r *daemonconf.Result, s search) (list []Candidate, whole bool) {
	left := maxPorts
	for i := range r.Endpoints {
		e := &r.Endpoints[i]
		if e.By != daemonconf.Main || e.Worker.File != "" || !s.fits(e) {
			continue
		}
		if len(list) == maxCandidates || left <= 0 {
			return list, false
		}
		c := Candidate{Operation: s.op, Protocol: network.Protocol(e.Protocol), Host: e.Host,
			Open: e.Open, File: e.File, Line: e.Line, Directive: e.Directive, Verdict: network.Depends}
		if e.Open == "" {
			c.Question = g.question(s.who, c.Operation, c.Protocol, address(e.Host), e.Low)
			left -= int(e.High) - int(e.Low) + 1
			if !c.decide(g, e.High, s.labelled) {
				continue
			}
			if c.Port = c.Question.Port; e.Low != e.High {
				c.Range = fmt.Sprintf("%d-%d", e.Low, e.High)
			}
		}
		same := slices.ContainsFunc(list, func(other Candidate) bool {
			return other.Operation == c.Operation && other.Protocol == c.Protocol && other.Port == c.Port &&
				other.Open == c.Open && other.Verdict == c.Verdict
		})
		if !same {
			list = append(list, c)
		}
	}
	return list, len(r.Problems) == 0
}

// decide asks about the ports of a candidate that have the label: the first one that is refused counts, else the
// first. It is false if there is none.
func (c *Candidate) decide(g *Diagnoser, high uint16, labelled func(port uint16) bool) (found bool) {
	kind, _ := network.SocketOf(c.Protocol)
	judge, err := network.NewJudge(g.d, c.Question)
	for port := int(c.Question.Port); port <= int(high); port++ {
		if labelled != nil && !labelled(uint16(port)) {
			continue
		}
		if err != nil {
			c.Question.Port = uint16(port)
			return true
		}
		v := judge.Port(uint16(port), g.p.PortLabel(kind.PortProtocol, uint16(port)).Context)
		if !found || v == network.Denied {
			found, c.Verdict, c.Question.Port = true, v, uint16(port)
		}
		if v == network.Denied {
			break
		}
	}
	return found
}

func address(host string) netip.Addr {
	addr, _ := netip.ParseAddr(host)
	return addr.WithZone("")
}

// assumed returns the candidate that a line is taken to be about: the only one, or the only one that the
// policy refuses. why says so, and whether the list is whole. It is nil if there are several.
func assumed(list []Candidate, whole bool) (c *Candidate, why string) {
	limit := ""
	if !whole {
		limit = ", as far as the configuration was read"
	}
	if len(list) == 1 && list[0].Port != 0 {
		return &list[0], "the only one that fits" + limit
	}
	for i := range list {
		if list[i].Verdict != network.Denied {
			continue
		}
		if c != nil {
			return nil, ""
		}
		c, why = &list[i], fmt.Sprintf("the only one of %d that the policy refuses", len(list))+limit
	}
	return c, why
}

// Assume returns the assumption that a line without a port is about the candidate; why says why.
func (c *Candidate) Assume(why string) network.Assumption {
	among := ""
	if c.Range != "" {
		among = " among " + c.Range
	}
	return network.Assumption{Code: network.AssumedConfig, Text: fmt.Sprintf("the port, which the line does not name: "+
		"%s (%s) has %s/%d%s, %s", c.Place(), c.Directive, c.Protocol, c.Port, among, why)}
}

// symptomPort finds the port of a complaint in the configuration of its program.
func (g *Diagnoser) symptomPort(d *SymptomDiagnosis, e *audit.Event) {
	s := e.Symptom
	r := g.configured(s.Program, e)
	if r == nil || d.Operation != network.Connect && d.Operation != network.Bind && d.Operation != network.Listen {
		return
	}
	fits := func(at *daemonconf.Endpoint) bool {
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
	}
	list, whole := g.candidates(r, search{who: d.Subject.Context, op: d.Operation, fits: fits})
	d.Candidates = list
	c, why := assumed(list, whole)
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
// ports have to be of the record's label. A program in a container does not read the files of the host.
func (g *Diagnoser) recordPort(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	kind, ok := network.SocketOf(d.Protocol)
	if !ok || kind.PortProtocol == 0 || d.Port != 0 || d.Hook != HookNameBind && d.Hook != HookNameConnect ||
		isContainer(audit.ContextType(a.SContext)) {
		return
	}
	r := g.configured(a.Comm, e)
	if r == nil {
		return
	}
	list, whole := g.candidates(r, search{
		who: d.Source, op: d.Operation,
		fits: func(at *daemonconf.Endpoint) bool {
			return (at.Op == daemonconf.Connect) == (d.Hook == HookNameConnect) && at.Op != daemonconf.Send &&
				network.Protocol(at.Protocol) == d.Protocol
		},
		labelled: func(port uint16) bool {
			return g.p.PortLabel(kind.PortProtocol, port).Context.Type == d.Target.Type
		},
	})
	d.Candidates = list
	if c, why := assumed(list, whole); c != nil {
		d.Port = c.Port
		d.Assumptions = append(d.Assumptions, c.Assume(why))
	}
}
