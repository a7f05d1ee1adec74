package say

import (
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// busMessage describes what systemd refused, where the text tells what it was asked for. known says that the message
// names SELinux.
func busMessage(b *words.Page, it *incident.Finding, known bool) {
	x := it.Symptom.Bus
	deed := x.Verb
	if x.Unit != "" {
		deed += " " + x.Unit
	}
	who := "somebody"
	if x.Domain != "" {
		who = "who runs as " + x.Domain
	}
	by := "by SELinux, which it asks itself"
	if !known {
		by = "by SELinux or by polkit"
	}
	mark := "?"
	if known && x.Domain != "" && x.Label != "" && x.Class != "" && !x.Granted {
		mark = "NO"
	}
	b.Line(mark, "systemd refused %s: %s, %s", who, deed, by)
	b.Line("seen", "%s: %s", seen(it), shorten(it.Event.Symptom.Text))
	b.Line("why", "%s%s", busCheck(x), busGranted(x))
	b.Line("note", "the record of it is a USER_AVC of systemd (pid 1): it has the domain of who asked, and the label; "+
		"with %s it is the user's own systemd, which writes it to its journal: %s", shell.New("systemctl", "--user"),
		shell.New("journalctl", "--user", "-g", "avc"))
	if !known {
		b.Line("note", "without such a record SELinux did not refuse it: as root, %s first, as the file of the unit "+
			"may be gone or labelled anew since it was read; of who is not root polkit asks as well (%s)",
			shell.New("systemctl", "daemon-reload"), shell.New("journalctl", "-u", "polkit"))
	}
	if x.Path != "" {
		key := "fix"
		if x.Domain != "" { // what is said of that domain comes first
			key = "note"
		}
		b.Line(key, "see that the unit's file has its label, as systemd asks by that: %s, then %s; if it has, and "+
			"the record shows that a service is to do so, a rule for its domain alone (senet why --allow of the "+
			"record)",
			shell.New("restorecon", "-v").Arg(x.Path), shell.New("systemctl", "daemon-reload"))
	}
}

// busCheck says what systemd asks SELinux.
func busCheck(x *diagnose.BusAsked) string {
	switch {
	case x.Unit == "":
		return words.Sprintf("systemd asks for %s (class %s), by its own label, init_t as a rule", x.Permission,
			x.Class)
	case x.Class == "" && x.Label == "":
		return words.Sprintf("systemd asks for %s, of class service or system by its version", x.Permission)
	case x.Class == "":
		return words.Sprintf("systemd asks for %s: by its version of class service, by the label of the unit's file "+
			"(%s for %s by %s), or of class system, by its own label", x.Permission, x.Label, x.Path, x.From)
	case x.Label == "":
		return words.Sprintf("systemd asks for %s (class %s), by the label of the unit's file (ls -Z)", x.Permission,
			x.Class)
	}
	return words.Sprintf("systemd asks for %s (class %s), by the label of the unit's file: %s for %s by %s",
		x.Permission, x.Class, x.Label, x.Path, x.From)
}

// busGranted says what the policy has about it.
func busGranted(x *diagnose.BusAsked) string {
	switch {
	case x.Domain == "":
		return "; the text does not tell the domain of who asked: the record does (next)"
	case x.Class == "" || x.Unit != "" && x.Label == "":
		return ""
	case x.Granted:
		return words.Sprintf("; this policy lets %s do so: the unit's file has another label there, or the policy is "+
			"another", x.Domain)
	}
	return words.Sprintf("; this policy does not let %s do so", x.Domain)
}
