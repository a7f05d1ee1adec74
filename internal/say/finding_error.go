package say

import (
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// withoutOption names the way without a rule to let a program get its domain.
func withoutOption(s diagnose.Starter) string {
	if s == diagnose.StarterUnit {
		return "the unit without the option"
	}
	return "the program started without no_new_privs, from a place without nosuid"
}

// ofError reports whether errorFix has the fix of a finding: rules between types do not decide it.
func ofError(it *incident.Finding) bool {
	return it.Error != nil && (it.Denial.Starter != "" || it.Denial.Invalid != nil || it.Error.TaskContext != "")
}

// errorFix says what to do about a SELINUX_ERR record, "" where nothing is refused today or another sentence says it.
func (l *Log) errorFix(it *incident.Finding) string {
	d := it.Denial
	if it.Error == nil {
		return ""
	}
	if d.Verdict == diagnose.NowAllowed {
		return boundsThere(d)
	}
	switch {
	case d.Starter != "":
		return l.boundsText(it)
	case d.Invalid != nil:
		return l.contextText(d.Invalid, it.Error.SContext)
	case it.Error.TaskContext != "":
		return "no allow rule helps: the policy compares the old label, the new one and the process; set it from a " +
			"process at that level (newrole -l), or give the domain of a program that is to do so the attribute that " +
			"the validatetrans rule names (mls_file_upgrade and mls_file_downgrade of refpolicy)"
	}
	return ""
}

// boundsText says what gives a program its domain in spite of no_new_privs, or of a mount with nosuid.
func (l *Log) boundsText(it *incident.Finding) string {
	d := it.Denial
	old, become := audit.ContextType(it.Error.OldContext), audit.ContextType(it.Error.NewContext)
	rule := words.Sprintf("allow %s %s:process2 { nnp_transition nosuid_transition }", old, become)
	bound := words.Sprintf("typebounds %s %s, with which %s may do no more than %s", old, become, become, old)
	known := d.Verdict != diagnose.UnknownHere
	thread := "; that rule does not help a thread"
	if known && !l.policy().HasPolicyCap(policy.CapNNPNosuidTransition) {
		rule, thread = bound+" (this policy does not have nnp_nosuid_transition)", ""
	}
	const noNewPrivileges = "grep NoNewPrivs /proc/PID/status"
	switch d.Starter {
	case diagnose.StarterUnit:
		return words.Sprintf("in the policy or a module %s (refpolicy's init_nnp_daemon_domain(%s) has it); or the "+
			"unit without NoNewPrivileges= and what implies it, and the program in a place without nosuid", rule,
			become)
	case diagnose.StarterEngine:
		return words.Sprintf("update container-selinux, which as a rule has %s; until then that rule in a module, or "+
			"the container without no-new-privileges", rule)
	case diagnose.StarterAndroid:
		if !known {
			rule += ", where its kernel (4.14 or newer) and policy have nnp_nosuid_transition; else " + bound
		}
		return words.Sprintf("the program in a place that is not mounted nosuid, or in the policy of the device %s",
			rule)
	case diagnose.StarterPerson:
		return words.Sprintf("start the program from a place that is not mounted nosuid (findmnt -T PROGRAM) and "+
			"without no_new_privs (%s); else, if the change is intended, in a module %s", noNewPrivileges, rule)
	}
	return words.Sprintf("find out which it is: findmnt -T PROGRAM shows nosuid, %s shows no_new_privs; do without "+
		"it, or, if the change is intended, in a module %s%s", noNewPrivileges, rule, thread)
}

// boundsThere is boundsText where this policy lets the program change its domain, and that of the log did not; "" for
// other records.
func boundsThere(d *diagnose.Diagnosis) string {
	has := "as this one has the rule"
	if !d.Noted(diagnose.NoteNoRecord) {
		has = "as in this one the old domain bounds the new"
	}
	without := "the program started without no_new_privs, from a place that is not mounted nosuid"
	switch d.Starter {
	case "":
		return ""
	case diagnose.StarterUnit:
		without = "a drop-in without NoNewPrivileges= and what implies it (systemctl edit)"
	case diagnose.StarterEngine:
		without = "the container without no-new-privileges"
	}
	return words.Sprintf("if it is still so there: update the policy there, %s; or %s, which alone helps where the "+
		"kernel (before 4.14) or the policy does not have nnp_nosuid_transition", has, without)
}

// noRule ends a sentence about what is no matter of rules between types.
const noRule = "; no allow rule helps"

// contextText says what makes a context valid that a process with the context source was to give. An allow rule never
// does.
func (l *Log) contextText(v *diagnose.Invalid, source string) string {
	switch v.Fault {
	case diagnose.FaultType:
		return words.Sprintf("load the module that has the type %s first (semodule -l), or use a label that the "+
			"policy has%s", v.Type, noRule)
	case diagnose.FaultRole:
		return roleTypeText(v, source)
	case diagnose.FaultUser:
		return l.userText(v) + noRule
	case diagnose.FaultRange:
		if !v.Process {
			return "levels that the policy has for the object" + noRule
		}
		return words.Sprintf("start it within the range %s of the SELinux user %s, or give that user another one "+
			"(%s)%s", v.Range, v.User, shell.New("semanage", "user", "-m", "-r", "RANGE", v.User), noRule)
	}
	if !v.Process {
		return words.Sprintf("load the module that has the type %s there (semodule -l), if it was removed, and see "+
			"that the SELinux user %s exists (%s)%s", v.Type, v.User, shell.New("semanage", "user", "-l"), noRule)
	}
	return roleTypeText(v, source)
}

// userText says how a user gets a role.
func (l *Log) userText(v *diagnose.Invalid) string {
	if _, ok := l.policy().User(v.User); !ok {
		return words.Sprintf("a SELinux user that the policy has: %s lists them, and %s is none of them",
			shell.New("semanage", "user", "-l"), v.User)
	}
	return words.Sprintf("let the SELinux user have the role: %s, with all roles that it has already "+
		"(%s); or start the program as another user, or as a service (systemctl)",
		shell.New("semanage", "user", "-m", "-R", "ROLES "+v.Role, v.User), shell.New("semanage", "user", "-l"))
}
