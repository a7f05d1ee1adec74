package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

// listKeys reads the ports that a list is limited to. Without a protocol they
// are those of each.
func (f *portFlags) listKeys(args []string) ([]semanage.PortKey, error) {
	var keys []semanage.PortKey
	if len(args) == 0 && f.proto != "" {
		args = []string{"0-65535"}
	}
	for _, arg := range args {
		key, err := f.key(arg)
		if err != nil {
			return nil, err
		}
		if key.Protocol != 0 {
			keys = append(keys, key)
			continue
		}
		for _, p := range portProtocols() {
			key.Protocol = p
			keys = append(keys, key)
		}
	}
	return keys, nil
}

func portProtocols() []semanage.Protocol {
	return []semanage.Protocol{semanage.TCP, semanage.UDP, semanage.DCCP, semanage.SCTP}
}

// A policySource is a policy to list records of, with the store's local ones
// where it is a store's.
type policySource struct {
	name  string // of the store, or the path of the policy
	store bool
	p     *policy.Policy
	// linked is the policy without local records, nil where it is not a store's.
	linked *policy.Policy
	local  map[semanage.Key]semanage.Record
	notes  []string
}

// source opens the store's policy; where there is no store, or it may not be
// read, the installed policy, in which local records look like the others.
func (f *recordFlags) source(path string, kind semanage.Kind) (*policySource, error) {
	if path != "" && (f.root != "" || f.store != "" || f.local) {
		return nil, usage(errors.New("--policy excludes --root, --store and --local"), "a policy has no local records")
	}
	if path != "" {
		flags := policyFlags{path: path}
		p, name, err := flags.open(nil) // which says nothing of a policy that was named
		if err != nil {
			return nil, err
		}
		return &policySource{name: name, p: p}, nil
	}
	s, err := f.storeFlags.open()
	if err == nil {
		return storeSource(s, kind)
	}
	if f.local || f.store != "" || !errors.Is(err, semanage.ErrNoStore) && !errors.Is(err, semanage.ErrPermission) {
		return nil, err
	}
	installed, errFind := policyfile.Find(f.root)
	if errFind != nil {
		return nil, err
	}
	db, errOpen := installed.Open()
	if errOpen != nil {
		return nil, err
	}
	return &policySource{name: installed.Path(), p: policy.New(db), notes: []string{
		words.Sprintf("%v; this is the policy %s, where local records look like the others", err, installed.Path())}}, nil
}

func storeSource(s *semanage.Store, kind semanage.Kind) (*policySource, error) {
	list, err := s.Local(kind)
	if err != nil {
		return nil, storeProblem(err)
	}
	db, err := s.KernelPolicy()
	if err != nil {
		return nil, storeProblem(err)
	}
	source := &policySource{name: s.Name(), store: true, p: policy.New(db), local: lastByKey(list)}
	if kind == semanage.Booleans { // whose own values the kernel policy does not keep
		if linked, err := s.LinkedPolicy(); err == nil {
			source.linked = policy.New(linked)
		}
	}
	return source, nil
}

// A listedPort is a record of ports with those of them that it labels.
type listedPort struct {
	semanage.Port
	local  bool
	owns   reach.Ports
	hidden bool // a record in front has all its ports
}

// A portList is the answer of senet port list.
type portList struct {
	source   *policySource
	flags    *portFlags
	asked    bool // for certain ports
	terminal bool
	records  []listedPort
	labels   []listedLabel
}

// A listedLabel is a run of ports with the record that labels it, and those that
// it hides.
type listedLabel struct {
	protocol semanage.Protocol
	reach.Interval
	context semanage.Context
	index   int // of the record in the policy, -1 for none
	record  string
	local   bool
	hides   []listedPort
}

