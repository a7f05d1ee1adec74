package cli

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// A relabelling is some ports of a protocol that get other labels, under one set of
// rules. It is [reach.Compare] for that case: a domain to which no rule grants
// another access to the new label than to the old one is not looked at.
type relabelling struct {
	p      *policy.Policy // whose rules hold
	facts  host.Facts
	socket network.Socket
	// rows are the classes of sockets with the permissions that the label of a
	// port decides.
	rows   [2]portCheck
	pieces []relabelled
}

// A portCheck is the permissions of a class that are checked on a port.
type portCheck struct {
	class policy.ClassID
	perms policy.AccessVector
}

// grants is what rules grant of each portCheck.
type grants [2]policy.AccessVector

// relabelled is ports that are alike before and alike after.
type relabelled struct {
	ports         reach.Ports
	before, after policy.Context
}

// newRelabelling compares the labels of ports of a protocol.
func newRelabelling(before, after *policy.Policy, facts host.Facts, protocol network.Protocol, within reach.Ports) *relabelling {
	r := &relabelling{p: before, facts: facts}
	r.socket, _ = network.SocketOf(protocol)
	for i, class := range []string{r.socket.Class, r.socket.ClassPlain} {
		id, _ := before.Class(class)
		r.rows[i].class = id
		for _, name := range []string{"name_bind", "name_connect"} {
			perm, _ := before.Perm(id, name)
			r.rows[i].perms |= perm
		}
	}
	type key struct {
		before, after string
		conditions    [3]bool
	}
	index := make(map[key]int)
	old, changed := before.PortSegments(r.socket.PortProtocol), after.PortSegments(r.socket.PortProtocol)
	for i, j := 0, 0; i < len(old) && j < len(changed); {
		in := reach.Interval{Low: max(old[i].Low, changed[j].Low), High: min(old[i].High, changed[j].High)}
		was, is := old[i].Label.Context, changed[j].Label.Context
		if old[i].High == in.High {
			i++
		}
		if changed[j].High == in.High {
			j++
		}
		names := key{before: before.FormatContext(was), after: after.FormatContext(is)}
		if names.before == names.after {
			continue
		}
		for _, piece := range r.cut((reach.Ports{in}).Intersect(within)) {
			k := names
			k.conditions = [3]bool{piece.Low == 0, piece.Low < facts.UnprivilegedPortStart, facts.LocalPorts.Contains(piece.Low)}
			n, known := index[k]
			if !known {
				n = len(r.pieces)
				index[k] = n
				r.pieces = append(r.pieces, relabelled{before: was, after: is})
			}
			r.pieces[n].ports = append(r.pieces[n].ports, piece)
		}
	}
	return r
}

// cut divides ports where a condition of the host changes.
func (r *relabelling) cut(ports reach.Ports) reach.Ports {
	var out reach.Ports
	for _, in := range ports {
		for _, at := range []int{1, int(r.facts.UnprivilegedPortStart), int(r.facts.LocalPorts.Low), int(r.facts.LocalPorts.High) + 1} {
			if int(in.Low) < at && at <= int(in.High) {
				out = append(out, reach.Interval{Low: in.Low, High: uint16(at - 1)})
				in.Low = uint16(at)
			}
		}
		out = append(out, in)
	}
	return out
}

// changes returns who gains and loses ports, for each operation.
func (r *relabelling) changes(protocol network.Protocol, ops []network.Operation) ([]reach.Change, error) {
	list := make([]reach.Change, len(ops))
	for i, op := range ops {
		list[i] = reach.Change{Protocol: protocol, Operation: op}
	}
	if len(r.pieces) == 0 {
		return list, nil
	}
	d := access.NewDecider(r.p)
	for _, id := range r.candidates() {
		c, ok := subject.FromType(r.p, id)
		if !ok {
			continue
		}
		for i, op := range ops {
			j, err := network.NewJudge(d, network.Question{Subject: c, Operation: op, Protocol: protocol, Host: r.facts})
			if err != nil {
				return nil, err
			}
			gain, lose := r.judge(j)
			name := r.p.TypeName(id)
			if len(gain) > 0 {
				list[i].Gain = append(list[i].Gain, reach.DomainPorts{Domain: name, Ports: gain})
			}
			if len(lose) > 0 {
				list[i].Lose = append(list[i].Lose, reach.DomainPorts{Domain: name, Ports: lose})
			}
		}
	}
	byName := func(a, b reach.DomainPorts) int { return strings.Compare(a.Domain, b.Domain) }
	for i := range list {
		slices.SortFunc(list[i].Gain, byName)
		slices.SortFunc(list[i].Lose, byName)
	}
	return list, nil
}

