package diagnose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
)

// fileReport asks about the file of a report of setroubleshoot without labels: it names the refused permissions, which
// are asked on the file alone.
func (g *Diagnoser) fileReport(d *SymptomDiagnosis, e *audit.Event) {
	s := e.Symptom
	f := &FileAsked{Operation: s.Operation, Class: s.Class, Report: true}
	d.File = f
	switch {
	case s.Path == "":
		d.gap(NoFile, "")
		return
	case !strings.HasPrefix(s.Path, "/"):
		d.gap(NoPlace, s.Path)
		return
	case strings.Count(s.Path, "/") > maxDirectories || len(s.Path) > maxPath:
		d.gap(NoFile, s.Path)
		return
	}
	f.Path = path.Clean(s.Path)
	d.Path = f.Path
	f.Stray = s.Class == "chr_file" && forNetwork(s.Program) && deviceOfPeople(f.Path)
	perms := slices.DeleteFunc(strings.Fields(s.Asked), func(p string) bool { return !g.real(s.Class, p) })
	if len(perms) == 0 {
		d.gap(NoOperation, "")
		return
	}
	for _, p := range perms {
		f.Itself = f.Itself || (p == "write" || p == "append") && s.Class == "file" && path.Base(f.Path) == s.Program
	}
	if s.Class == "file" {
		f.Leaked = ofOthersLog(d.Subject.Name, "", f.Path, perms) || ofOthersLog(s.Program, "", f.Path, perms)
	}
	if d.Subject.Context.Type == 0 {
		f.Wanted, f.From = g.labelByContexts(f.Path, fileKind(s.Class))
		return
	}
	own := g.own(e)
	f.Here = own && g.kindAt(f.Path) != ""
	known := g.checkPath(d, g.files(), own, f.Path, s.Class, fileKind(s.Class), nil, perms...)
	g.concludeFile(d, f, known)
}

// labelByContexts returns the type of file_contexts for a path and its line, "" if it has none that tells something,
// and for what is in no directory of a disk.
func (g *Diagnoser) labelByContexts(name string, kind byte) (typ, from string) {
	table := g.files()
	if table == nil || strings.Count(name, "/") < 2 || strings.HasSuffix(name, " (deleted)") || madeByFileSystem(name) {
		return "", ""
	}
	m, err := table.Lookup(name, kind)
	typ = audit.ContextType(m.Context)
	if err != nil || m.Context == fcontext.None || len(m.Unsupported) > 0 || withoutLabel(typ) {
		return "", ""
	}
	return typ, fmt.Sprintf("%s:%d", m.File, m.Line)
}

// forNetwork reports whether a program is a helper that sets up networks.
func forNetwork(program string) bool {
	switch program {
	case "pasta", "pasta.avx2", "passt", "passt.avx2", "slirp4netns", "netavark", "aardvark-dns", "ip", "ifconfig",
		"iptables", "ip6tables", "iptables-restor", "nft", "xtables-nft-mul", "ipset", "ethtool", "tc", "bridge",
		"dhclient", "dnsmasq", "hostname", "ping":
		return true
	}
	return false
}

// deviceOfPeople reports whether a device is one of a session: a screen, a terminal, sound or input.
func deviceOfPeople(name string) bool {
	for _, lead := range [...]string{"/dev/dri/", "/dev/nvidia", "/dev/kfd", "/dev/tty", "/dev/pts/", "/dev/snd/",
		"/dev/input/", "/dev/video", "/dev/ptmx", "/dev/console"} {
		if strings.HasPrefix(name, lead) {
			return true
		}
	}
	return false
}
