package remark

import "strings"

// tool recognises the errors of SELinux's tools and of programs that use its libraries.
func tool(t string) (code Code, names []string) {
	has := func(s string) bool { return strings.Contains(t, s) }
	switch {
	case has("scontext="):
		return "", nil // a record
	case has("Failed to initialize SELinux labeling handle"), has("Failed to initialise SELinux labeling handle"):
		return LabelHandle, []string{programBefore(t, "Failed to initiali"), reasonAfter(t, "labeling handle")}
	case has("Failed to load SELinux policy"), has("Unable to load SELinux Policy"),
		has("Initial SELinux policy load failed"), has("SELinux:  Could not load policy file"),
		has("SELinux: Could not load policy file"), has("SELinux:  Could not open policy file"):
		return PolicyNotLoaded, nil
	case has("requires interactive authentication"), has("Interactive authentication required"):
		return Polkit, nil
	case has("attributeset cil_gen_require "):
		return required(t)
	case has("gen_require(") && has("type "):
		return generated(t)
	case has("Failed to resolve ") && has(" statement"):
		return unresolved(t)
	case has("Failed to resolve AST"), has("Could not commit semanage transaction"),
		has("semanage_link_sandbox: Link packages failed"), has("semanage_expand_sandbox: Expand module failed"):
		if code, names := linked(t); code != "" {
			return code, names // a program put all lines in one
		}
		return Unbuilt, nil
	case has("Tried to link in "):
		return linked(t)
	case has("libsepol.context_from_record: "), has("libsepol.context_from_string: "),
		has("libsepol.mls_from_string: "):
		return localContext(t)
	case has("does not match my version range"):
		return otherVersion(t)
	case has("at token '"):
		return source(t)
	case has("violated by allow "):
		rule := strings.TrimSpace(until(after(t, "violated by "), ";\\\""))
		return Neverallow, []string{rule + ";"}
	case has("neverallow check failed"), has("neverallowx check failed"):
		return Neverallow, []string{""}
	case has("neverallow failures occurred"):
		return Unbuilt, nil
	case has("policy is not managed or store cannot be accessed"), has("Cannot read policy store"),
		has("Cannot set persistent booleans"), has("libsemanage.") && has("ermission denied"):
		return NoStore, nil
	case has("Could not open kernel policy ") && has("for reading") && has("No such file"):
		return NeverBuilt, nil
	case has(" already defined") && !has("modifying instead"):
		return defined(t)
	case has(" is invalid, must be a"):
		return WrongType, []string{lastWord(before(t, " is invalid, must be a")),
			strings.TrimSpace(until(strings.TrimPrefix(after(t, " is invalid, must be a"), "n "), "\\\".,"))}
	case has("Boolean ") && has(" is not defined"):
		return NoBoolean, []string{lastWord(before(t, " is not defined"))}
	case has("Could not change active booleans: Invalid boolean"):
		return NoBoolean, []string{""}
	case has("Could not change active booleans"):
		return BooleansKept, nil
	case has("arning no default label for "):
		return NoEntry, []string{strings.TrimSpace(until(after(t, "no default label for "), "\\\""))}
	case has("Operation not supported"):
		return noLabels(t)
	case has("python bindings (libselinux-python)"), has("libselinux-python) aren't installed"),
		has("libselinux-python is not installed"), has("ibrary (libselinux-python)"),
		has("requires the libselinux-python"):
		return NoBindings, nil
	}
	return contexts(t)
}

// unresolved reads libsepol's "Failed to resolve roleallow statement at FILE:LINE".
func unresolved(t string) (Code, []string) {
	t = after(t, "Failed to resolve ")
	statement := firstWord(t)
	if rest := strings.TrimPrefix(t, statement); !strings.HasPrefix(rest, " statement") {
		return "", nil
	}
	file := until(after(t, " statement at "), " \\\",;")
	line := ""
	if i := strings.LastIndexByte(file, ':'); i > 0 {
		file, line = file[:i], file[i+1:]
	}
	names := []string{statement, file, line}
	if _, inside, ok := strings.Cut(file, "/modules/"); ok {
		if parts := strings.Split(inside, "/"); len(parts) == 3 {
			names = append(names, parts[1], parts[0])
		}
	}
	return Unresolved, names
}

// required reads the statement of CIL by which a module requires a name, as people quote it below that error.
func required(t string) (Code, []string) {
	name := until(after(t, "attributeset cil_gen_require "), ") \t\"\\`")
	if name == "" || name[0] == '(' {
		return "", nil
	}
	return Required, []string{name}
}

// generated reads the same in a source: gen_require(`type x_t;'), where it names one type alone.
func generated(t string) (Code, []string) {
	list := strings.Fields(until(after(after(t, "gen_require("), "type "), ";')"))
	if len(list) != 1 || strings.ContainsAny(list[0], "$,(`") || strings.Count(t, "type ") != 1 {
		return "", nil
	}
	return Required, []string{list[0]}
}

// linked reads libsepol's errors of link_modules.
func linked(t string) (Code, []string) {
	switch {
	case strings.Contains(t, "non-MLS module with an MLS base"):
		return OtherMLS, []string{"policy"}
	case strings.Contains(t, "MLS module with a non-MLS base"):
		return OtherMLS, []string{"module"}
	}
	return "", nil
}

