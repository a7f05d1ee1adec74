package remedy

import (
	"slices"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// local returns the local record that includes the port, nil if there is none or none is known.
func (f *finder) local() *policydb.PortCon {
	for i := range f.problem.LocalPorts {
		if c := &f.problem.LocalPorts[i]; f.covers(c) && c.High <= 65535 {
			return c
		}
	}
	return nil
}

func (f *finder) covers(c *policydb.PortCon) bool {
	port := uint32(f.problem.Port)
	return c.Protocol == uint32(f.socket.PortProtocol) && c.Low <= port && port <= c.High
}

// relabel returns the changes of local records that give the port a label with the type typ, and
// those that undo them. A local range that includes the port overlaps with a record for the port,
// which libsemanage refuses (semanage_port_validate_local), so the range is deleted, and its pieces
// beside the port are added again.
func (f *finder) relabel(label policy.Context, typ string) (records, undo []RecordChange) {
	port := uint32(f.problem.Port)
	c := f.local()
	action := f.adding(port, port)
	switch {
	case c != nil && c.Low < c.High:
		records, undo = f.cut(c)
		undo = slices.Insert(undo, 0, f.change(DeleteRecord, port, port, label))
	case c != nil:
		action = ModifyRecord
		undo = []RecordChange{f.change(ModifyRecord, port, port, c.Context)}
	case action == ModifyRecord && f.problem.LocalPorts == nil: // it may be a local one
		undo = []RecordChange{f.change(ModifyRecord, port, port, f.answer.Port.Context)}
	default:
		undo = []RecordChange{f.change(DeleteRecord, port, port, label)}
	}
	records = append(records, f.change(action, port, port, label))
	records[len(records)-1].Context.Type = typ
	if undo[0].Action == DeleteRecord {
		undo[0].Context.Type = typ
	}
	return records, undo
}

// cut returns the changes that remove the port from a local record: the record is deleted, and the
// pieces beside the port are added again.
func (f *finder) cut(c *policydb.PortCon) (records, undo []RecordChange) {
	port := uint32(f.problem.Port)
	records = []RecordChange{f.change(DeleteRecord, c.Low, c.High, c.Context)}
	for _, piece := range [...][2]uint32{{c.Low, port - 1}, {port + 1, c.High}} {
		if piece[0] > piece[1] {
			continue
		}
		records = append(records, f.change(f.adding(piece[0], piece[1]), piece[0], piece[1], c.Context))
		undo = append(undo, f.change(DeleteRecord, piece[0], piece[1], c.Context))
	}
	action := AddRecord
	if f.records(c.Low, c.High) > 1 { // the local one, and the policy's own
		action = ModifyRecord
	}
	return records, append(undo, f.change(action, c.Low, c.High, c.Context))
}

// adding returns the action that gives a record to ports without a local one.
func (f *finder) adding(low, high uint32) Action {
	if f.records(low, high) > 0 {
		return ModifyRecord
	}
	return AddRecord
}

// records counts the policy's records for exactly these ports.
func (f *finder) records(low, high uint32) (n int) {
	for _, c := range f.p.Ports() {
		if c.Protocol == uint32(f.socket.PortProtocol) && c.Low == low && c.High == high {
			n++
		}
	}
	return n
}

func (f *finder) change(action Action, low, high uint32, label policy.Context) RecordChange {
	return RecordChange{action, semanage.Port{
		Protocol: semanage.Protocol(f.socket.PortProtocol), Low: uint16(low), High: uint16(high),
		Context: semanage.Context{
			User: f.p.UserName(policy.UserID(label.User)), Role: f.p.RoleName(policy.RoleID(label.Role)),
			Type: f.p.TypeName(policy.TypeID(label.Type)), Range: f.levels(label),
		},
	}}
}

// split cuts the port out of the local range that labels it, if the label that the range hides
// helps.
func (f *finder) split() error {
	c := f.local()
	at := f.answer.Port.Record
	if c == nil || at < 0 || !sameRecord(c, f.p.Port(at)) {
		return nil // another record labels the port, or the policy is not the store's
	}
	under, _ := f.p.InitialSID(policy.SIDPort)
	ports := f.p.Ports()[at+1:]
	if i := slices.IndexFunc(ports, func(c policydb.PortCon) bool { return f.covers(&c) }); i >= 0 {
		under = ports[i].Context
	}
	judge, err := network.NewJudge(f.d, f.problem.Question)
	if err != nil {
		return err
	}
	fix := Fix{Kind: Split, Type: f.p.TypeName(policy.TypeID(under.Type)), Range: f.levels(under), Local: true,
		Exists: f.exactRecord()}
	fix.Works = judge.Port(f.problem.Port, under) == network.Allowed
	if !fix.Works || !plain(fix.Type) || !plainRange(fix.Range) {
		return nil
	}
	if fix.Records, fix.Undo = f.cut(c); !plainRecords(&fix) {
		return nil
	}
	return f.relabelled(&fix, under)
}

// plainRecords reports whether all names in changes of records are plain.
func plainRecords(f *Fix) bool {
	return !slices.ContainsFunc(slices.Concat(f.Records, f.Undo), func(r RecordChange) bool {
		c := r.Context
		return !plain(c.User) || !plain(c.Role) || !plain(c.Type) || !plainRange(c.Range)
	})
}

func sameRecord(a, b *policydb.PortCon) bool {
	return a.Protocol == b.Protocol && a.Low == b.Low && a.High == b.High && a.Context.Type == b.Context.Type
}
