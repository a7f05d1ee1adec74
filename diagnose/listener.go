package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// listener notes what the kernel asks next of who uses the file of a socket: connectto on the domain that listens.
// Whose file it is tells its label, by the names that policies give them.
func (g *Diagnoser) listener(d *Diagnosis, a *audit.AVC) {
	writes := slices.Contains(d.Permissions, "write")
	if !writes && !a.Has("read") && (!a.Has("getattr") || d.Verdict != NowAllowed) {
		return
	}
	owner, ok := g.ownerOf(audit.ContextType(a.TContext))
	if d.Source.Type == 0 || !ok || owner.Type == d.Source.Type || isContainer(audit.ContextType(a.SContext)) {
		if writes {
			d.note(NoteBehind, "after the sock_file the kernel checks connectto on the domain that listens: if that "+
				"is denied too, it is logged next")
		}
		return
	}
	next, name := g.d.Check(d.Source, owner, "unix_stream_socket", "connectto"), g.typeName(owner)
	const asks = "after the sock_file the kernel checks connectto on the domain that listens, as a rule %s"
	switch {
	case len(next.Perms) == 1 && next.Perms[0].Reason.Code == access.BoolOff:
		d.note(NoteBehind, fmt.Sprintf(asks+", which the policy refuses %s as well, unless a boolean is on", name,
			g.typeName(d.Source)))
	case !next.Allowed():
		d.note(NoteBehind, fmt.Sprintf(asks+": the policy refuses %s unix_stream_socket connectto there as well, and "+
			"it is logged next", name, g.typeName(d.Source)))
	case writes:
		d.note(NoteBehind, fmt.Sprintf(asks+", which the policy allows", name))
	}
}

// ownerOf returns the context of the domain whose sockets have a label: cupsd_t for cupsd_var_run_t.
func (g *Diagnoser) ownerOf(label string) (c policy.Context, ok bool) {
	stem := strings.TrimSuffix(label, "_t")
	for _, end := range []string{"_var_run", "_runtime", "_run", "_tmp", "_var_lib"} {
		name, found := strings.CutSuffix(stem, end)
		if id, known := g.p.Type(name + "_t"); found && known && g.isDomain(id) {
			return subject.FromType(g.p, id)
		}
	}
	return c, false
}
