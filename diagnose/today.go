package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/classmap"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// check asks today's policy about the record.
func (g *Diagnoser) check(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	for _, perm := range a.Permissions {
		if strings.HasPrefix(perm, "0x") {
			d.gap(NoPermission, perm, a.TClass)
			continue
		}
		if !g.real(a.TClass, perm) {
			d.gap(NotReal, perm, a.TClass)
			continue
		}
		d.Checks = append(d.Checks, g.d.Check(d.Source, d.Target, a.TClass, perm).Perms...)
	}
	g.command(d, a)
	switch {
	case len(d.Checks) == 0:
		d.Verdict = UnknownHere
	case d.Refused() == nil:
		d.Verdict = NowAllowed
	case g.p.IsPermissive(policy.TypeID(d.Source.Type)) && !enforced(a, e):
		d.Verdict = OnlyLogged
	default:
		d.Verdict = StillDenied
	}
	if d.Hook == HookNameBind && d.Verdict != NowAllowed && !g.host.Assumed && g.exempt(d.Port) {
		d.Verdict = NotAsked
	}
	if d.unasked && (d.Verdict == StillDenied || d.Verdict == OnlyLogged) {
		d.Verdict = NotAsked
		g.noteUnasked(d)
	}
	if d.foreignLevel != "" && d.Verdict == NowAllowed { // between those levels a constraint may refuse it
		d.Verdict = UnknownHere
		d.gap(NoLevel, d.foreignLevel, a.TClass)
	}
	g.inferred(d, a)
}

// enforced reports whether a record says that the kernel refused the access, in a domain that was not permissive: by
// itself, or in the result of the system call, where the kernel is too old to say it.
func enforced(a *audit.AVC, e *audit.Event) bool {
	if a.Permissive != nil {
		return !*a.Permissive
	}
	return failedCall(e)
}

// failedCall reports whether the system call of an event failed as one does that SELinux refuses.
func failedCall(e *audit.Event) bool {
	c := e.Syscall
	return c != nil && c.Success != nil && !*c.Success && (c.Errno == "EACCES" || c.Errno == "EPERM")
}

// inferred notes values that the log has only in part or in another form. A completed value
// explains a denial, but is not enough to call it allowed.
func (g *Diagnoser) inferred(d *Diagnosis, a *audit.AVC) {
	for _, i := range a.Inferred {
		if i.Field != "tclass" {
			d.note(NoteInferred, mendedContext(i))
			continue
		}
		if i.Open {
			g.openClass(d, a, i.Taken)
			continue
		}
		if i.Logged == "" {
			d.note(NoteInferred, fmt.Sprintf("the report does not have the class: it is taken to be %s, by what was "+
				"refused", i.Taken))
			continue
		}
		if !i.Cut {
			d.note(NoteInferred, fmt.Sprintf("the log calls the class %q, which is %s", i.Logged, i.Taken))
			continue
		}
		if d.Verdict == NowAllowed {
			d.Verdict = UnknownHere
			d.gap(Cut, i.Logged, i.Taken)
			continue
		}
		d.note(NoteInferred, fmt.Sprintf("the class is cut in the log, %q: %s is the only one that begins so and has "+
			"what was refused", i.Logged, i.Taken))
	}
}

// garbled notes the contexts that are damaged in the text.
func (d *Diagnosis) garbled(a *audit.AVC) {
	for _, i := range a.Inferred {
		if i.Field != "tclass" {
			d.note(NoteInferred, mendedContext(i))
		}
	}
}

// mendedContext says what was taken for a context that is damaged in the text.
func mendedContext(i audit.Inference) string {
	if i.Taken == "" {
		return fmt.Sprintf("the context is garbled: %s=%s; its type is not to be told", i.Field, i.Logged)
	}
	return fmt.Sprintf("the context is garbled: %s=%s; by its place the type is %s", i.Field, i.Logged,
		audit.ContextType(i.Taken))
}

// real reports whether a class and its permission are names that the policy, a kernel or a known
// program has: handle_unknown applies only to those, not to damaged or invented names.
func (g *Diagnoser) real(class, perm string) bool {
	if id, ok := g.p.Class(class); ok {
		if _, ok := g.p.Perm(id, perm); ok {
			return true
		}
	}
	return classmap.HasPermission(class, perm)
}

// exempt reports whether bind() does not check the label of the port on this host.
func (g *Diagnoser) exempt(port uint16) bool {
	return g.host.LocalPorts.Contains(port) && port >= g.host.UnprivilegedPortStart
}

