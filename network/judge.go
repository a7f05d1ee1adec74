package network

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// A Judge gives the verdict of one operation of one process for any port, and
// nothing else, fast: for questions about all ports. It agrees with [Ask].
type Judge struct {
	a *asking
	// rest is the verdict of the checks that do not depend on the port.
	rest Verdict
	// byPort are the rows that do.
	byPort []judgeRow
}

type judgeRow struct {
	Row
	class          policy.ClassID
	perm           policy.AccessVector // 0 where the policy does not define it
	defined        bool
	source, target policy.Context // target is not that of the port
}

// dependsOnPort reports whether the port decides the row's condition or label.
func (r *Row) dependsOnPort() bool {
	return r.Source == PartyPort || r.Target == PartyPort || r.When == OutsideLocalPortRange || r.When == PrivilegedPort
}

// NewJudge prepares to judge q for every port; q.Port is not looked at.
func NewJudge(d *access.Decider, q Question) (*Judge, error) {
	a, calls, err := newAsking(d, q)
	if err != nil {
		return nil, err
	}
	j := &Judge{a: a, rest: Allowed}
	for _, call := range calls {
		for i := range rows {
			if rows[i].Call != call {
				continue
			}
			row := j.row(rows[i])
			if row.dependsOnPort() {
				j.byPort = append(j.byPort, row)
				continue
			}
			j.rest = worse(j.rest, j.judge(&row, &row.target))
		}
		a.made(call)
	}
	return j, nil
}

func (j *Judge) row(r Row) judgeRow {
	row := judgeRow{Row: j.a.fill(r), source: j.a.label(r.Call, r.Source), target: j.a.label(r.Call, r.Target)}
	if row.class, row.defined = j.a.p.Class(row.Class); row.defined {
		row.perm, row.defined = j.a.p.Perm(row.class, row.Perm)
	}
	return row
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
	j.a.q.Port = port
	v := j.rest
	for i := range j.byPort {
		row := &j.byPort[i]
		target := &row.target
		if row.Target == PartyPort {
			target = &label
		}
		v = worse(v, j.judge(row, target))
	}
	return v
}

func (j *Judge) judge(row *judgeRow, target *policy.Context) Verdict {
	p := j.a.p
	holds := row.holds(j.a)
	if holds == no {
		return Allowed
	}
	if j.a.refusesLabel(&row.Row) {
		return Denied
	}
	if !j.a.q.Host.Enforcing || p.IsPermissive(policy.TypeID(row.source.Type)) {
		return Allowed
	}
	granted := p.AllowsUnknown()
	if row.defined {
		granted = j.a.d.Decide(row.source, *target, row.class).Allowed&row.perm != 0
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
	j.a.q.Port = port
	for i := range j.byPort {
		if row := &j.byPort[i]; row.Target == PartyPort && row.holds(j.a) != no {
			return true
		}
	}
	return false
}
