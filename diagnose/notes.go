package diagnose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// notes adds facts that the record alone does not show.
func (g *Diagnoser) notes(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if d.Was != "" && d.Verdict != UnknownHere {
		d.note(NoteRelabelled, fmt.Sprintf("the record says %s, today it is labelled %s", audit.ContextType(d.Was),
			g.typeName(d.Target)))
	}
	switch d.Hook {
	case HookNameBind, HookNodeBind, HookNameConnect:
		g.maker(d, a, e)
	case HookSocket, HookSocketFile, HookNetlink:
		g.owner(d, a, e)
	case HookFD:
		if !carried(d, a, e) {
			g.descriptor(d, a)
		}
	case HookNetif, HookNode, HookPeer, HookPacket, HookAssociation:
		d.note(NotePacket,
			"the kernel checks packets outside of the program that sends or receives them: pid and comm may be "+
				"those of any process; the program sees "+seen(a))
	case HookUserspace:
		d.note(NoteUserspace, asker(a))
	}
	if d.Hook == HookNameBind {
		g.localPorts(d)
	}
	if a.SRawContext != "" || a.TRawContext != "" {
		d.note(NoteRawContext,
			fmt.Sprintf("the label is stored as %s, which the kernel's policy did not know; objects with it "+
				"count as unlabeled",
				strings.TrimSpace(a.SRawContext+" "+a.TRawContext)))
	}
	if !g.contained(d, a, e) {
		daemon(d, a, e)
	}
	unstarted(d, a, e)
	if !own(d, a) && !made(d, a) {
		g.volume(d, a, e)
		device(d, a)
	}
	one(d, a)
	noNewPrivileges(d, a)
	g.created(d, a)
	g.behind(d, a)
	g.sudo(d, a)
	inHome(d, a)
	moved(d, a, e)
	labelAllTheSame(d, a)
	g.script(d, a, e)
	g.ownEntry(d, a, e)
	g.program(d, a)
	g.tool(d, a)
	g.follows(d, a)
	g.byHand(d, a, e)
	g.meaning(d, a, e)
	foreign(d, a)
	systemLink(d, a)
	calledMislabeled(d, a, e)
	constrained(d, e)
	ofProcessOnDisk(d, a)
	ofNoFile(d, a)
	engine(d, a)
	byLabel(d, a, e)
	inherited(d, a, e)
	g.ofImage(d, a, e)
	succeeded(d, a, e)
	if a.Permissive != nil && *a.Permissive {
		text := "it was only logged then: " + audit.ContextType(a.SContext) + " was permissive, or the whole system"
		if a.Has("associate") { // the source is the label of a file
			text = "it was only logged then: the process or the whole system was permissive"
		}
		if d.Image {
			text = "it was only logged then (permissive): it stopped nothing, and what failed meanwhile has another " +
				"cause; in enforcing mode it would be stopped"
		}
		if d.Verdict == StillDenied {
			text += "; in enforcing mode it will be refused"
		}
		d.note(NotePermissive, text)
	}
	if d.Verdict == StillDenied && g.p.IsPermissive(policy.TypeID(d.Source.Type)) {
		by := "permissive=0"
		if a.Permissive == nil {
			by = "success=no, " + e.Syscall.Errno
		}
		d.note(NotePermissive, g.typeName(d.Source)+" is permissive in this policy, which would only log it; there it "+
			"was refused ("+by+"), and the answer is about that")
	}
	if refused := d.Refused(); refused != nil && len(refused.Reason.DontAudit) > 0 {
		d.note(NoteHidden,
			"a dontaudit rule hides this from the log today; that it is no longer logged does not mean that "+
				"it is gone (semodule -DB shows it)")
	}
}

// seen describes how a program sees a denied packet.
func seen(a *audit.AVC) string {
	if packetCall(a) == "egress" {
		return "\"Connection refused\" or a timeout, not \"Permission denied\""
	}
	return "nothing at all, a timeout"
}

// maker notes which process made the call, if its label was not checked: name_bind,
// node_bind and name_connect check the socket's label.
func (g *Diagnoser) maker(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	label := audit.ContextType(a.SContext)
	task := ""
	if e.Syscall != nil {
		task = audit.ContextType(e.Syscall.Subj)
	}
	switch {
	case isSystemd(a, e) && d.Hook == HookNameConnect: // no unit has systemd connect a socket
	case isSystemd(a, e) && g.init != 0 && label == g.p.TypeName(g.init):
		d.note(NoteActivation,
			fmt.Sprintf("systemd makes this socket for a .socket unit, as %s: the domain of the service that gets "+
				"it is not checked for the port", label))
	case isSystemd(a, e):
		d.note(NoteActivation,
			fmt.Sprintf("systemd makes this socket for a .socket unit, and gives it the label of the service: the "+
				"process is systemd, but the necessary rule is for %s", label))
	case runtime(a, e) != "":
		d.note(NoteRuntime,
			fmt.Sprintf("%s makes this call for a container, as %s: the domain and the categories of the container "+
				"are not checked, and a rule for them would not help", runtime(a, e), label))
	case task != "" && task != label:
		d.note(NoteSocketLabel,
			fmt.Sprintf("the process runs as %s, its socket is labelled %s: for ports and addresses the socket's "+
				"label is checked", task, label))
	}
}

