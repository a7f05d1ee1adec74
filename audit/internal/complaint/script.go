package complaint

import "strings"

// scriptMessage reads what a shell says of a command in a script, by its path, and what the command was to use:
//
//	/opt/app/run.sh: line 2: /srv/out.txt: Permission denied
//	[Job 143] /usr/lib/x/filter: line 2: <directory>/<file>: Permission denied
func scriptMessage(m string) (script, object string, ok bool) {
	before, rest, ok := strings.Cut(m, ": line ")
	script = before[strings.LastIndexByte(before, ' ')+1:]
	if !ok || !isPath(script) {
		return "", "", false
	}
	n := digits(rest)
	object, found := strings.CutPrefix(rest[n:], ": ")
	if n == 0 || !found {
		return "", "", false
	}
	object, ok = strings.CutSuffix(strings.TrimRight(object, " ."), ": Permission denied")
	return script, object, ok && object != ""
}

// ofScript reads the file of such a message. What people put in place of a name tells none, and the script itself is
// not what was refused.
func ofScript(m string) *fileRefusal {
	_, object, ok := scriptMessage(m)
	switch {
	case !ok:
		return nil
	case strings.ContainsAny(object, "<>{}[]*$ "):
		return &fileRefusal{"", "", true}
	}
	return &fileRefusal{"", object, true}
}
