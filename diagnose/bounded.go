package diagnose

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// A Starter is what started a program that did not get its domain because of no_new_privs or a mount with nosuid
// (op=security_bounded_transition, class process2), as far as the record tells.
type Starter string

// The starters.
const (
	// StarterUnit: systemd started it for a unit.
	StarterUnit Starter = "unit"
	// StarterEngine: an engine started it in a container.
	StarterEngine Starter = "engine"
	// StarterAndroid: the record is Android's.
	StarterAndroid Starter = "android"
	// StarterPerson: a person started it, or a program that changes the domain for one: runcon, sudo, newrole.
	StarterPerson Starter = "person"
	// StarterOther: the record does not tell.
	StarterOther Starter = "other"
)

// opBounded is the operation of records about a transition that only a bound would allow.
const opBounded = "security_bounded_transition"

// starterOf returns what started a program, by the contexts before and after and by the name of the process.
func starterOf(old, become, comm string) Starter {
	from := audit.ContextType(old)
	switch {
	case isAndroid(old):
		return StarterAndroid
	case isContainer(audit.ContextType(become)) || isEngine(from):
		return StarterEngine
	case from == "init_t" || from == "initrc_t" || strings.HasPrefix(comm, "(") || comm == "systemd":
		return StarterUnit
	case comm == "runcon" || comm == "sudo" || comm == "su" || comm == "newrole" || comm == "sesu" ||
		strings.HasSuffix(from, "_sudo_t") || strings.HasSuffix(from, "_su_t") || isPerson(from):
		return StarterPerson
	}
	return StarterOther
}

// isPerson reports whether people log in to a domain, by the names that refpolicy gives.
func isPerson(domain string) bool {
	switch domain {
	case "unconfined_t", "staff_t", "user_t", "sysadm_t", "secadm_t", "guest_t", "xguest_t":
		return true
	}
	return false
}

// isEngine reports whether engines of containers run in a domain, by the names of container-selinux.
func isEngine(domain string) bool {
	switch domain {
	case "container_runtime_t", "container_engine_t", "docker_t", "dockerd_t", "crio_t", "spc_t", "podman_t",
		"rootless_podman_t", "rootlessd_t", "kubelet_t":
		return true
	}
	return false
}

// bounded explains a change of domain that only a bound, or a permission of process2, would allow. The kernel asks
// for the permissions where policy and kernel (4.14) have nnp_nosuid_transition, else and after that for the bound
// (security/selinux/hooks.c, check_nnp_nosuid); for one thread of several it asks for the bound alone
// (selinux_setprocattr).
func (g *Diagnoser) bounded(d *Diagnosis, e *audit.Event, x *audit.SELinuxError) {
	d.Starter = starterOf(x.OldContext, x.NewContext, e.Comm())
	old, become := audit.ContextType(x.OldContext), audit.ContextType(x.NewContext)
	d.note(NoteNoNewPrivileges, boundedCause(d.Starter, old, become))
	from, ok := g.context(x.OldContext, true)
	if !ok {
		d.missing(g.p, NoSource, x.OldContext)
	}
	to, have := g.context(x.NewContext, true)
	if !have {
		d.missing(g.p, NoTarget, x.NewContext)
	}
	if !ok || !have {
		return
	}
	d.Source, d.Target = from.Context, to.Context
	perm := "nnp_transition"
	if d.Starter == StarterAndroid || d.Starter == StarterPerson {
		perm = "nosuid_transition"
	}
	if g.p.HasPolicyCap(policy.CapNNPNosuidTransition) && g.granted(d.Source, d.Target, "process2", perm) {
		d.Verdict = NowAllowed
		d.note(NoteNoRecord, fmt.Sprintf("this policy has allow %s %s:process2 %s", g.typeName(d.Source),
			g.typeName(d.Target), perm))
		return
	}
	id := policy.TypeID(to.Type)
	for range maxBounds {
		if id == policy.TypeID(from.Type) {
			d.Verdict = NowAllowed
			return
		}
		if id = g.p.Bounds(id); id == 0 {
			break
		}
	}
	d.Verdict = StillDenied
}

// maxBounds is larger than the number of nested bounds that the kernel accepts
// (POLICYDB_BOUNDS_MAXDEPTH): it rejects policies with more, and with circles.
const maxBounds = 8

// boundedCause says why the kernel asked for a bound.
func boundedCause(s Starter, old, become string) string {
	stays := fmt.Sprintf("the program stays in %s, or does not start where %s was asked for", old, become)
	switch s {
	case StarterUnit:
		return fmt.Sprintf("the unit sets NoNewPrivileges= or an option that implies it, or its program is on a file "+
			"system mounted nosuid: %s (SELinuxContext=)", stays)
	case StarterEngine:
		return "no_new_privs is set for the container (no-new-privileges; allowPrivilegeEscalation: false in " +
			"Kubernetes), or its files are on a file system mounted nosuid: " + stays
	case StarterAndroid:
		return "the program is in a place that is mounted nosuid, as /data of Android is, or no_new_privs is set: " +
			stays
	case StarterPerson:
		return "the program is on a file system mounted nosuid (/home, /tmp and removable disks often are), or " +
			"no_new_privs is set, as sandboxes do: " + stays
	}
	return fmt.Sprintf("no_new_privs is set for what starts the program, or the program is on a file system mounted "+
		"nosuid: %s; the kernel writes the same where one thread of several changes its domain", stays)
}