// owner notes the owner of a socket: in a call on a socket, the target is the socket's
// label, which is that of its creator.
func (g *Diagnoser) owner(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	if source == target && d.Verdict != UnknownHere && !g.same(d.Source, d.Target) {
		d.note(NoteInherited, fmt.Sprintf("the socket was made by another instance of %s, at another level", source))
		return
	}
	if source == target || target == "" || a.TClass == "tun_socket" {
		return
	}
	by := ""
	id, ok := g.p.Type(target)
	switch {
	case ok && id == g.init:
		by = " (systemd, for a .socket unit)"
	case strings.HasPrefix(target, "container_runtime") || strings.HasPrefix(target, "docker") || runtime(a, e) != "":
		by = " (a container runtime)"
	case target == "kernel_t":
		by = " (the kernel)"
	}
	d.note(NoteInherited,
		fmt.Sprintf("the socket is not %s's own: it was made by %s%s and inherited or passed; a socket keeps its "+
			"maker's label, and what is missing is the permission on the socket, not on a port", source, target, by))
}

func (g *Diagnoser) descriptor(d *Diagnosis, a *audit.AVC) {
	if !strings.HasPrefix(a.Path, "socket:[") && a.Dev != "sockfs" {
		switch target := audit.ContextType(a.TContext); {
		case d.Verdict != StillDenied:
		case target == "kernel_t" && strings.HasPrefix(a.Path, "/"):
			d.note(NoteInherited, "the kernel opened the file itself, as an overlay or another stacked file system "+
				"does that was mounted before a policy was loaded (findmnt; in the initramfs): each domain that uses "+
				"files there needs fd use of kernel_t, or it is mounted again after the start")
		default:
			d.note(NoteInherited, fmt.Sprintf("the descriptor is one that %s opened and %s inherited or was passed: "+
				"the kernel leaves it out of the message, or puts /dev/null in its place, and the rest goes on",
				target, audit.ContextType(a.SContext)))
		}
		return
	}
	d.note(NoteInherited, fmt.Sprintf("the descriptor is a socket that %s opened and %s inherited or was passed",
		audit.ContextType(a.TContext), audit.ContextType(a.SContext)))
}

// localPorts notes whether the local port range decides.
func (g *Diagnoser) localPorts(d *Diagnosis) {
	low, high := g.host.LocalPorts.Low, g.host.LocalPorts.High
	switch {
	case d.Verdict == NotAsked:
		d.note(NoteLocalPorts,
			fmt.Sprintf("the port is in this host's ip_local_port_range %d-%d, which any program may bind: the "+
				"host that wrote the record has or had another range", low, high))
	case g.host.Assumed && g.exempt(d.Port):
		d.note(NoteLocalPorts,
			fmt.Sprintf("the kernel checks name_bind only outside of ip_local_port_range: the range of the host that "+
				"wrote the record differs from the usual %d-%d", low, high))
	case d.Port >= 1024 && d.Port > high:
		d.note(NoteLocalPorts,
			fmt.Sprintf("ports in ip_local_port_range (%d-%d) are bound without this check; %d is above it: a "+
				"service that chooses its own ports should be configured to stay in the range", low, high, d.Port))
	}
}

// isSystemd reports whether systemd made the call.
func isSystemd(a *audit.AVC, e *audit.Event) bool {
	return a.Comm == "systemd" || a.PID == 1 || e.Comm() == "systemd" || path.Base(e.Exe()) == "systemd"
}

// runtime returns the name of the container runtime that made the call, "" if
// it was none.
func runtime(a *audit.AVC, e *audit.Event) string {
	names := []string{a.Comm, e.Comm()}
	if exe := e.Exe(); exe != "" {
		names = append(names, path.Base(exe))
	}
	for _, name := range names {
		name, _, _ = strings.Cut(name, ":[")
		if slices.Contains([]string{
			"conmon", "runc", "crun", "youki", "dockerd", "docker-proxy", "containerd", "containerd-shim",
			"containerd-shim-runc-v2", "podman",
			"rootlessport", "rootlesskit", "slirp4netns", "pasta", "pasta.avx2", "passt", "netavark", "aardvark-dns",
			"crio", "buildah", "kubelet",
		}, name) {
			return name
		}
		// comm is cut to 15 bytes, and runc calls its second stage runc:[2:INIT].
		if strings.HasPrefix(name, "containerd-shim") || strings.HasPrefix(name, "rootlessport") {
			return name
		}
	}
	return ""
}
