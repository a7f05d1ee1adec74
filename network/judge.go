package network

import (
	"fmt"
	"net/netip"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// A Judge gives the verdict of one operation of one process for any port, and
// nothing else, fast: for questions about all ports. It agrees with [Ask].
type Judge struct {
	d *access.Decider
	q Question
	s Socket
	// rest is the verdict of the checks that do not depend on the port.
	rest Verdict
	// byPort are the rows that do.
	byPort []judgeRow
	labels map[Party]policy.Context
}

type judgeRow struct {
	Row
	class   policy.ClassID
	perm    policy.AccessVector // 0 where the policy does not define it
	defined bool
}

// dependsOnPort reports whether the port decides the row's condition or label.
func (r *Row) dependsOnPort() bool {
	return r.Source == PartyPort || r.Target == PartyPort || r.When == OutsideLocalPortRange || r.When == PrivilegedPort
}

// NewJudge prepares to judge q for every port; q.Port is not looked at.
func NewJudge(d *access.Decider, q Question) (*Judge, error) {
	s, ok := SocketOf(q.Protocol)
	if !ok {
		return nil, fmt.Errorf("unknown protocol %q", q.Protocol)
	}
	calls := q.Calls
	if calls == nil {
		if calls = q.Operation.Calls(s); calls == nil {
			return nil, fmt.Errorf("unknown operation %q", q.Operation)
		}
	}
	if !q.Addr.IsValid() {
		q.Addr = netip.IPv4Unspecified()
	}
	p := d.Policy()
	a := Answer{Node: p.NodeLabel(q.Addr), Socket: d.SocketContext(q.Subject, s.ClassUnder(p))}
	if q.SocketLabel != nil {
		a.Socket = *q.SocketLabel
	}
	j := &Judge{d: d, q: q, s: s, rest: Allowed, labels: q.labels(p, &a)}
	for i := range rows {
		row := judgeRow{Row: rows[i]}
		if !contains(calls, row.Call) {
			continue
		}
		if row.Class == "" {
			row.Class = s.ClassUnder(p)
		}
		row.class, row.defined = p.Class(row.Class)
		if row.defined {
			row.perm, row.defined = p.Perm(row.class, row.Perm)
		}
		if row.dependsOnPort() {
			j.byPort = append(j.byPort, row)
			continue
		}
		j.rest = worse(j.rest, j.judge(&row, j.labels[row.Target]))
	}
	return j, nil
}

func contains(calls []Call, call Call) bool {
	for _, c := range calls {
		if c == call {
			return true
		}
	}
	return false
}

func worse(a, b Verdict) Verdict {
	if a == Denied || b == Denied {
		return Denied
	}
	if a == Depends {
		return a
	}
	return b
}

// Port returns the verdict for one port with the given label.
func (j *Judge) Port(port uint16, label policy.Context) Verdict {
	if j.rest == Denied {
		return Denied
	}
	j.q.Port = port
	v := j.rest
	for i := range j.byPort {
		row := &j.byPort[i]
		target := j.labels[row.Target]
		if row.Target == PartyPort {
			target = label
		}
		v = worse(v, j.judge(row, target))
	}
	return v
}

func (j *Judge) judge(row *judgeRow, target policy.Context) Verdict {
	p := j.d.Policy()
	holds, _ := row.When.holds(p, j.q, j.s)
	if holds == no {
		return Allowed
	}
	source := j.labels[row.Source]
	if !j.q.Host.Enforcing || p.IsPermissive(policy.TypeID(source.Type)) {
		return Allowed
	}
	granted := p.AllowsUnknown()
	if row.defined {
		granted = j.d.Decide(source, target, row.class).Allowed&row.perm != 0
	}
	switch {
	case granted:
		return Allowed
	case holds == unknown:
		return Depends
	}
	return Denied
}

// ChecksPort reports whether the operation asks for the label of this port.
func (j *Judge) ChecksPort(port uint16) bool {
	j.q.Port = port
	for i := range j.byPort {
		if row := &j.byPort[i]; row.Target == PartyPort {
			if holds, _ := row.When.holds(j.d.Policy(), j.q, j.s); holds != no {
				return true
			}
		}
	}
	return false
}
