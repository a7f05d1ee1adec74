package remedy

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/kin"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
)

// A Result holds the fixes of one problem.
type Result struct {
	Answer network.Answer // today's answer of the policy
	// Fixes are the candidates, the best first; empty if the operation is allowed
	// today or no change of the policy helps.
	Fixes []Fix
	// Elsewhere are other possible causes of a failure, if SELinux does not refuse the operation:
	// empty unless the Answer's verdict is allowed. The most likely comes first.
	Elsewhere []Cause
}

// Find returns every fix of a problem under the Decider's policy.
//
// Costs are counted in ports. For a socket without ports, or with ports that no portcon can label,
// there is no cost to count and no label to change: only rules and booleans remain.
func Find(d *access.Decider, problem Problem) (Result, error) {
	problem.Prepare()
	answer, err := network.Ask(d, problem.Question)
	if err != nil {
		return Result{}, err
	}
	r := Result{Answer: answer}
	f := newFinder(d, &problem, &answer)
	if len(f.denied) == 0 {
		if answer.Verdict == network.Allowed {
			r.Elsewhere = Elsewhere(problem.Question)
		}
		return r, nil
	}
	if err := f.all(); err != nil {
		return r, err
	}
	r.Fixes = f.fixes
	return r, nil
}

// all finds every fix and sorts them. An own type is found first, and is computed only if there is
// none yet.
func (f *finder) all() error {
	if err := f.count(); err != nil {
		return err
	}
	var steps []func() error
	if f.labelHelps() {
		steps = append(steps, f.labels, f.split)
		if len(f.fixes) == 0 {
			steps = append(steps, f.ownType)
		}
	}
	steps = append(steps, f.rule, f.interfaces, f.booleans, f.level, f.otherPort)
	if !f.hasty {
		steps = append(steps, f.permissive)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	for i := range f.fixes {
		f.fixes[i].grade(f.census != nil && !f.uncounted())
	}
	f.judge()
	slices.SortStableFunc(f.fixes, func(a, b Fix) int { return better(&a, &b) })
	return nil
}

type finder struct {
	d       *access.Decider
	p       *policy.Policy
	problem *Problem
	answer  *network.Answer
	socket  network.Socket
	denied  []*network.LayerAnswer // the refusing layers, at least one
	census  *census                // nil for sockets without ports
	runs    []run                  // all ports, as they are today
	sockets []policy.TypeID        // see socketType
	fixes   []Fix
	// onPort says that the label of the port is a cause, and registered that the port belongs to a
	// service: few ports have its label.
	onPort, registered bool
	kinships           map[policy.TypeID]kin.Kinship // of port types that belong to the subject; nil until needed
	hasty              bool                          // skip fixes that are never offered, if this is known in advance
}

func newFinder(d *access.Decider, problem *Problem, answer *network.Answer) *finder {
	f := &finder{d: d, p: d.Policy(), problem: problem, answer: answer}
	f.socket, _ = network.SocketOf(problem.Protocol)
	for i := range answer.Layers {
		if l := &answer.Layers[i]; l.Denied() {
			f.denied = append(f.denied, l)
		}
	}
	return f
}

// A run is a set of ports that no domain can distinguish.
type run struct {
	reach.Class
	usage *usage // nil until needed
}

// count prepares the counting of costs.
func (f *finder) count() error {
	if !f.socket.Inet || f.socket.PortProtocol == 0 || f.census != nil {
		return nil
	}
	f.census = newCensus(f.d, f.problem)
	classes, err := reach.New(f.d).Classes(reach.Query{Protocol: f.problem.Protocol, Machine: f.problem.Machine})
	if err != nil {
		return err
	}
	for _, class := range classes {
		f.runs = append(f.runs, run{Class: class})
	}
	f.onPort = f.labelHelps()
	f.registered = f.onPort && !f.general(policy.TypeID(f.answer.Port.Context.Type))
	return nil
}

// today returns the domains that may use the ports of a run.
func (f *finder) today(r *run) *usage {
	if r.usage == nil {
		r.usage = f.census.at(r.Ports[0].Low, r.Label)
	}
	return r.usage
}

// labelHelps reports whether the label of the port is a cause that a portcon can change: the kernel
// refuses policies with a portcon of port 0, and CIL and semanage know four protocols.
func (f *finder) labelHelps() bool {
	return f.problem.Port != 0 && protocolCIL(f.socket.PortProtocol) != "" &&
		slices.ContainsFunc(f.denied, func(l *network.LayerAnswer) bool { return l.Layer == network.LayerPort })
}

// label returns the label that a local record with a type gives the port: semanage writes
// system_u:object_r, and the range stays.
func (f *finder) label(typ policy.TypeID) policy.Context {
	label := f.answer.Port.Context
	if u, ok := f.p.User("system_u"); ok {
		label.User = uint32(u)
	}
	if r, ok := f.p.Role("object_r"); ok {
		label.Role = uint32(r)
	}
	label.Type = uint32(typ)
	return label
}

// record returns a portcon for the port.
func (f *finder) record(label policy.Context) policydb.PortCon {
	port := uint32(f.problem.Port)
	return policydb.PortCon{Protocol: uint32(f.socket.PortProtocol), Low: port, High: port, Context: label}
}

// levels returns the range of a label as semanage port accepts it.
func (f *finder) levels(label policy.Context) string {
	if !f.p.MLS() {
		return ""
	}
	return f.p.FormatRange(label.Range)
}

// plainRange reports whether the names in a range are plain.
func plainRange(levels string) bool {
	names := strings.FieldsFunc(levels, func(r rune) bool { return strings.ContainsRune(":,.-", r) })
	return !slices.ContainsFunc(names, func(name string) bool { return !plain(name) })
}

// portTypes returns the types that may label ports: the members of port_type if the policy has it,
// since semanage accepts only those; else the types of the portcons.
func portTypes(p *policy.Policy) []policy.TypeID {
	if a, ok := p.Attribute("port_type"); ok {
		if set := p.Members(a); set.Len() > 0 {
			return slices.Collect(set.All())
		}
	}
	set := policy.NewSet(p.MaxType())
	for _, c := range p.Ports() {
		set.Add(policy.TypeID(c.Context.Type))
	}
	return slices.Collect(set.All())
}

// labels tries every port type on the port. Only those that make the operation succeed are fixes;
// the others are left out, except for http_port_t, which many forums recommend: it is listed even
// if it does not help.
func (f *finder) labels() error {
	judge, err := network.NewJudge(f.d, f.problem.Question)
	if err != nil {
		return err
	}
	for _, id := range portTypes(f.p) {
		if uint32(id) == f.answer.Port.Context.Type {
			continue
		}
		label := f.label(id)
		works := judge.Port(f.problem.Port, label) == network.Allowed
		name := f.p.TypeName(id)
		if !works && (f.hasty || name != "http_port_t") || !plain(name) || !plainRange(f.levels(label)) {
			continue
		}
		fix := Fix{Kind: Label, Type: name, Range: f.levels(label), Works: works, Exists: f.exactRecord()}
		fix.Local = fix.Exists || f.shadowed()
		if fix.Records, fix.Undo = f.relabel(label, fix.Type); !plainRecords(&fix) {
			continue
		}
		if !fix.Local {
			fix.Module = []cil.Node{f.portconCIL(label, name)}
			fix.ModuleName = f.moduleName("port")
		}
		if err := f.relabelled(&fix, label); err != nil {
			return err
		}
	}
	return nil
}

// relabelled appends the fix of another port label: no rule changes, so that only this port can be
// gained or lost.
func (f *finder) relabelled(fix *Fix, label policy.Context) error {
	port := f.problem.Port
	t := newTally(f.census, f.census.everyone())
	t.compare([]cut{{portset.Set{{Low: port, High: port}}, f.portToday(), f.census.at(port, label)}})
	t.into(fix)
	f.fixes = append(f.fixes, *fix)
	return f.census.err
}

// portToday returns the domains that may use the port.
func (f *finder) portToday() *usage {
	i := slices.IndexFunc(f.runs, func(r run) bool { return r.Ports.Contains(f.problem.Port) })
	return f.today(&f.runs[i])
}

// exactRecord reports whether a portcon labels exactly this port.
func (f *finder) exactRecord() bool {
	return slices.ContainsFunc(f.p.Ports(), func(c policydb.PortCon) bool {
		return c.Protocol == uint32(f.socket.PortProtocol) && c.Low == c.High && c.Low == uint32(f.problem.Port)
	})
}

// shadowed reports whether the present record of the port would override a portcon of a module.
// Compilers of CIL sort the portcons of all modules, narrow ranges first
// (cil_post_portcon_compare), and libsemanage puts the local records before them, in any order.
func (f *finder) shadowed() bool {
	ports := f.p.Ports()
	sorted := len(ports) - 1 // where the sorted records begin
	for sorted > 0 && portconOrder(ports[sorted-1], ports[sorted]) <= 0 {
		sorted--
	}
	return f.answer.Port.Record >= 0 && f.answer.Port.Record < sorted
}

// uncounted reports whether packets of an operation are refused, for which costs are not counted:
// it is not known what else a rule for their labels allows to send and receive.
func (f *finder) uncounted() bool {
	switch f.problem.Operation {
	case network.Send, network.Recv, network.Listen:
		return slices.ContainsFunc(f.denied, func(l *network.LayerAnswer) bool {
			switch l.Layer {
			case network.LayerPacket, network.LayerNetif, network.LayerPeer, network.LayerAssociation:
				return true
			}
			return l.Call == network.CallEgress || l.Call == network.CallIngress
		})
	}
	return false
}
