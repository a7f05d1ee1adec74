package remark

import "strings"

// maxTold is how many lines the parts of a tale may be apart.
const maxTold = 8

// A bootScanner reads what people write of a system that nobody can log in to, or that does not start, after SELinux
// was put to enforce.
type bootScanner struct {
	// enforced and restarted are the last lines that tell of the mode and of a restart, 0 for none.
	enforced, restarted int64
}

// line reads a line of a text. It reports whether the tale is told with it.
func (b *bootScanner) line(number int64, t string) bool {
	if len(t) > 2048 || strings.Contains(t, "avc:") {
		return false
	}
	t = strings.ToLower(strings.NewReplacer("\u2019", "'", "`", "", "**", "").Replace(t))
	w := wordsOf(t)
	for i, word := range w {
		switch word {
		case "enforcing", "enforce", "enforced", "selinux=enforcing", "enforcing=1":
			if i == 0 || w[i-1] != "not" && w[i-1] != "without" {
				b.enforced = number
			}
		case "reboot", "rebooted", "rebooting", "restart", "restarted", "restarting", "boot", "boots", "booting",
			"startup":
			b.restarted = number
		}
	}
	return b.enforced > 0 && b.restarted > 0 && number-min(b.enforced, b.restarted) <= maxTold && lockedOut(t)
}

// lockedOut reports whether a line says that nobody can log in, or that the system does not start.
func lockedOut(t string) bool {
	for _, s := range [...]string{"locked out", "login incorrect", "login loop", "emergency mode", "emergency shell",
		"emergency console", "does not boot", "doesn't boot", "won't boot", "will not boot", "not booting",
		"fails to boot", "failed to boot", "no longer boots", "does not come up", "doesn't come up"} {
		if strings.Contains(t, s) {
			return true
		}
	}
	for _, not := range [...]string{"not able to ", "unable to ", "cannot ", "can not ", "can't ", "couldn't ",
		"could not ", "no longer "} {
		_, rest, ok := strings.Cut(t, not)
		for _, verb := range [...]string{"log in", "login", "log into", "log on", "ssh", "boot", "get in"} {
			if ok && strings.HasPrefix(rest, verb) {
				return true
			}
		}
	}
	return false
}
