package audit

import "bytes"

// patcherLine looks for a program that adds rules to the policy of an Android device while it runs, in a line of text.
func (r *Reader) patcherLine(line []byte) {
	const longest = 4096
	line = line[:min(len(line), longest)]
	if bytes.Contains(line, []byte("Syntax error in '")) && bytes.ContainsAny(line, ":;") {
		_, rest, _ := bytes.Cut(line, []byte("Syntax error in '"))
		rule, _, closed := bytes.Cut(rest, []byte("'"))
		if closed && r.stats.PatcherSyntax == 0 && bytes.HasPrefix(rule, []byte("allow ")) &&
			bytes.ContainsAny(rule, ":;") {
			r.stats.PatcherSyntax = r.stats.Lines
			r.patcher("Magisk")
		}
	}
	if r.stats.Patcher != "" {
		return
	}
	for _, p := range [...]struct{ word, name string }{
		{"KernelSU", "KernelSU"}, {"ksud", "KernelSU"}, {"APatch", "APatch"}, {"agisk", "Magisk"},
		{"sepolicy.rule", "Magisk"},
	} {
		at := bytes.Index(line, []byte(p.word))
		if at < 0 || p.word == "ksud" && (at > 0 && unitByte(line[at-1]) ||
			at+len(p.word) < len(line) && unitByte(line[at+len(p.word)])) {
			continue
		}
		r.patcher(p.name)
		return
	}
}

// patcher remembers the first program that is named.
func (r *Reader) patcher(name string) {
	if r.stats.Patcher == "" {
		r.stats.Patcher = name
	}
}
