package listing

import (
	"path"
	"strings"
)

// relabelled reads what restorecon and setfiles write of a file, of libselinux before and since 2.6, and what
// matchpathcon writes, with and without -V:
//
//	Would relabel /x from A to B
//	Relabeled /x from A to B
//	restorecon reset /x context A->B
//	/x not reset as customized by admin to A
//	... Unauthorized SELinux context=P file_context=A (/x), of cron
//	/x has context A, should be B
//	/x	B
func relabelled(line string) (f File, ok bool) {
	switch {
	case apart(line, "Would relabel ", " from ", " to ", &f):
	case apart(line, "Relabeled ", " from ", " to ", &f):
		f.Changed = true
	case apart(line, "restorecon reset ", " context ", "->", &f), apart(line, "setfiles reset ", " context ", "->", &f):
		f.Changed = true
	case kept(line, &f), unauthorized(line, &f):
	case strings.HasPrefix(line, "/") && apart(line, "", " has context ", ", should be ", &f):
	default:
		return expected(line)
	}
	return f, true
}

// apart takes a line apart at words: before the path, between path and label, and between both labels.
func apart(line, lead, middle, to string, f *File) bool {
	_, rest, ok := strings.Cut(line, lead)
	if !ok {
		return false
	}
	name, rest, ok := strings.Cut(rest, middle)
	if !ok || !strings.HasPrefix(name, "/") {
		return false
	}
	was, wanted, ok := strings.Cut(rest, to)
	wanted, _ = cut(wanted)
	wanted = strings.TrimRight(wanted, ".,")
	if wanted == "<<none>>" { // file_contexts has no label for it
		wanted = ""
	} else if !isContext(wanted) {
		return false
	}
	if !ok || !isContext(was) {
		return false
	}
	name = path.Clean(name)
	*f = File{Path: name, Name: base(name), Context: was, Wanted: wanted}
	return true
}

// kept reads what restorecon writes of a file whose label it leaves: its path and that label.
func kept(line string, f *File) bool {
	name, context, ok := strings.Cut(line, " not reset as customized by admin to ")
	name = name[strings.LastIndexByte(name, ' ')+1:] // after the name of the program
	context, _ = cut(context)
	if !ok || !strings.HasPrefix(name, "/") || !isContext(context) {
		return false
	}
	name = path.Clean(name)
	*f = File{Path: name, Name: base(name), Context: context, Kept: true}
	return true
}

// unauthorized reads what cron logs of a table whose label is none to start jobs with: it asks the policy itself.
func unauthorized(line string, f *File) bool {
	_, rest, ok := strings.Cut(line, "nauthorized SELinux context")
	if !ok {
		return false
	}
	_, rest, ok = strings.Cut(rest, " file_context=")
	context, rest := cut(rest)
	name := strings.Trim(strings.TrimSpace(rest), "()")
	if !ok || !isContext(context) || !strings.HasPrefix(name, "/") || strings.ContainsAny(name, " \t") {
		return false
	}
	name = path.Clean(name)
	*f = File{Path: name, Name: base(name), Context: context}
	return true
}

// expected reads a line of matchpathcon: a path, which is no pattern of file_contexts, and the label that it should
// have.
func expected(line string) (f File, ok bool) {
	i := strings.LastIndexAny(line, " \t")
	if i < 0 || !strings.HasPrefix(line, "/") || !isContext(line[i+1:]) {
		return f, false
	}
	name := strings.TrimRight(line[:i], " \t")
	if strings.ContainsAny(name, "()[]*?|^$+\\\t ") {
		return f, false
	}
	name = path.Clean(name)
	return File{Path: name, Name: base(name), Wanted: line[i+1:]}, true
}

// status reads the label in the output of stat: the lines before it have the name and the mode.
//
//	  File: /srv/x
//	Access: (0644/-rw-r--r--)  Uid: (    0/    root)   Gid: (    0/    root)
//	Context: system_u:object_r:var_t:s0
func (s *Scanner) status(number int64, line string) (f File, ok bool) {
	context, found := strings.CutPrefix(line, "Context:")
	context = strings.TrimSpace(context)
	if !found || !isContext(context) {
		return f, false
	}
	const lines = 5 // between both
	for n, text := range s.before {
		if number-n > lines {
			break
		}
		text = strings.TrimSpace(text)
		if mode, ok := strings.CutPrefix(text, "Access: ("); ok {
			_, mode, _ = strings.Cut(mode, "/")
			if mode, _, _ = strings.Cut(mode, ")"); isMode(mode) {
				f.Kind = mode[0]
			}
		}
		name, ok := strings.CutPrefix(text, "File: ")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, " -> ")
		name = strings.Trim(strings.TrimSpace(name), "'\"`\u2018\u2019")
		if name == "" || coded(name) {
			break
		}
		f.Name, f.Context = base(name), context
		if strings.HasPrefix(name, "/") {
			f.Path = path.Clean(name)
		}
		return f, true
	}
	return File{}, false
}