// localContext reads libsepol's errors about a context: "type x_t is not defined".
func localContext(t string) (Code, []string) {
	if rest, ok := cutAfter(t, "_from_record: ", "_from_string: "); ok {
		t = rest
	}
	for _, kind := range [...]string{"user ", "role ", "type "} {
		if rest, ok := strings.CutPrefix(t, kind); ok && strings.Contains(rest, " is not defined") {
			return LocalContext, []string{strings.TrimSpace(kind), firstWord(rest)}
		}
	}
	switch {
	case strings.HasPrefix(t, "invalid security context: \""):
		return LocalContext, []string{"context", until(after(t, "context: \""), "\"\\ ")}
	case strings.HasPrefix(t, "MLS is "):
		return LocalContext, []string{"level", ""}
	case strings.HasPrefix(t, "could not create context structure"):
		return Unbuilt, nil // the line after the reason
	}
	return "", nil
}

// otherVersion reads libsepol's "policydb version 33 does not match my version range 15-31".
func otherVersion(t string) (Code, []string) {
	oldest, newest, _ := strings.Cut(until(after(t, "my version range "), " .,\\\")("), "-")
	version := lastWord(before(t, " does not match"))
	if !isNumber(version) || !isNumber(oldest) || !isNumber(newest) {
		return "", nil
	}
	names := []string{version, oldest, newest}
	if strings.Contains(t, "module version") {
		names = append(names, "module")
	}
	return OtherVersion, names
}

// source reads the errors of checkpolicy and checkmodule: ERROR 'unknown type x_t' at token ';' on line 12:
func source(t string) (Code, []string) {
	message := until(after(t, "ERROR '"), "'")
	line := until(after(t, "' on line "), ": \\\"")
	token := until(after(t, "at token '"), "'")
	if message == "" || !isNumber(line) {
		return "", nil
	}
	kind, name := "", ""
	switch {
	case strings.HasPrefix(message, "unknown ") && !strings.Contains(message, " or it was already"):
		kind, name, _ = strings.Cut(strings.TrimPrefix(message, "unknown "), " ")
	case strings.Contains(message, " is not within scope"):
		kind, name, _ = strings.Cut(before(message, " is not within scope"), " ")
	case strings.Contains(message, " is not defined"):
		kind, name, _ = strings.Cut(before(message, " is not defined"), " ")
	}
	switch kind {
	case "type", "role", "user", "class", "permission", "boolean", "attribute":
		if name = firstWord(name); name != "" {
			return UnknownName, []string{kind, name, line}
		}
	}
	return Syntax, []string{token, line, message}
}

// defined reads semanage's "Port tcp/80 already defined", and what it says of other records.
func defined(t string) (Code, []string) {
	key := strings.TrimSuffix(before(t, " already defined"), " is")
	for _, r := range [...]struct{ lead, kind string }{{"Port ", "port"}, {"File context for ", "fcontext"},
		{"Login mapping for ", "login"}, {"SELinux user ", "user"}, {"Interface ", "interface"}} {
		if i := strings.LastIndex(key, r.lead); i >= 0 {
			name := key[i+len(r.lead):]
			if name != "" && len(name) < 256 && (r.kind == "fcontext" || !strings.Contains(name, " ")) &&
				(r.kind != "port" || strings.Contains(name, "/")) {
				return Defined, []string{r.kind, name}
			}
		}
	}
	return "", nil
}

// noLabels reads the errors of programs that set a label where none can be.
func noLabels(t string) (Code, []string) {
	for _, lead := range [...]string{"failed to change context of ", "Could not set context for ",
		"failed to set the security context of ", "set context "} {
		if rest, ok := cutAfter(t, lead); ok {
			return NoLabels, []string{strings.Trim(until(rest, " :"), "'\"\u2018\u2019\u201c\u201d`")}
		}
	}
	if i := strings.Index(t, "->"); i >= 0 && strings.Contains(t, "set context") {
		return NoLabels, []string{strings.TrimSpace(until(after(t, "set context "), "-"))}
	}
	return "", nil
}

// programBefore returns the program that wrote a message: the word before its colon, without a process id.
func programBefore(t, message string) string {
	head, colon := strings.CutSuffix(strings.TrimRight(before(t, message), " "), ":")
	name, _, _ := strings.Cut(lastWord(head), "[")
	if !colon || !isProgram(name) || name[0] < 'a' { // a title has other words before it
		return ""
	}
	return name
}

// isProgram reports whether a word may be the name of a program.
func isProgram(name string) bool {
	return name != "" && len(name) < 64 && isLetter(name[0]) && strings.IndexFunc(name, func(c rune) bool {
		return (c >= 0x80 || !isLetter(byte(c))) && (c < '0' || c > '9') && !strings.ContainsRune("-_.@", c)
	}) < 0
}

// reasonAfter returns the words of errno behind a message, "" for other words.
func reasonAfter(t, message string) string {
	rest := strings.TrimLeft(after(t, message), ":, ")
	for _, words := range [...]string{"No such file or directory", "Permission denied", "Invalid argument"} {
		if strings.HasPrefix(rest, words) {
			return words
		}
	}
	return ""
}

func before(t, word string) string { head, _, _ := strings.Cut(t, word); return head }

func after(t, word string) string { _, rest, _ := strings.Cut(t, word); return rest }

// cutAfter returns what follows the first of the words that a text has.
func cutAfter(t string, list ...string) (string, bool) {
	for _, w := range list {
		if _, rest, ok := strings.Cut(t, w); ok {
			return rest, true
		}
	}
	return "", false
}

// until returns a text up to the first of some characters.
func until(t, stops string) string {
	if i := strings.IndexAny(t, stops); i >= 0 {
		return t[:i]
	}
	return t
}

func firstWord(t string) string { return until(t, " \t,;.'\"\\") }

func lastWord(t string) string { return t[strings.LastIndexAny(t, " \t\"'")+1:] }

func isNumber(t string) bool {
	return t != "" && len(t) < 10 && strings.Trim(t, "0123456789") == ""
}
