package remark

import "strings"

// maxApart is the most lines between the lines of one status of systemctl.
const maxApart = 8

// A unitScanner remembers the program that a unit starts.
type unitScanner struct {
	program string
	at      int64 // its line
}

// line reads a line of systemctl status or of the journal with the status 203/EXEC.
func (u *unitScanner) line(number int64, t string) (Code, []string, bool) {
	if _, rest, ok := strings.Cut(t, "ExecStart="); ok {
		rest = strings.TrimLeft(rest, "-@:+!")
		if p := until(rest, " \t;'\""); strings.HasPrefix(p, "/") {
			u.program, u.at = p, number
		}
	}
	if !strings.Contains(t, "203/EXEC") {
		return "", nil, false
	}
	program, unit := "", ""
	if u.at > 0 && number-u.at <= maxApart {
		program = u.program
	}
	if i := strings.Index(t, ".service:"); i > 0 {
		unit = lastWord(t[:i]) + ".service"
	}
	if program == "" && unit == "" {
		return NotStarted, []string{"", ""}, true
	}
	if program != "" {
		unit = "" // the lines of one start differ in it
	}
	return NotStarted, []string{program, unit}, true
}
