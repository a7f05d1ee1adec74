package diagnose

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// A Command is an ioctl command or netlink message type that rules of extended
// permissions deny today, whether or not the permission itself is granted.
type Command struct {
	Kind   access.XPermKind
	Number uint16
	// Only says that only the command is denied: the permission is granted.
	Only bool
}

// command asks about the command of a record, if it has one: the permission may be
// granted, and the command denied (avc_has_extended_perms).
func (g *Diagnoser) command(d *Diagnosis, a *audit.AVC) {
	kind, number := access.Ioctl, a.IoctlCmd
	if a.NlmsgType != nil {
		kind, number = access.Nlmsg, a.NlmsgType
	}
	if number == nil {
		return
	}
	for i := range d.Checks {
		pc := &d.Checks[i]
		if pc.Name != kind.String() {
			continue
		}
		dec := g.d.DecideXPerm(d.Source, d.Target, d.Class, kind, *number)
		covered := false
		var hidden []policy.Rule
		for _, r := range dec.Rules {
			covered = covered || r.Kind == policy.AllowXPerm
			if r.Kind == policy.DontAuditXPerm {
				hidden = append(hidden, r)
			}
		}
		if !dec.Filtered || covered {
			return
		}
		d.Command = &Command{Kind: kind, Number: *number, Only: pc.Allowed}
		if pc.Allowed {
			pc.Allowed = false
			pc.Reason = access.Reason{Code: access.NoRule, DontAudit: append(pc.Reason.DontAudit, hidden...)}
		}
		return
	}
}
