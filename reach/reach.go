package reach

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/subject"
)

// A Query is the question for which sets of ports are computed, without the subject.
type Query struct {
	Protocol  network.Protocol
	Operation network.Operation
	Addr      netip.Addr // as in network.Question
	network.Machine
	// Netif, Remote, Peer and PacketLabel are as in network.Question.
	Netif             string
	Remote            netip.Addr
	Peer, PacketLabel *policy.Context
}

// A Reacher computes sets under one policy. Only one goroutine may use it.
type Reacher struct {
	d        *access.Decider
	labels   *policy.Policy // the labels of ports come from this policy
	segments map[segmentKey][]segment
	verdicts verdicts // memory for one subject at a time
	asked    network.Judge
}

type segmentKey struct {
	protocol uint8
	local    host.PortRange
	start    uint16
	filter   *int // the cuts of the packet filter
}

// A segment is a range of ports that no check can distinguish.
type segment struct {
	policy.PortSegment
	class int // equal for segments with the same verdicts: same label, same conditions
}

// New returns a Reacher that uses the Decider d.
func New(d *access.Decider) *Reacher { return NewRelabelled(d, d.Policy()) }

// NewRelabelled returns a Reacher that uses the Decider d and takes the labels of ports from
// another policy, which must equal d's except for its portcons. [Compare] is fast for two Reachers
// with the same Decider.
func NewRelabelled(d *access.Decider, labels *policy.Policy) *Reacher {
	return &Reacher{d: d, labels: labels, segments: make(map[segmentKey][]segment)}
}

// Decider returns the Decider of the Reacher.
func (r *Reacher) Decider() *access.Decider { return r.d }

// An Access is the set of ports that one subject may use for one operation.
type Access struct {
	Subject policy.Context
	// Allowed are the ports for which the operation succeeds. Depends are those where an unknown
	// fact of the host decides.
	Allowed, Depends portset.Set
	// Pieces are the same ports by label, in ascending order of the ports, including denied ones.
	Pieces []Piece
}

// A Piece is a range of ports with one label, one verdict and one reason.
type Piece struct {
	portset.Range
	Label   policy.Label
	Verdict network.Verdict
	// Unchecked says that the kernel does not check the port: it is 0, or in the local port range,
	// or the operation checks no port.
	Unchecked bool
}

// Ports returns the ports that a subject may use.
func (r *Reacher) Ports(subject policy.Context, q Query) (Access, error) {
	return r.portsAmong(subject, q, nil)
}

// portsAmong returns the ports in among, nil for all, that a subject may use, with their pieces.
func (r *Reacher) portsAmong(subject policy.Context, q Query, among portset.Set) (Access, error) {
	q.Prepare()
	j, s, err := r.judge(subject, q)
	if err != nil {
		return Access{}, err
	}
	segments := r.segmentsOf(s, q)
	a := Access{Subject: subject}
	if among == nil {
		a.Pieces = make([]Piece, 0, len(segments))
	}
	r.verdicts.reset()
	for i := range segments {
		seg := &segments[i]
		in := portset.Range{Low: seg.Low, High: seg.High}
		if among != nil && !slices.ContainsFunc(among, in.Overlaps) {
			continue
		}
		v, ok := r.verdicts.of(seg.class)
		if !ok {
			v = j.Port(seg.Low, seg.Label.Context)
			r.verdicts.set(seg.class, v)
		}
		switch v {
		case network.Allowed:
			a.Allowed = a.Allowed.Append(in)
		case network.Depends:
			a.Depends = a.Depends.Append(in)
		}
		a.Pieces = append(a.Pieces, Piece{in, seg.Label, v, !j.ChecksPort(seg.Low)})
	}
	if among != nil {
		a.Allowed, a.Depends = a.Allowed.Intersect(among), a.Depends.Intersect(among)
	}
	return a, nil
}

// verdicts are the answers for one subject, by the class of the segment: "" if not computed yet.
type verdicts []network.Verdict

func (v verdicts) reset() { clear(v) }

func (v verdicts) of(class int) (network.Verdict, bool) {
	if class < len(v) {
		return v[class], v[class] != ""
	}
	return "", false
}

func (v *verdicts) set(class int, verdict network.Verdict) {
	for len(*v) <= class {
		*v = append(*v, "")
	}
	(*v)[class] = verdict
}

