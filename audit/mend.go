package audit

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/classmap"
)

// An Inference is a value that the log shows only in part. senet completed it because only one value fits.
type Inference struct {
	Field  string // scontext, tcontext, tclass
	Logged string // the value in the log
	Taken  string // the value that was used instead; "" for a context whose type is not to be found
	Cut    bool   // the log has the beginning of the value, and not another word for it
	Open   bool   // the log has nothing of the class, and other classes of files have the permissions as well
}

// mend repairs the names of a message. It removes the characters that pagers, mail, web pages and shells put around
// them, completes a class that was cut if only one class fits, and records names that no kernel or program has. It
// returns false for a message that was cut, or whose names are not names. last says that nothing follows the class
// in the log, so the class may have been cut.
func (a *AVC) mend(last bool) bool {
	for i, p := range a.Permissions {
		if !isSmallName(p) {
			a.Permissions[i] = cleanName(p).name
		}
		if a.Permissions[i] == "" {
			return false
		}
	}
	for _, context := range [...]*string{&a.SContext, &a.TContext} {
		if strings.Contains(*context, "...") || strings.Contains(*context, "\u2026") {
			return false // journalctl cuts a long line in its middle
		}
		*context = cleanContext(*context)
	}
	a.mendContexts()
	return a.mendClass(last)
}

// mendClass repairs the class.
func (a *AVC) mendClass(last bool) bool {
	logged := a.TClass
	if plain, ok := plainClass(logged); ok {
		a.infer(Inference{Logged: logged, Taken: plain})
	} else {
		word := cleanName(logged)
		if word.name == "" {
			return false
		}
		if a.TClass = word.name; !classmap.Has(word.name) && classmap.Has(strings.ToLower(word.name)) {
			a.TClass = strings.ToLower(word.name)
			for i, p := range a.Permissions {
				a.Permissions[i] = strings.ToLower(p)
			}
		}
		if word.cut || last && !a.classFits(a.TClass) {
			fits := slices.Collect(a.fitting(word.name))
			switch {
			case len(fits) == 1 && fits[0] == word.name:
			case len(fits) == 1:
				a.infer(Inference{Logged: logged, Taken: fits[0], Cut: true})
			case len(fits) > 1 || word.cut:
				return false
			}
		}
	}
	a.noteUnknown()
	return true
}

func (a *AVC) infer(i Inference) {
	i.Field, a.TClass = "tclass", i.Taken
	a.Inferred = append(a.Inferred, i)
}

// noteUnknown records the class or the permissions that no kernel and no known program has.
func (a *AVC) noteUnknown() {
	if !classmap.Has(a.TClass) {
		a.UnknownNames = append(a.UnknownNames, a.TClass)
		return
	}
	for _, p := range a.Permissions {
		if !strings.HasPrefix(p, "0x") && !classmap.HasPermission(a.TClass, p) {
			a.UnknownNames = append(a.UnknownNames, a.TClass+" "+p)
		}
	}
}

// classFits reports whether a class has all permissions of the message and can have its fields.
func (a *AVC) classFits(class string) bool {
	for _, p := range a.Permissions {
		if !strings.HasPrefix(p, "0x") && !classmap.HasPermission(class, p) {
			return false
		}
	}
	if a.User {
		return true // a program may write any fields
	}
	if (a.Has("name_bind") || a.Has("name_connect") || a.Has("node_bind")) && (a.Src|a.Dest != 0) && !hasPorts(class) {
		return false // all socket classes have these; the kernel checks only those with ports
	}
	network := strings.HasSuffix(class, "socket") || slices.Contains([]string{"node", "netif", "packet", "peer",
		"association"}, class)
	capability := strings.HasPrefix(class, "cap")
	if a.Name != "" && strings.HasSuffix(class, "_socket") {
		return false // only files have name=
	}
	return (network || a.LPort|a.FPort|a.Src|a.Dest == 0) && (capability == (a.Capability != nil))
}

