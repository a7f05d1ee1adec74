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

// A Result is the fixes of one problem.
type Result struct {
	Answer network.Answer // what the policy says today
	// Fixes are the candidates, the best first; empty if the operation is allowed
	// today or no change of the policy helps.
	Fixes []Fix
	// Elsewhere is what else may refuse the operation, where SELinux does not: empty
	// unless the Answer's verdict is allowed. The most likely comes first.
	Elsewhere []Cause
}

// Find returns every fix of a problem under the Decider's policy.
//
// Costs are counted in ports. For a socket without ports, and for one whose
// ports no portcon can label, there is no cost to count and no label to change:
// what is left are rules and booleans.
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

// all finds every fix and puts them in order; an own type, which is the first to
// be found, only where there is none yet.
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
	steps = append(steps, f.rule, f.booleans, f.level, f.otherPort)
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
	denied  []*network.LayerAnswer // the layers that refuse, at least one
	census  *census                // nil for sockets without ports
	runs    []run                  // all ports, as they are today
	sockets []policy.TypeID        // see socketType
	fixes   []Fix
	// onPort says that the label of the port is a cause, and registered that the port
	// is one of a service's: its label stands for few ports.
	onPort, registered bool
	kinships           map[policy.TypeID]kin.Kinship // of port types that belong to the subject; nil until asked for
	hasty              bool                          // leave out what is never offered, if it can be told beforehand
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

// A run is ports that no domain can tell apart.
type run struct {
	reach.Class
	usage *usage // nil until asked for
}

// count prepares to count costs.
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

// today returns who may use the ports of a run.
func (f *finder) today(r *run) *usage {
	if r.usage == nil {
		r.usage = f.census.at(r.Ports[0].Low, r.Label)
	}
	return r.usage
}

// labelHelps reports whether the label of the port is a cause, and one that a
// portcon can change: the kernel refuses policies with a portcon of port 0, and
// CIL and semanage know four protocols.
func (f *finder) labelHelps() bool {
	return f.problem.Port != 0 && protocolCIL(f.socket.PortProtocol) != "" &&
		slices.ContainsFunc(f.denied, func(l *network.LayerAnswer) bool { return l.Layer == network.LayerPort })
}

// label returns what a local record for the port with that type would label it:
// semanage writes system_u:object_r, and the range stays.
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

// record is a portcon for the port.
func (f *finder) record(label policy.Context) policydb.PortCon {
	port := uint32(f.problem.Port)
	return policydb.PortCon{Protocol: uint32(f.socket.PortProtocol), Low: port, High: port, Context: label}
}

// levels is the range of a label as semanage port takes it.
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

// portTypes returns the types that may label ports: the members of port_type
// where the policy has it, for semanage takes no others; else those of the
// portcons.
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

// labels tries every port type on the port. Only those that make the operation
// succeed are fixes, and the ones that do not are left out: but http_port_t, the
// one that every forum names, is listed where it does not help.
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

// relabelled appends the fix that another label of the port is: no rule changes,
// so nothing else can change hands.
func (f *finder) relabelled(fix *Fix, label policy.Context) error {
	port := f.problem.Port
	t := newTally(f.census, f.census.everyone())
	t.compare([]cut{{portset.Set{{Low: port, High: port}}, f.portToday(), f.census.at(port, label)}})
	t.into(fix)
	f.fixes = append(f.fixes, *fix)
	return f.census.err
}

// portToday returns who may use the port.
func (f *finder) portToday() *usage {
	i := slices.IndexFunc(f.runs, func(r run) bool { return r.Ports.Contains(f.problem.Port) })
	return f.today(&f.runs[i])
}

// exactRecord reports whether a portcon labels this one port.
func (f *finder) exactRecord() bool {
	return slices.ContainsFunc(f.p.Ports(), func(c policydb.PortCon) bool {
		return c.Protocol == uint32(f.socket.PortProtocol) && c.Low == c.High && c.Low == uint32(f.problem.Port)
	})
}

// shadowed reports whether the record that labels the port now would win over
// a portcon of a module. Compilers of CIL sort the portcons of all modules,
// narrow ranges first (cil_post_portcon_compare), and libsemanage puts the local
// records in front, in any order.
func (f *finder) shadowed() bool {
	ports := f.p.Ports()
	sorted := len(ports) - 1 // where the sorted records begin
	for sorted > 0 && portconOrder(ports[sorted-1], ports[sorted]) <= 0 {
		sorted--
	}
	return f.answer.Port.Record >= 0 && f.answer.Port.Record < sorted
}

// uncounted reports whether packets are refused of an operation that costs are not
// counted in: what else a rule on their labels opens to send and recv is not known.
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
