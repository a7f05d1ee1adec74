package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// roleTypeText says what lets a process have a type that its role may not have. What a session of a person starts
// belongs to that person's role; all else is a service, which has the role system_r. source is the context of who
// started it.
func roleTypeText(v *diagnose.Invalid, source string) string {
	const service = "start it as a service (systemctl), where it runs with the role system_r"
	name := strings.TrimSuffix(v.Type, "_t")
	role := words.Sprintf("role %s types %s in the module of %s (CIL: (roletype %s %s)), as the interfaces %s_run and "+
		"%s_role of such modules do", v.Role, v.Type, v.Type, v.Role, v.Type, name, name)
	known, likely := v.Fault == diagnose.FaultRole, ""
	if !known {
		likely = words.Sprintf("most likely the role %s may not have the type %s (%s there): ", v.Role, v.Type,
			shell.New("seinfo", "-r", v.Role, "-x"))
	}
	switch {
	case v.Role == "system_r":
		return likely + role + noRule
	case ofSession(source, v.Type):
		return likely + words.Sprintf("a module with role %s types %s (CIL: (roletype %s %s)), or an update of the "+
			"policy, if a newer one has it%s", v.Role, v.Type, v.Role, v.Type, noRule)
	case !known || v.Service:
		return likely + words.Sprintf("%s; only if people are to start it themselves, %s%s", service, role, noRule)
	}
	return role + noRule
}

// ofSession reports whether a session of a person starts a program that is for people: its bus, its manager and the
// display manager do nothing else, a shell does with programs of the desktop.
func ofSession(source, typ string) bool {
	from := audit.ContextType(source)
	switch {
	case from == "system_dbusd_t", strings.Contains(source, ":system_r:") && from != "xdm_t":
		return false
	case strings.HasSuffix(from, "_dbusd_t"), strings.HasSuffix(from, "_systemd_t"), from == "xdm_t":
		return true
	case from == "unconfined_t", from == "user_t", from == "staff_t", from == "sysadm_t":
		return ofDesktop(typ)
	}
	return false
}

// ofDesktop reports whether a type is by its name that of a program of the desktop.
func ofDesktop(typ string) bool {
	return slices.ContainsFunc([]string{"gnome_", "gnomesystem", "gconf", "gkeyring", "kde", "evolution", "mozilla",
		"chrome", "chromium", "firefox", "thunderbird", "pulseaudio", "pipewire", "wireplumber", "gpg_", "ssh_agent",
		"telepathy", "flatpak", "wine", "mplayer", "xdg_", "ibus", "dconf", "wm_", "xscreensaver", "screen_",
		"libreoffice", "openoffice"},
		func(begin string) bool { return strings.HasPrefix(typ, begin) })
}
