package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// byText finds the program of a complaint that names none by the words right above it: the output of zabbix agent is
// that of zabbix_agentd. It is a daemon whose file has a label of its own, and only if the words fit no other.
func (g *Diagnoser) byText(d *SymptomDiagnosis, e *audit.Event) (found subject.Subject, ok bool) {
	const most = 3 // words
	list := strings.Fields(g.prose.LogOf(e.Line))
	if e.Symptom.Program != "" || e.Container != nil || g.prose.Inside || len(list) == 0 || len(list) > most {
		return found, false
	}
	switch last := list[len(list)-1]; last {
	case "server", "service", "daemon", "process":
		if len(list) > 1 {
			list = list[:len(list)-1]
		}
	}
	names := list
	if len(list) > 1 { // one word with a d is too many: audit is not always auditd
		names = nil
		for _, between := range [...]string{"_", "-", ""} {
			name := strings.Join(list, between)
			names = append(names, name, name+"d")
		}
	}
	program := ""
	for _, name := range names {
		s, known := g.byFileContexts(name)
		if !known {
			s, known = g.elsewhereInstalled(name, g.system)
		}
		switch {
		case !known:
		case ok && s.Context.Type != found.Context.Type, ofPeople(name), !g.isDaemon(s):
			return subject.Subject{}, false
		case !ok:
			found, ok, program = s, true, name
		}
	}
	if ok {
		d.Program = program
		d.Notes = append(d.Notes, Note{NoteInferred, fmt.Sprintf("the line names no program: by the text above it "+
			"(%s) it is taken to be one of %s", strings.Join(list, " "), d.Program)})
	}
	return found, ok
}

// isDaemon reports whether a domain is that of a daemon, by the attribute which the reference policy has for them: what
// people start themselves runs in another domain than as a service.
func (g *Diagnoser) isDaemon(s subject.Subject) bool {
	daemon, ok := g.p.Attribute("daemon")
	return ok && g.p.Members(daemon).Has(policy.TypeID(s.Context.Type))
}

// Daemon returns the one daemon that words name, and its domain; false where they name none or several.
func (g *Diagnoser) Daemon(words []string) (program string, found subject.Subject, ok bool) {
	return g.oneDaemon(words, func(word string) (s subject.Subject, known bool) {
		if slices.Contains([]string{"named", "bind", "tuned", "watchdog", "monitor"}, word) {
			return s, false // which are words of any text
		}
		return g.domain(word, g.system)
	})
}

// oneDaemon returns the first of the names that find has a daemon for, and its domain; false where they are of none or
// of several domains.
func (g *Diagnoser) oneDaemon(names []string, find func(string) (subject.Subject, bool)) (name string,
	found subject.Subject, ok bool) {
	for _, n := range names {
		s, known := find(n)
		switch {
		case !known || !g.isDaemon(s):
		case ok && s.Context.Type != found.Context.Type:
			return "", subject.Subject{}, false
		case !ok:
			name, found, ok = n, s, true
		}
	}
	return name, found, ok
}
