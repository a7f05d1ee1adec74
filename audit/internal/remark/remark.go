// Package remark recognises what programs and people write about SELinux itself: errors of the tools that build,
// load or change a policy, records of AppArmor, and the sentences of a report that tell in which mode of SELinux
// something works. No such line is a denial.
//
// Start with [Scanner.Line], which reads the lines of an input one by one.
package remark

import (
	"slices"
	"strings"
)

// A Code names what a line says.
type Code string

// The errors of tools. Each comment names the program or library that writes the line, and what Names has.
const (
	// LabelHandle is systemd's error if selabel_open of the file contexts fails. Names: the program, the reason.
	LabelHandle Code = "labeling_handle"
	// PolicyNotLoaded is the error of systemd, dracut or libselinux if the policy cannot be loaded at boot.
	PolicyNotLoaded Code = "policy_not_loaded"
	// Unresolved is libsepol's error for a statement of CIL with a name that the policy lacks. Names: the statement,
	// the file, the line, the module and its priority if the file is in a store.
	Unresolved Code = "unresolved"
	// Required is a statement of CIL by which a module requires a type or a role. Names: it. At most two are kept.
	Required Code = "required"
	// RequireBlock is the require block of a module without its rules. Names: its statements, each as "type NAME ..."
	// or "class NAME PERMISSION ...".
	RequireBlock Code = "require_block"
	// Unbuilt is the last line of libsepol or semanage after another error.
	Unbuilt Code = "unbuilt"
	// OtherMLS is libsepol's error for a module with levels and a policy without, or the other way. Names: "module"
	// or "policy", the one that has levels.
	OtherMLS Code = "mls_differs"
	// LocalContext is libsepol's error for a context with a name that the policy lacks. Names: user, role or type, and
	// the name; empty for a wrong combination.
	LocalContext Code = "local_context"
	// OtherVersion is libsepol's error for a policy file of another version. Names: the version, the oldest and the
	// newest that are read, and "module" for a module.
	OtherVersion Code = "other_version"
	// UnknownName is checkpolicy's error for a name that is not declared. Names: its kind, the name, the line.
	UnknownName Code = "unknown_name"
	// Syntax is checkpolicy's error for a source that it cannot parse. Names: the token, the line.
	Syntax Code = "syntax"
	// Neverallow is an error of libsepol for an allow rule that a neverallow rule forbids. Names: the rule.
	Neverallow Code = "neverallow"
	// NoStore is the error of semanage and libsemanage if the store cannot be read or written.
	NoStore Code = "no_store"
	// NeverBuilt is libsemanage's error if the store has no policy that was built.
	NeverBuilt Code = "never_built"
	// Defined is semanage's error for a record that exists. Names: port, fcontext or another kind, and the key.
	Defined Code = "already_defined"
	// WrongType is semanage's error for a type without the attribute that the record needs. Names: the type, the kind.
	WrongType Code = "wrong_type"
	// NoBoolean is the error of setsebool and semanage for a boolean that the policy lacks. Names: the boolean.
	NoBoolean Code = "no_boolean"
	// BooleansKept is setsebool's error if the kernel does not take the new values.
	BooleansKept Code = "booleans_kept"
	// NoEntry is restorecon's warning about a file that file_contexts has no entry for. Names: the file.
	NoEntry Code = "no_entry"
	// NoLabels is the error of chcon and restorecon on a file system that keeps no labels. Names: the file.
	NoLabels Code = "no_labels"
	// NoBindings is Ansible's error if the Python module of libselinux is missing.
	NoBindings Code = "no_bindings"
	// NoUserContext is the error of a program that found no context for a session or a job. Names: the program, the
	// user; each may be "".
	NoUserContext Code = "no_user_context"
	// UnfitCrontab is cron's error about a crontab whose label is no entry for the jobs. Names: the user, the context
	// of the jobs, that of the file, the file; all but the first may be "".
	UnfitCrontab Code = "unfit_crontab"
	// ContextNotSet is the error of a program that could not set a context. Names: the program, the context, invalid
	// or denied, and what it was for: exec, keys or file; all but the last may be "".
	ContextNotSet Code = "context_not_set"
	// DomainNotEntered is the error of a program that was refused to change its own domain. Names: the program, which
	// may be "", the context that it wanted, the one that it has.
	DomainNotEntered Code = "domain_not_entered"
	// NoMapping is useradd's warning about a login that it could not map. Names: the login, the SELinux user.
	NoMapping Code = "no_mapping"
)

