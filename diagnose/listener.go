package diagnose

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// datagrams reports whether the socket at a file is one for datagrams, by the names that systemd gives its own
// (/run/systemd/notify, /run/systemd/journal/socket, dev-log and syslog, /dev/log): for those the kernel asks for
// sendto (selinux_socket_unix_may_send), for others as a rule for connectto.
func datagrams(a *audit.AVC) bool {
	switch dir, name := path.Split(cmp.Or(a.Path, a.Name)); name {
	case "notify", "dev-log":
		return true
	case "socket", "syslog":
		return strings.HasSuffix(dir, "/journal/")
	case "log":
		return dir == "/dev/"
	}
	return false
}

// listener notes what the kernel asks next of who uses the file of a socket: connectto, or sendto for datagrams, on
// the domain that listens. Whose file it is tells its label, by the names that policies give them.
func (g *Diagnoser) listener(d *Diagnosis, a *audit.AVC) {
	writes := slices.Contains(d.Permissions, "write")
	if !writes && !a.Has("read") && (!a.Has("getattr") || d.Verdict != NowAllowed) {
		return
	}
	class, perm := "unix_stream_socket", "connectto"
	if datagrams(a) {
		class, perm = "unix_dgram_socket", "sendto"
	}
	owner, ok := g.ownerOf(audit.ContextType(a.TContext))
	if d.Source.Type == 0 || !ok || owner.Type == d.Source.Type || isContainer(audit.ContextType(a.SContext)) {
		if writes {
			d.note(NoteBehind, fmt.Sprintf("after the sock_file the kernel checks %s on the domain that listens: if "+
				"that is denied too, it is logged next", perm))
		}
		return
	}
	next, name := g.d.Check(d.Source, owner, class, perm), g.typeName(owner)
	asks := fmt.Sprintf("after the sock_file the kernel checks %s on the domain that listens, as a rule %s", perm, name)
	switch {
	case len(next.Perms) == 1 && next.Perms[0].Reason.Code == access.BoolOff:
		d.note(NoteBehind, fmt.Sprintf("%s, which the policy refuses %s as well, unless a boolean is on", asks,
			g.typeName(d.Source)))
	case !next.Allowed():
		d.note(NoteBehind, fmt.Sprintf("%s: the policy refuses %s %s %s there as well, and it is logged next", asks,
			g.typeName(d.Source), class, perm))
	case writes:
		d.note(NoteBehind, asks+", which the policy allows")
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
