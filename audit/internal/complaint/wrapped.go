package complaint

import "strings"

// Ends reports whether a line may be the last one of a message that was wrapped: it is the error alone, as in
// "Permission denied (13)", or the second word of it; or it begins with the quoted name of a file.
func Ends(line string) bool {
	line = strings.TrimSpace(line)
	if quoted(line) {
		return true
	}
	small := strings.TrimLeft(asciiLower(line), "(13: ")
	rest, ok := strings.CutPrefix(small, "permission denied")
	if !ok {
		rest, ok = strings.CutPrefix(small, "denied")
	}
	if !ok {
		rest, ok = strings.CutPrefix(small, "eacces")
	}
	return ok && (exception(rest) ||
		strings.Trim(strings.TrimPrefix(strings.TrimLeft(rest, " "), "(os error"), " ().,;:'\"13") == "")
}

// exception reports whether a text is the name of an exception in brackets, as Ruby writes it: (Libvirt::Error).
func exception(text string) bool {
	name, ok := strings.CutPrefix(strings.TrimSpace(text), "(")
	if !ok {
		return false
	}
	name, ok = strings.CutSuffix(name, ")")
	return ok && strings.HasSuffix(name, "error") && !strings.ContainsAny(name, " ()")
}

// GoesOn reports whether a part of a message may go on with the next: it ends where a program writes the error, or in
// the middle of a sentence whose rest is not the error alone.
func GoesOn(part, next string) bool {
	part = strings.TrimRight(part, " \t")
	if part == "" || strings.Contains(part, "ermission denied") || strings.Contains(part, "EACCES") {
		return false
	}
	if quoted(next) {
		return strings.IndexByte(".:;!?,)]}>{[(", part[len(part)-1]) < 0
	}
	for _, end := range [...]string{":", "(13:", "(", "failed", "error", "[13]", "(13)"} {
		if strings.HasSuffix(part, end) {
			return true
		}
	}
	return strings.HasPrefix(asciiLower(next), "denied") && strings.HasSuffix(part, "ermission")
}

// Begins reports whether a line may be the first one of a message that was wrapped: it begins with the name of a
// program, as in "mv: ".
func Begins(line string) bool {
	name, rest, ok := strings.Cut(strings.TrimPrefix(line, "-"), ": ")
	return ok && rest != "" && isName(name) && len(name) <= 32 && strings.ToLower(name) == name
}

// quoted reports whether a line begins with the name of a file in quotes.
func quoted(line string) bool {
	p, ok := pathAt(line, 0, true)
	return line != "" && ok && p.quoted
}
