package records

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/semanage"
)

// Protocols returns the protocols with ports in policies.
func Protocols() []semanage.Protocol {
	return []semanage.Protocol{semanage.TCP, semanage.UDP, semanage.DCCP, semanage.SCTP}
}

// A PortFilter limits a list of ports. The zero PortFilter accepts all.
type PortFilter struct {
	Keys  []semanage.PortKey // ports, nil for all
	Type  string             // "" for any
	Local bool               // only local records
}

// A PortRecord is a port record with the ports that it actually labels.
type PortRecord struct {
	semanage.Port
	Local bool
	// Labels are the ports that no earlier record has; if there are none, the record is hidden.
	Labels portset.Set
}

// Hidden reports whether other records label all of its ports.
func (r *PortRecord) Hidden() bool { return len(r.Labels) == 0 }

// A PortLabel is a range of ports with the record that labels it, and those that it hides.
type PortLabel struct {
	Protocol semanage.Protocol
	Run
	Local bool
	Hides []semanage.Port
}

// Key returns the ports of the range.
func (l *PortLabel) Key() semanage.PortKey {
	return semanage.PortKey{Protocol: l.Protocol, Low: l.Low, High: l.High}
}

// Ports lists the records with ports that a filter accepts, in the policy's order, and the labels
// of those ports, each port once.
func (s *Source) Ports(f PortFilter) (list []PortRecord, labels []PortLabel) {
	p := s.Policy
	owns := make(map[int]portset.Set)
	for _, protocol := range Protocols() {
		for _, seg := range p.PortSegments(uint8(protocol)) {
			if seg.Label.Record >= 0 {
				owns[seg.Label.Record] = append(owns[seg.Label.Record], portset.Range{Low: seg.Low, High: seg.High})
			}
			labels = append(labels, s.labelsOf(protocol, seg, f)...)
		}
	}
	seen := make(map[semanage.Key]bool)
	for i, c := range p.Ports() {
		r := PortRecord{Port: PortOf(p, &c), Labels: owns[i]}
		key := r.Key()
		r.Local = s.IsLocal(key) && !seen[key]
		seen[key] = true
		if f.takes(&r) {
			list = append(list, r)
		}
	}
	for i := range labels {
		labels[i].Hides = s.hidden(&labels[i])
	}
	return list, labels
}

func (f *PortFilter) takes(r *PortRecord) bool {
	if f.Local && !r.Local || f.Type != "" && r.Context.Type != f.Type {
		return false
	}
	return len(f.Keys) == 0 || slices.ContainsFunc(f.Keys, func(k semanage.PortKey) bool {
		return k.Protocol == r.Protocol && k.Range().Overlaps(r.Range())
	})
}

// labelsOf returns the parts of a port range that the filter accepts.
func (s *Source) labelsOf(protocol semanage.Protocol, seg policy.PortSegment, f PortFilter) (list []PortLabel) {
	l := PortLabel{Protocol: protocol, Run: Run{Context: ContextIn(s.Policy, seg.Label.Context),
		Record: seg.Label.Record}}
	if seg.Label.Record >= 0 {
		r := PortOf(s.Policy, s.Policy.Port(seg.Label.Record))
		l.Local = s.IsLocal(r.Key())
	}
	if f.Local && !l.Local || f.Type != "" && l.Context.Type != f.Type {
		return nil
	}
	wanted := portset.Set{{Low: seg.Low, High: seg.High}}
	if len(f.Keys) > 0 {
		var asked portset.Set
		for _, k := range f.Keys {
			if k.Protocol == protocol {
				asked = asked.Union(portset.Set{k.Range()})
			}
		}
		wanted = wanted.Intersect(asked)
	}
	for _, in := range wanted {
		l.Range = in
		list = append(list, l)
	}
	return list
}

// hidden returns the records that have ports of a range but do not label it.
func (s *Source) hidden(l *PortLabel) (list []semanage.Port) {
	for i, c := range s.Policy.Ports() {
		if i == l.Record || c.Protocol != uint32(l.Protocol) {
			continue
		}
		if r := PortOf(s.Policy, &c); r.Range().Overlaps(l.Range) {
			list = append(list, r)
		}
	}
	return list
}