// rest asks about the whole operation: which other checks would be denied.
func (g *Diagnoser) rest(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	s, ok := network.SocketOf(d.Protocol)
	if !ok || d.Operation == "" {
		return
	}
	q := g.question(d.Source, d.Operation, d.Protocol, d.Addr, d.Port)
	switch d.Hook {
	case HookNetif, HookNode, HookPeer, HookPacket, HookAssociation:
		return // the record does not name the protocol
	case HookNameBind, HookNodeBind, HookNameConnect:
		if maker, ok := g.activator(a, e); ok {
			// systemd makes the calls, and gives the socket the service's label.
			q.Maker = &maker
		}
		if d.Port != 0 && s.PortProtocol != 0 && d.Class != "rawip_socket" {
			problem := q
			d.Question = &problem
		}
		// The check used the socket's label; the process may have another.
		socket := d.Source
		q.SocketLabel = &socket
		if q.Maker == nil {
			q.Subject = g.task(e, d.Source)
		}
	case HookCapability:
		if d.Port == 0 {
			return
		}
	case HookUnix:
		peer := d.Target
		q.PeerLabel = &peer
	case HookSocket, HookSocketFile, HookNetlink:
		socket := d.Target
		q.SocketLabel = &socket
		if d.Port != 0 && d.Source.Type == d.Target.Type && s.PortProtocol != 0 &&
			(d.Operation == network.Connect || d.Operation == network.Bind) {
			problem := q
			problem.SocketLabel = nil
			d.Question = &problem
		}
	}
	if q.Calls = g.calls(d, s); q.Calls != nil && len(q.Calls) == 0 {
		return
	}
	answer, err := network.Ask(g.d, q)
	if err != nil {
		return // the record does not have the other end of a unix socket
	}
	for _, l := range answer.Layers {
		if l.Consulted && !l.Check.Allowed && !d.asked(&l) && (l.Layer != network.LayerPort || d.Port != 0) &&
			!d.has(&l) {
			d.Also = append(d.Also, l)
		}
	}
}

// calls returns the calls to ask about together: nil for those of the operation.
func (g *Diagnoser) calls(d *Diagnosis, s network.Socket) []network.Call {
	server := []network.Call{network.CallBind, network.CallListen, network.CallAccept}
	switch d.Hook {
	case HookSocket, HookSocketFile, HookNetlink:
		// The socket already exists: only later calls count.
		switch d.Call {
		case network.CallBind, network.CallListen, network.CallAccept:
			if !s.Stream {
				return []network.Call{d.Call}
			}
			return server[slices.Index(server, d.Call):]
		case network.CallReceive, network.CallSend:
			return []network.Call{network.CallReceive, network.CallSend}
		case network.CallConnect:
			return []network.Call{network.CallConnect, network.CallSend, network.CallReceive}
		case network.CallFastOpen:
			return []network.Call{network.CallFastOpen, network.CallReceive}
		}
		return []network.Call{}
	}
	if d.Call == network.CallFastOpen {
		return []network.Call{network.CallSocket, network.CallFastOpen, network.CallReceive}
	}
	if d.Operation == network.Bind && s.Stream {
		return append([]network.Call{network.CallSocket}, server...) // it usually listens next
	}
	return nil
}

// asked reports whether a layer is that of the record.
func (d *Diagnosis) asked(l *network.LayerAnswer) bool {
	return l.Layer == d.Layer && l.Class == d.Class && slices.Contains(d.Permissions, l.Perm)
}

// has reports whether the same check is already in the list: bind and listen may make the same one.
func (d *Diagnosis) has(l *network.LayerAnswer) bool {
	return slices.ContainsFunc(d.Also, func(other network.LayerAnswer) bool {
		return other.Layer == l.Layer && other.Class == l.Class && other.Perm == l.Perm
	})
}

// activator returns the context of systemd if it made the call for the socket unit of a service,
// whose label the socket has.
func (g *Diagnoser) activator(a *audit.AVC, e *audit.Event) (policy.Context, bool) {
	if !isSystemd(a, e) || g.init == 0 || audit.ContextType(a.SContext) == g.p.TypeName(g.init) {
		return policy.Context{}, false
	}
	usual, ok := subject.FromType(g.p, g.init)
	return g.task(e, usual), ok
}

// task returns the context of the process: from the SYSCALL record, else otherwise.
func (g *Diagnoser) task(e *audit.Event, otherwise policy.Context) policy.Context {
	if e.Syscall != nil && e.Syscall.Subj != "" {
		if c, ok := g.context(e.Syscall.Subj, true); ok {
			return c.Context
		}
	}
	return otherwise
}
