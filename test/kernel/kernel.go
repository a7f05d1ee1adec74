package kernel

import (
	"fmt"
	"time"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/kernel/wire"
)

// Load makes the machine use a policy, with every boolean at p's own state of
// it.
func (vm *VM) Load(p *policy.Policy) error {
	return vm.LoadImage(p.DB().Encode(), p)
}

// LoadImage makes the machine use the binary policy image, of which p is what
// senet makes.
func (vm *VM) LoadImage(image []byte, p *policy.Policy) error {
	l := wire.Load{Policy: image}
	for b := range p.Bools() {
		l.Bools = append(l.Bools, wire.Bool{Name: p.BoolName(b), On: p.BoolState(b)})
	}
	_, err := vm.call(wire.Request{Load: &l}, time.Minute)
	return err
}

// A Query asks for a decision.
type Query struct {
	Source, Target policy.Context
	Class          policy.ClassID
}

// Text returns the query as /sys/fs/selinux/access takes it.
func (q *Query) Text(p *policy.Policy) string {
	return fmt.Sprintf("%s %s %d", p.FormatContext(q.Source), p.FormatContext(q.Target), q.Class)
}

// Decisions asks the security server under the policy p, which must be loaded.
func (vm *VM) Decisions(p *policy.Policy, queries []Query) ([]wire.Decision, error) {
	d := wire.Decide{Queries: make([]string, len(queries))}
	for i := range queries {
		d.Queries[i] = queries[i].Text(p)
	}
	reply, err := vm.call(wire.Request{Decide: &d}, time.Minute+time.Duration(len(queries))*time.Millisecond)
	if err == nil && len(reply.Decisions) != len(queries) {
		err = fmt.Errorf("%d decisions on %d queries", len(reply.Decisions), len(queries))
	}
	return reply.Decisions, err
}

// Permissive returns a copy of p in which the kernel's own type is permissive,
// so that process 1 may always make the system permissive again.
func Permissive(db *policydb.Policy) (*policydb.Policy, error) {
	db = db.Clone()
	for _, sid := range db.OContexts.InitialSIDs {
		if sid.SID == policy.SIDKernel {
			return db, db.SetPermissive(sid.Context.Type, true)
		}
	}
	return nil, fmt.Errorf("no initial SID kernel")
}