// What is not of SELinux.
const (
	// AppArmor is a record of AppArmor. Names: the profile, the operation, the file.
	AppArmor Code = "apparmor"
	// Polkit is an error of a service that asked polkit, which wants a password and may not ask for it.
	Polkit Code = "polkit"
	// NotStarted is systemd's status 203/EXEC. Names: the program, the unit; each may be "".
	NotStarted Code = "not_started"
	// OtherSystem is a text that names a distribution without SELinux by default. Names: Ubuntu or Debian.
	OtherSystem Code = "other_system"
)

// What a text says of SELinux's mode.
const (
	// WorksOff: something works while SELinux is permissive or disabled.
	WorksOff Code = "works_off"
	// FailsOff: it fails as well while SELinux is permissive or disabled.
	FailsOff Code = "fails_off"
	// LockedOut: nobody can log in, or the system does not start, since SELinux enforces.
	LockedOut Code = "locked_out"
	// SaidOff: SELinux does not enforce on that host.
	SaidOff Code = "said_off"
)

// A Remark is a line about SELinux itself. Lines with the same Code and Names are one.
type Remark struct {
	Code  Code
	Names []string
	Count int64
	// Line is the number of the first line, Text the line.
	Line int64
	Text string
}

// Bounds: of the remarks that are kept, of the bytes of a line that are looked at, and of Text.
const (
	maxRemarks = 12
	longest    = 4096
	maxText    = 512
)

// A Scanner collects the remarks of an input. The zero Scanner is ready.
type Scanner struct {
	list  []Remark
	mode  modeScanner
	unit  unitScanner
	boot  bootScanner
	done  doneScanner
	block blockScanner
}

// Remarks returns the remarks up to now, in the order of their first lines, at most 12; the require block of a module
// is the last one.
func (s *Scanner) Remarks() []Remark {
	list := slices.Clone(s.list)
	if r, ok := s.block.remark(); ok {
		list = append(list[:min(len(list), maxRemarks-1)], r)
	}
	return list
}

// Line reads a line of a text. It reports whether the line is one of a tool, and so nothing else.
func (s *Scanner) Line(number int64, line []byte) bool {
	text := string(line[:min(len(line), longest)])
	s.done.line(number, text)
	s.block.line(number, text)
	if s.Tool(number, text) {
		return true
	}
	if code, names, ok := s.unit.line(number, text); ok {
		s.Add(code, number, text, names...)
	}
	if code, ok := s.mode.line(number, text); ok {
		s.Add(code, number, text)
	}
	if s.boot.line(number, text) {
		s.Add(LockedOut, number, text)
	}
	if name := otherSystem(text); name != "" {
		s.Add(OtherSystem, number, text, name)
	}
	return false
}

// Tool reads a line of a log, which is of a tool or of no interest here.
func (s *Scanner) Tool(number int64, text string) bool {
	code, names := tool(text)
	if code == "" {
		return false
	}
	if code == Required && s.count(Required) == maxRequired {
		return true
	}
	s.Add(code, number, text, names...)
	return code != UnfitCrontab || names[3] == "" // it has the label of a file as well
}

// maxRequired is enough to tell that there are several.
const maxRequired = 2

func (s *Scanner) count(code Code) (n int) {
	for i := range s.list {
		if s.list[i].Code == code {
			n++
		}
	}
	return n
}

// Add counts a remark.
func (s *Scanner) Add(code Code, number int64, text string, names ...string) {
	for i := range s.list {
		if r := &s.list[i]; r.Code == code && slices.Equal(r.Names, names) {
			r.Count++
			return
		}
	}
	if len(s.list) == maxRemarks {
		return
	}
	for i, n := range names {
		names[i] = strings.Clone(n[:min(len(n), maxText)])
	}
	text = strings.TrimSpace(text)
	s.list = append(s.list, Remark{code, names, 1, number, strings.Clone(text[:min(len(text), maxText)])})
}

// otherSystem returns the name of a distribution that does not use SELinux unless it is set up.
func otherSystem(text string) string {
	for _, name := range [...]string{"Ubuntu", "Debian"} {
		if i := strings.Index(text, name); i >= 0 && (i == 0 || !isLetter(text[i-1])) {
			return name
		}
	}
	return ""
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
