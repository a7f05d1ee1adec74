package network

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// A Judge computes only the verdict of one operation of one process, for any port. It is fast, for questions about
// all ports. It agrees with [Ask]. The zero Judge denies every port.
type Judge struct {
	a *asking
	// rest is the verdict of the checks that do not depend on the port.
	rest Verdict
	// byPort are the rows whose check depends on the port.
	byPort []judgeRow
}

type judgeRow struct {
	Row
	class   policy.ClassID
	perm    policy.AccessVector // 0 if the policy does not define it
	defined bool
	nth     int
}

// dependsOnPort reports whether the row's condition or label depends on the port.
func (r *Row) dependsOnPort() bool {
	return r.Source == PartyPort || r.Target == PartyPort || r.When == OutsideLocalPortRange || r.When == PrivilegedPort
}

// NewJudge prepares a Judge for q and every port; it ignores q.Port.
func NewJudge(d *access.Decider, q Question) (*Judge, error) {
	j := &Judge{}
	if err := j.Turn(d, q); err != nil {
		return nil, err
	}
	return j, nil
}

// Turn changes a judge to another question, like [NewJudge], but uses its memory again. Use it to ask the same of
// many domains. After an error the Judge denies everything.
func (j *Judge) Turn(d *access.Decider, q Question) error {
	if j.a == nil {
		j.a = &asking{}
	}
	j.rest, j.byPort = Denied, j.byPort[:0]
	calls, err := j.a.take(d, q)
	if err != nil {
		return err
	}
	a := j.a
	j.rest = Allowed
	cuts := len(a.q.PortCuts()) > 0
	var passed passing
	excused := false
	for _, call := range calls {
		nth := passed.of(call)
		for i := range rows {
			if rows[i].Call != call || excused && rows[i].When == OptionNetAdmin {
				continue
			}
			row := j.row(rows[i], nth)
			packet := cuts && (call == CallEgress || call == CallIngress)
			if row.dependsOnPort() || packet {
				j.byPort = append(j.byPort, row)
				continue
			}
			v := j.judge(&row, nil)
			if row.When == OptionNetRaw && a.optionTakes("net_raw") && a.optionTakes("net_admin") {
				excused = v == Allowed
				continue // one of two capabilities is enough
			}
			j.rest = worse(j.rest, v)
		}
		if call == CallBind || a.looksUp(call) {
			for _, l := range a.lookups(call) {
				if l.Denied() {
					j.rest = Denied
				}
			}
		}
		if _, fails := a.labelsFail(call); fails {
			j.rest = Denied
		}
		a.made(call)
	}
	return nil
}

func (j *Judge) row(r Row, nth int) judgeRow {
	row := judgeRow{Row: j.a.fill(r, nth), nth: nth}
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

// Refuses reports whether the verdict is [Denied] for every port.
func (j *Judge) Refuses() bool { return j.a == nil || j.rest == Denied }

// Port returns the verdict for one port with the given label.
func (j *Judge) Port(port uint16, label policy.Context) Verdict {
	if j.Refuses() {
		return Denied
	}
	j.a.q.Port = port
	v := j.rest
	for i := range j.byPort {
		v = worse(v, j.judge(&j.byPort[i], &label))
	}
	return v
}

// judge returns the verdict of one check; port is the label of the port.
func (j *Judge) judge(row *judgeRow, port *policy.Context) Verdict {
	a := j.a
	holds := row.holds(a)
	if holds == no {
		return Allowed
	}
	if a.s.Inet && (row.Call == CallEgress || row.Call == CallIngress) {
		e := a.event(row.Call, row.nth)
		if e.skipped != "" {
			return Allowed
		}
		if e.loses != "" {
			holds = unknown
		}
	}
	if a.refusesLabel(&row.Row) {
		return Denied
	}
	if row.Target == PartyPort {
		return j.pair(row, pair{source: a.label(row.Call, row.Source), target: *port}, holds)
	}
	if !a.s.Inet || row.Call != CallEgress && row.Call != CallIngress && !a.ofConnection(row.Call) {
		return j.pair(row, pair{source: a.label(row.Call, row.Source), target: a.label(row.Call, row.Target)}, holds)
	}
	v := Verdict("")
	for _, p := range a.pairs(&row.Row, row.nth) {
		switch next := j.pair(row, p, holds); {
		case v == "":
			v = next
		case v != next:
			v = Depends
		}
	}
	return v
}

// pair returns the verdict for one pair of labels.
func (j *Judge) pair(row *judgeRow, of pair, holds applies) Verdict {
	p := j.a.p
	if of.lost {
		if holds == unknown {
			return Depends
		}
		return Denied
	}
	if !j.a.q.Host.Enforcing || !(of.unknown && row.Source == PartyPeer) &&
		p.IsPermissive(policy.TypeID(of.source.Type)) {
		return Allowed
	}
	if of.unknown {
		return Depends
	}
	granted := p.AllowsUnknown()
	if row.defined {
		granted = j.a.d.Decide(of.source, of.target, row.class).Allowed&row.perm != 0
	}
	switch {
	case granted:
		return Allowed
	case holds == unknown:
		return Depends
	}
	return Denied
}

// ChecksPort reports whether the operation checks the label of this port.
func (j *Judge) ChecksPort(port uint16) bool {
	if j.a == nil {
		return false
	}
	j.a.q.Port = port
	for i := range j.byPort {
		if row := &j.byPort[i]; row.Target == PartyPort && row.holds(j.a) != no {
			return true
		}
	}
	return false
}