func (f *portFlags) listPorts(streams ioStreams, keys []semanage.PortKey) error {
	source, err := f.source(f.policy, semanage.Ports)
	if err != nil {
		return err
	}
	a := &portList{source: source, flags: f, terminal: isTerminal(streams.stdout), asked: len(keys) > 0 && !(len(keys) == 1 && keys[0].High == 65535 && keys[0].Low == 0)}
	if f.typ != "" {
		if err := checkType(source.p, f.typ, "port_type"); err != nil {
			return err
		}
	}
	a.gather(keys)
	for _, n := range source.notes {
		words.Fprintf(streams.stderr, "senet: %s\n", n)
	}
	if err := f.emit(streams.stdout, func() any { return a.json() }, a.write); err != nil {
		return err
	}
	if len(a.records) == 0 && len(a.labels) == 0 {
		return errNo
	}
	return nil
}

// gather collects the records and labels that are asked for.
func (a *portList) gather(keys []semanage.PortKey) {
	p := a.source.p
	owns := make(map[int]reach.Ports)
	for _, protocol := range portProtocols() {
		for _, s := range p.PortSegments(uint8(protocol)) {
			in := reach.Interval{Low: s.Low, High: s.High}
			if s.Label.Record >= 0 {
				owns[s.Label.Record] = append(owns[s.Label.Record], in)
			}
			a.addLabel(protocol, s, keys)
		}
	}
	seen := make(map[semanage.PortKey]bool)
	for i, c := range p.Ports() {
		r := listedPort{Port: portRecord(p, &c), owns: owns[i], hidden: len(owns[i]) == 0}
		key := r.Key().(semanage.PortKey)
		r.local = a.source.local[key] != nil && !seen[key]
		seen[key] = true
		if a.wants(&r, keys) {
			a.records = append(a.records, r)
		}
	}
	for i := range a.labels {
		a.addHidden(&a.labels[i])
	}
}

func portRecord(p *policy.Policy, c *policydb.PortCon) semanage.Port {
	return semanage.Port{Protocol: semanage.Protocol(c.Protocol), Low: uint16(c.Low), High: uint16(c.High), Context: contextIn(p, c.Context)}
}

func (a *portList) wants(r *listedPort, keys []semanage.PortKey) bool {
	switch {
	case a.flags.local && !r.local, a.flags.typ != "" && r.Context.Type != a.flags.typ:
		return false
	}
	return len(keys) == 0 || slices.ContainsFunc(keys, func(k semanage.PortKey) bool {
		return k.Protocol == r.Protocol && k.Low <= r.High && k.High >= r.Low
	})
}

// addLabel adds the parts of a run of ports that are asked for.
func (a *portList) addLabel(protocol semanage.Protocol, s policy.PortSegment, keys []semanage.PortKey) {
	p := a.source.p
	label := listedLabel{protocol: protocol, index: s.Label.Record, context: contextIn(p, s.Label.Context),
		record: say.PortStatement(p, s.Label.Record)}
	if s.Label.Record >= 0 {
		r := portRecord(p, p.Port(s.Label.Record))
		label.local = a.source.local[r.Key()] != nil
	}
	if a.flags.local && !label.local || a.flags.typ != "" && label.context.Type != a.flags.typ {
		return
	}
	wanted := reach.Ports{{Low: s.Low, High: s.High}}
	if len(keys) > 0 {
		var asked reach.Ports
		for _, k := range keys {
			if k.Protocol == protocol {
				asked = asked.Union(reach.Ports{{Low: k.Low, High: k.High}})
			}
		}
		wanted = wanted.Intersect(asked)
	}
	for _, in := range wanted {
		label.Interval = in
		a.labels = append(a.labels, label)
	}
}

// addHidden adds the records that have ports of a run and do not label it.
func (a *portList) addHidden(l *listedLabel) {
	p := a.source.p
	for i, c := range p.Ports() {
		if i != l.index && c.Protocol == uint32(l.protocol) && c.Low <= uint32(l.High) && c.High >= uint32(l.Low) {
			l.hides = append(l.hides, listedPort{Port: portRecord(p, &c)})
		}
	}
}

// checkType refuses what is no type of the attribute.
func checkType(p *policy.Policy, name, attribute string) error {
	for member := range membersOf(p, attribute) {
		if member == name {
			return nil
		}
	}
	return usage(fmt.Errorf("%s is not a type with the attribute %s", name, attribute), didYouMean(name, membersOf(p, attribute)))
}
