package remark

import "strings"

// contexts recognises what programs say that could not find, or not set, the context of a session, a job or a file. In
// permissive mode they go on, and say so.
//
// The messages are those of pam_selinux (linux-pam), sshd (port-linux.c), cronie and Debian's cron (security.c,
// user.c), systemd (exec-invoke.c, selinux-util.c), sudo (selinux.c), crun, runc, coreutils, policycoreutils and
// shadow.
func contexts(t string) (Code, []string) {
	has := func(s string) bool { return strings.Contains(t, s) }
	switch {
	case has("permissive mode, continuing"):
		return "", nil
	case has("Unable to get valid context for "):
		return NoUserContext, []string{writer(t), nameAfter(t, "valid context for ")}
	case has("ailed to get default SELinux security context for "):
		return NoUserContext, []string{"sshd", nameAfter(t, "security context for ")}
	case has("NULL security context for user"), has("No SELinux security context"), has("getseuserbyname FAILED"):
		return NoUserContext, []string{"cron", jobUser(t)}
	case has("Unauthorized SELinux context="):
		rest := after(t, "Unauthorized SELinux context=")
		return UnfitCrontab, []string{jobUser(t), until(rest, " ("), until(after(rest, "file_context="), " ("),
			until(after(rest, "("), ")")}
	case has("ENTRYPOINT FAILED (crontabs/"), has("ENTRYPOINT FAILED (/"), has("ENTRYPOINT FAILED (tabs/"):
		return UnfitCrontab, []string{jobUser(t), "", "", until(after(t, "ENTRYPOINT FAILED ("), ")")}
	case has("FAILED (loading cron table)"):
		return UnfitCrontab, []string{jobUser(t), "", "", ""}
	case has("SELinux user mapping failed"):
		rest := after(t, "the user name ")
		return NoMapping, []string{firstWord(rest), firstWord(after(rest, " to "))}
	}
	if to := contextIn(after(t, "setcon ")); to != "" && has(" failed with Permission denied") {
		if from := contextIn(after(t, " from ")); from != "" {
			return DomainNotEntered, []string{writer(t), to, from}
		}
	}
	if what := notSet(t); what != "" {
		return ContextNotSet, []string{writer(t), contextIn(t), reasonOf(t), what}
	}
	return "", nil
}

// notSet returns what a context was for that a program could not set; "" for another line.
func notSet(t string) string {
	has := func(s string) bool { return strings.Contains(t, s) }
	failed := has("nvalid argument") || has("ermission denied") || has("not permitted")
	switch {
	case has("key creation context") && (has("Unable to set") || has("unable to set") || has("Setting key")):
		return "keys"
	case has("attr/keycreate") && failed:
		return "keys"
	case has("xecutable context") && (has("Unable to set") || has("Setting executable")),
		has("nable to set exec context to "), has("ould not set exec context to "),
		has("ailed to set SELinux execution context for "), has("ailed to change SELinux context to "),
		has("attr/exec") && failed:
		return "exec"
	case has("Failed at step SELINUX_CONTEXT") && !has("ermission denied"), has("ailed to determine SELinux context: "):
		return "exec"
	case has("ailed to set SELinux security context ") && failed:
		return "file"
	case has("runcon: ") && has("': Permission denied") || has("runcon: ") && has("’: Permission denied"):
		return "exec" // the context was set: it is execve that failed
	case (has("runcon: invalid context: ") || has("is not a valid context")) && contextIn(t) != "":
		return "exec"
	case has("chcon: invalid context: "), has("chcon: failed to change context of ") && has("nvalid argument"):
		return "file"
	}
	return ""
}

// reasonOf returns "invalid" or "denied", as the line says why; "" where it does not.
func reasonOf(t string) string {
	switch {
	case strings.Contains(t, "nvalid argument"), strings.Contains(t, "nvalid context"),
		strings.Contains(t, "not a valid context"):
		return "invalid"
	case strings.Contains(t, "ermission denied"), strings.Contains(t, "not permitted"):
		return "denied"
	}
	return ""
}

// contextIn returns the first word of a line that has the form of a context; "" for none.
func contextIn(t string) string {
	for _, w := range strings.Fields(t) {
		w = strings.Trim(w, "‘’'\"`.,;():")
		parts := strings.Split(w, ":")
		if len(parts) >= 3 && len(w) < 256 && isProgram(parts[0]) && isProgram(parts[1]) && isProgram(parts[2]) &&
			(strings.HasSuffix(parts[2], "_t") || strings.HasSuffix(parts[0], "_u")) {
			return w
		}
	}
	return ""
}

// writer returns the program that wrote a line: that of a PAM service, or the name before the message.
func writer(t string) string {
	if name := until(after(t, "pam_selinux("), ":)"); isProgram(name) {
		return name
	}
	if strings.Contains(t, "OCI runtime") || strings.Contains(t, "container process") {
		for _, name := range [...]string{"crun", "runc"} { // whose message an engine repeats behind its own words
			if strings.Contains(t, name+":") || strings.Contains(t, name+" create") {
				return name
			}
		}
	}
	for w := range strings.FieldsSeq(t) {
		if name, colon := strings.CutSuffix(w, ":"); colon {
			name = name[strings.LastIndexByte(name, '/')+1:]
			name, _, _ = strings.Cut(name, "[")
			if isProgram(name) && strings.ToLower(name) == name && name != "error" {
				return name
			}
		}
	}
	return ""
}

// nameAfter returns the name that follows words, without quotes.
func nameAfter(t, words string) string {
	return strings.Trim(until(strings.TrimLeft(after(t, words), "'\"‘"), " \t,;'\"’\\`"), ".")
}

// jobUser returns the user whose job cron writes of: crond[8]: (ann) FAILED (...).
func jobUser(t string) string {
	_, rest, ok := strings.Cut(t, ": (")
	if !ok {
		rest = after(t, "(")
	}
	if rest = until(rest, ")"); rest == "(null" || strings.HasPrefix(rest, "*system*") {
		return "" // a crontab of the system is nobody's
	}
	return rest
}