func (r *Reacher) judge(subject policy.Context, q Query) (*network.Judge, network.Socket, error) {
	s, ok := network.SocketOf(q.Protocol)
	if !ok || !s.Inet {
		return nil, s, fmt.Errorf("protocol %q has no ports", q.Protocol)
	}
	err := r.asked.Turn(r.d, network.Question{
		Subject: subject, Operation: q.Operation, Protocol: q.Protocol, Addr: q.Addr, Machine: q.Machine,
		Netif: q.Netif, Remote: q.Remote, Peer: q.Peer, PacketLabel: q.PacketLabel,
	})
	return &r.asked, s, err
}

// segmentsOf splits the policy's port ranges where a condition of the host changes: around port 0,
// the privileged ports and the local port range.
func (r *Reacher) segmentsOf(s network.Socket, q Query) []segment {
	filter := q.PortCuts()
	key := segmentKey{s.PortProtocol, q.Host.LocalPorts, q.Host.UnprivilegedPortStart, nil}
	if len(filter) > 0 {
		key.filter = &filter[0]
	}
	if list, ok := r.segments[key]; ok {
		return list
	}
	cuts := append([]int{1, int(key.start), int(key.local.Low), int(key.local.High) + 1}, filter...)
	type verdictKey struct {
		label                   string
		zero, privileged, local bool
		filter                  int // the number of the filter's cut below the port
	}
	classes := make(map[verdictKey]int)
	p := r.labels
	runs := p.PortSegments(s.PortProtocol)
	list := make([]segment, 0, len(runs)+len(cuts))
	for _, run := range runs {
		label := p.FormatContext(run.Label.Context)
		for low := int(run.Low); low <= int(run.High); {
			high := int(run.High)
			for _, cut := range cuts {
				if low < cut && cut <= high {
					high = cut - 1
				}
			}
			k := verdictKey{label, low == 0, low < int(key.start), key.local.Contains(uint16(low)), len(filter)}
			if i := slices.IndexFunc(filter, func(cut int) bool { return cut > low }); i >= 0 {
				k.filter = i
			}
			class, ok := classes[k]
			if !ok {
				class = len(classes)
				classes[k] = class
			}
			piece := run
			piece.Low, piece.High = uint16(low), uint16(high)
			list = append(list, segment{piece, class})
			low = high + 1
		}
	}
	r.segments[key] = list
	return list
}

// A Row is one line of the matrix.
type Row struct {
	Domain policy.TypeID
	Access Access
}

// Matrix returns the access of every domain, by ascending value of the type, in the context that
// [subject.FromType] gives it. It skips domains that no role may have, since no process runs in
// them.
func (r *Reacher) Matrix(q Query) ([]Row, error) { return r.Among(nil, q) }

// Among is Matrix for the given ports only, nil for all. It has a row for every domain, even one that may use none
// of the ports.
func (r *Reacher) Among(ports portset.Set, q Query) ([]Row, error) {
	q.Prepare()
	domains := Domains(r.d.Policy())
	rows := make([]Row, 0, len(domains))
	for _, id := range domains {
		c, ok := subject.FromType(r.d.Policy(), id)
		if !ok {
			continue
		}
		a, err := r.portsAmong(c, q, ports)
		if err != nil {
			return nil, err
		}
		rows = append(rows, Row{id, a})
	}
	return rows, nil
}

// Who returns the domains that may use at least one of the given ports, each with the ports that it may use.
func (r *Reacher) Who(ports portset.Set, q Query) ([]Row, error) {
	if ports == nil {
		ports = portset.Set{}
	}
	rows, err := r.Among(ports, q)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rows, func(row Row) bool {
		return len(row.Access.Allowed) == 0 &&
			len(row.Access.Depends) == 0
	}), nil
}

// A Class is a set of ports with one label that no condition of the host distinguishes: every
// domain gets the same verdict for all of them.
type Class struct {
	Ports portset.Set
	Label policy.Context
}

// Classes returns the classes of ports of a protocol, by their lowest port. They
// cover all ports.
func (r *Reacher) Classes(q Query) ([]Class, error) {
	s, ok := network.SocketOf(q.Protocol)
	if !ok || s.PortProtocol == 0 {
		return nil, fmt.Errorf("protocol %q has no ports", q.Protocol)
	}
	var list []Class
	for _, seg := range r.segmentsOf(s, q) {
		if seg.class == len(list) {
			list = append(list, Class{Label: seg.Label.Context})
		}
		list[seg.class].Ports = list[seg.class].Ports.Append(portset.Range{Low: seg.Low, High: seg.High})
	}
	return list, nil
}
