package kernel

import (
	"fmt"
	"strings"
	"time"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/kernel/wire"
)

// Load makes the machine use a policy, with every boolean at p's own state of
// it.
func (vm *VM) Load(p *policy.Policy) error {
	return vm.LoadImage(p.DB().Encode(), p)
}

// LoadImage makes the machine use the binary policy image. p is the same policy, decoded by senet.
func (vm *VM) LoadImage(image []byte, p *policy.Policy) error {
	l := wire.Load{Policy: image}
	for b := range p.Bools() {
		l.Bools = append(l.Bools, wire.Bool{Name: p.BoolName(b), On: p.BoolState(b)})
	}
	said := vm.console.len()
	_, err := vm.call(wire.Request{Load: &l}, time.Minute)
	if err != nil {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(vm.console.from(said)))
	}
	return err
}

// A Query asks for a decision.
type Query struct {
	Source, Target policy.Context
	Class          policy.ClassID
}

// Text returns the query as the files of selinuxfs take it.
func (q *Query) Text(p *policy.Policy) string {
	return fmt.Sprintf("%s %s %d", p.FormatContext(q.Source), p.FormatContext(q.Target), q.Class)
}

// Decisions asks the security server under the policy p, which must be loaded.
func (vm *VM) Decisions(p *policy.Policy, queries []Query) ([]access.Decision, error) {
	questions := make([]string, len(queries))
	for i := range queries {
		questions[i] = queries[i].Text(p)
	}
	answers, err := vm.Ask("access", questions)
	if err != nil {
		return nil, err
	}
	list := make([]access.Decision, len(answers))
	for i, answer := range answers {
		// allowed decided auditallow auditdeny seqno flags
		var d access.Decision
		var decided, seqno uint32
		if _, err := fmt.Sscanf(answer, "%x %x %x %x %d %x", &d.Allowed, &decided, &d.AuditAllow, &d.AuditDeny, &seqno,
			&d.Flags); err != nil {
			return nil, fmt.Errorf("access %q: answer %q: %w", questions[i], answer, err)
		}
		list[i] = d
	}
	return list, nil
}

// Ask writes each question to a file of selinuxfs and returns the answers: what
// the file says, or "!" and an errno in decimal.
func (vm *VM) Ask(file string, questions []string) ([]string, error) {
	var text strings.Builder
	for _, q := range questions {
		text.WriteString(q)
		text.WriteByte(0)
	}
	reply, err := vm.call(wire.Request{Ask: &wire.Ask{File: file, Questions: text.String()}},
		time.Minute+time.Duration(len(questions))*time.Millisecond)
	if err != nil {
		return nil, err
	}
	answers := strings.Split(strings.TrimSuffix(reply.Asked.Answers, "\x00"), "\x00")
	if len(answers) != len(questions) {
		return nil, fmt.Errorf("%d answers to %d questions", len(answers), len(questions))
	}
	return answers, nil
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
