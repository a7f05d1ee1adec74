package say

import (
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/policy"
)

// afterStart returns the domain that a program in a home has after its start with the label bin_t, where that domain
// may not read files with the general label of that home; "" where it may, or where the policy does not tell.
func (l *Log) afterStart(d *diagnose.SymptomDiagnosis) string {
	p := l.policy()
	name := "user_home_t"
	switch {
	case strings.HasPrefix(d.Path, "/root/"):
		name = "admin_home_t"
	case !strings.HasPrefix(d.Path, "/home/"):
		return ""
	}
	program, hasProgram := p.Type("bin_t")
	home, hasHome := p.Type(name)
	if d.Subject.Context.Type == 0 || !hasProgram || !hasHome {
		return ""
	}
	file := d.Subject.Context
	if role, ok := p.Role("object_r"); ok {
		file.Role = uint32(role)
	}
	file.Range.High = file.Range.Low
	file.Type = uint32(program)
	decider := access.NewDecider(p)
	domain, err := decider.NewObject(d.Subject.Context, file, "process", "")
	if err != nil {
		return ""
	}
	file.Type = uint32(home)
	if check := decider.Check(domain, file, "file", "read", "open"); check.Allowed() {
		return ""
	}
	return p.TypeName(policy.TypeID(domain.Type))
}