func (r *relabelling) judge(j *network.Judge) (gain, lose reach.Ports) {
	for _, piece := range r.pieces {
		port := piece.ports[0].Low
		had := j.Port(port, piece.before) != network.Denied
		has := j.Port(port, piece.after) != network.Denied
		switch {
		case has && !had:
			gain = gain.Union(piece.ports)
		case had && !has:
			lose = lose.Union(piece.ports)
		}
	}
	return gain, lose
}

// candidates returns the domains that rules, constraints or bounds may treat
// otherwise after than before.
func (r *relabelling) candidates() []policy.TypeID {
	domains := reach.Domains(r.p)
	var labels []policy.Context
	for _, piece := range r.pieces {
		a, b := piece.before, piece.after
		if a.User != b.User || a.Role != b.Role || r.p.FormatLevel(a.Range.Low) != r.p.FormatLevel(b.Range.Low) || r.p.FormatLevel(a.Range.High) != r.p.FormatLevel(b.Range.High) ||
			r.p.Bounds(policy.TypeID(a.Type)) != 0 || r.p.Bounds(policy.TypeID(b.Type)) != 0 {
			return domains
		}
		for _, row := range r.rows {
			if !row.alike(r.p, a.Type, b.Type) {
				return domains
			}
		}
		labels = append(labels, a, b)
	}
	granted := make(map[uint32][]grants, len(labels))
	for _, l := range labels {
		if granted[l.Type] == nil {
			granted[l.Type] = r.granted(policy.TypeID(l.Type))
		}
	}
	return slices.DeleteFunc(domains, func(id policy.TypeID) bool {
		if r.p.Bounds(id) != 0 {
			return false
		}
		for _, piece := range r.pieces {
			var was, is grants
			before, after := granted[piece.before.Type], granted[piece.after.Type]
			for a := range r.p.Attributes(id).All() {
				was.join(before[a])
				is.join(after[a])
			}
			if was != is {
				return false
			}
		}
		return true
	})
}

func (g *grants) join(o grants) {
	for i := range g {
		g[i] |= o[i]
	}
}

// alike reports whether constraints treat two types of labels alike, which have
// the same user, role and range.
func (c portCheck) alike(p *policy.Policy, a, b uint32) bool {
	info := p.ClassInfo(c.class)
	if info == nil {
		return false
	}
	for i := range info.Constraints {
		if policy.AccessVector(info.Constraints[i].Perms)&c.perms == 0 {
			continue
		}
		for _, node := range info.Constraints[i].Expr {
			switch {
			case node.Kind == policydb.ConstraintAttr && node.Attr&policydb.AttrType != 0:
				return false
			case node.Kind == policydb.ConstraintNames && node.Attr == policydb.AttrType|policydb.AttrTarget && node.Names.Has(a-1) != node.Names.Has(b-1):
				return false
			}
		}
	}
	return true
}

// granted returns what allow rules in force grant to sources, as written, on a
// label.
func (r *relabelling) granted(label policy.TypeID) []grants {
	list := make([]grants, r.p.MaxType()+1)
	targets := r.p.Attributes(label)
	scan := func(t policydb.AVTab) {
		for off := uint32(0); off < t.Size(); off = t.Next(off) {
			key := t.Key(off)
			for i, row := range r.rows {
				if key.Class() == uint16(row.class) && key.Kind()&policy.Allow != 0 && targets.Has(policy.TypeID(key.Target())) && int(key.Source()) < len(list) {
					list[key.Source()][i] |= policy.AccessVector(t.Data(off)) & row.perms
				}
			}
		}
	}
	db := r.p.DB()
	scan(db.AVTab)
	for i := range db.Conditionals {
		id := policy.CondID(i + 1)
		if r.p.BranchEnabled(id, true) {
			scan(db.Conditionals[i].True)
		}
		if r.p.BranchEnabled(id, false) {
			scan(db.Conditionals[i].False)
		}
	}
	return list
}
