package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A Tool is a program of the system that has a domain of its own, and that ran in the domain of its caller.
type Tool struct {
	// Name is that of the program, Domain its own domain, and Label the label of its file.
	Name, Domain, Label string
	// Moves says that by the policy at hand the caller starts it in its domain.
	Moves bool
}

// toolOf returns the well-known program of a command, which the kernel may have cut, and the domains of it, the names
// of newer policies first.
func toolOf(comm string) (name string, domains []string, ok bool) {
	for _, t := range [...]struct{ domains, names string }{
		{"systemd_tmpfiles_t", "systemd-tmpfiles"}, {"systemd_sysusers_t", "systemd-sysusers"},
		{"setfiles_t", "setfiles restorecon fixfiles"}, {"ldconfig_t", "ldconfig"},
		{"kmod_t insmod_t", "depmod modprobe insmod rmmod kmod"}, {"useradd_t", "useradd usermod userdel"},
		{"groupadd_t", "groupadd groupmod groupdel"}, {"passwd_t", "passwd"}, {"mount_t", "mount umount"},
		{"iptables_t", "iptables ip6tables iptables-restore ip6tables-restore iptables-save"},
		{"semanage_t", "semodule semanage"}, {"load_policy_t", "load_policy"}, {"udevadm_t", "udevadm"},
		{"ssh_keygen_t", "ssh-keygen"}, {"crontab_t", "crontab"}, {"systemd_hwdb_t", "systemd-hwdb"},
	} {
		for name := range strings.FieldsSeq(t.names) {
			if name[:min(len(name), commLength)] == comm {
				return name, strings.Fields(t.domains), true
			}
		}
	}
	return "", nil, false
}

// commLength is the length to which the kernel cuts the name of a command.
const commLength = 15

// tool notes a well-known program that ran in the domain of its caller: one missing transition is the cause of all that
// is refused, and the rules for it would make the caller as strong as the program.
func (g *Diagnoser) tool(d *Diagnosis, a *audit.AVC) {
	source := audit.ContextType(a.SContext)
	name, domains, ok := toolOf(a.Comm)
	if !ok || d.elsewhere || d.Instead != "" || d.Leftover != "" || d.Verdict == NowAllowed || d.Image ||
		subject.IsLeftover(source) || isContainer(source) || isAndroid(a.SContext) || g.unconfined(source) {
		return
	}
	if a.TClass == "process" && slices.Contains(domains, audit.ContextType(a.TContext)) { // it changes to its domain
		return
	}
	if slices.Contains(domains, source) || strings.HasPrefix(source, strings.TrimSuffix(domains[0], "_t")) ||
		strings.HasSuffix(source, "_"+domains[0]) { // derived for a role, as sysadm_systemd_tmpfiles_t
		return
	}
	t := &Tool{Name: name, Domain: domains[0]}
	for _, domain := range domains {
		if _, ok := g.p.Type(domain); ok {
			t.Domain = domain
			break
		}
	}
	t.Label = strings.TrimSuffix(t.Domain, "_t") + "_exec_t"
	label, has := g.p.Type(t.Label)
	_, here := g.p.Type(source)
	switch {
	case !has && here, !here && g.prose.Pods: // of a system for containers, whose domains are others
		return
	case has && here:
		t.Moves, here = g.moves(a, label)
	}
	d.Tool = t
	text := fmt.Sprintf("%s has a domain of its own, %s, and ran in that of its caller, %s", name, t.Domain, source)
	switch {
	case t.Moves:
		text += fmt.Sprintf(": by this policy %s starts a program labelled %s there, so that its file had another "+
			"label (restorecon), or no_new_privs or nosuid kept it", source, t.Label)
	case has && here:
		text += fmt.Sprintf(": the policy has no transition from %s for programs labelled %s, the one cause of all "+
			"that is refused to it here", source, t.Label)
	default:
		text += ": as a rule that policy has no transition for it, the one cause of all that is refused to it"
	}
	if a.Has("relabelfrom") && !a.Has("relabelto") {
		text += "; relabelfrom is followed by relabelto, for the new label"
	}
	d.note(NoteDaemon, text)
}

// unconfined reports whether a domain is not confined, or that of a person, who runs many tools: what such a domain
// lacks is no matter of the tool.
func (g *Diagnoser) unconfined(source string) bool {
	if slices.Contains([]string{"unconfined_t", "sysadm_t", "staff_t", "user_t", "kernel_t"}, source) {
		return true
	}
	attribute, ok := g.p.Attribute("unconfined_domain_type")
	id, here := g.p.Type(source)
	return ok && here && g.p.Members(attribute).Has(id)
}

// moves reports whether the domain of a record is to change to another where it starts a program with a label. known
// is false where the policy lacks a part of the context.
func (g *Diagnoser) moves(a *audit.AVC, label policy.TypeID) (moves, known bool) {
	source, ok := g.context(a.SContext, false)
	if !ok {
		return false, false
	}
	program := source.Context
	program.Type = uint32(label)
	c, err := g.d.NewObject(source.Context, program, "process", "")
	return err == nil && c.Type != source.Context.Type, true
}