// hasPorts reports whether sockets of a class have ports that the kernel checks.
func hasPorts(class string) bool {
	switch class {
	case "tcp_socket", "udp_socket", "rawip_socket", "sctp_socket", "dccp_socket", "icmp_socket":
		return true
	}
	return false
}

// fitting yields the classes that begin with prefix and fit.
func (a *AVC) fitting(prefix string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for class := range classmap.WithPrefix(prefix) {
			if a.classFits(class) && (a.User || !classmap.OfPrograms(class)) && !yield(class) {
				return
			}
		}
	}
}

// plainClass returns the class for the words that setroubleshoot and other tools show instead.
func plainClass(words string) (string, bool) {
	switch strings.ToLower(words) {
	case "directory":
		return "dir", true
	case "semaphore":
		return "sem", true
	case "shared memory":
		return "shm", true
	case "message queue":
		return "msgq", true
	case "message":
		return "msg", true
	case "symbolic link", "symlink", "link file":
		return "lnk_file", true
	case "character device", "character file":
		return "chr_file", true
	case "block device", "block file":
		return "blk_file", true
	case "named pipe", "fifo", "pipe":
		return "fifo_file", true
	case "socket file":
		return "sock_file", true
	case "file descriptor":
		return "fd", true
	case "tcp socket":
		return "tcp_socket", true
	case "udp socket":
		return "udp_socket", true
	case "unix stream socket":
		return "unix_stream_socket", true
	case "unix datagram socket", "unix dgram socket":
		return "unix_dgram_socket", true
	}
	return "", false
}

// A cleanWord is a name without the characters around it.
type cleanWord struct {
	name string // "" where it is no name
	cut  bool   // a pager or a terminal cut the name and marked the place with > or dots
}

// isSmallName reports whether s has only characters that occur in names of classes and permissions.
func isSmallName(s string) bool { return s != "" && nameLength(s) == len(s) }

func nameLength(s string) int {
	n := 0
	for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z' || isDigit(s[n]) || s[n] == '_') {
		n++
	}
	return n
}

// cleanName removes quotes, brackets and markup from a name. It removes what stands before the name. It removes
// what follows the name if that is only punctuation, or begins with a quote, a tag or an escape, because then the
// text no longer belongs to the record.
func cleanName(s string) cleanWord {
	start := strings.TrimLeft(s, "\"'`*<([{\u2018\u201c ")
	if tag, after, ok := strings.Cut(start, ">"); ok && after != "" && strings.HasPrefix(s, "<") && isSmallName(tag) {
		start = after // <b>tcp_socket</b>
	}
	name := start[:nameLength(start)]
	rest := start[len(name):]
	w := cleanWord{name: name}
	switch {
	case rest == "":
		return w
	case rest == ">", rest == "\u2026", rest == "...", rest == "..", rest == "[...]", rest == "$":
		w.cut = true
		return w
	case strings.ContainsRune("\"'`<\\\u2019\u201d& ", []rune(rest)[0]):
		return w
	case strings.IndexFunc(rest, func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '/' ||
			r == '$' || r == '='
	}) < 0:
		return w
	}
	return cleanWord{}
}

// cleanContext removes quotes, brackets and similar characters around a context. It does not change the context
// itself: a context that no policy can have is not accepted.
func cleanContext(s string) string {
	s = strings.Trim(s, "\"'`*\u2018\u2019\u201c\u201d")
	s = strings.ReplaceAll(s, "**", "") // Markdown's, around a type
	if i := strings.IndexAny(s, "<\"'`"); i > 0 {
		s = s[:i]
	}
	return strings.TrimRight(s, ",;.)]}>|\\*")
}

// permissiveDigit returns the digit after permissive=, if no character of a name follows it.
func permissiveDigit(s string) (byte, bool) {
	s = strings.TrimLeft(s, "\"'`*")
	if s == "" || s[0] != '0' && s[0] != '1' || len(s) > 1 && nameLength(s[1:]) > 0 {
		return 0, false
	}
	return s[0], true
}
