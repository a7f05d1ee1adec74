package incident

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// recorded gives a complaint the domain that the records of its program have, where they have one alone: a program
// need not run in the domain that the policy has for it. A domain of containers tells that it runs in one.
func (x *examination) recorded(kinds []audit.Kind, s *symptom) {
	said := s.Example.Symptom
	if said.Program == "" || said.Domain != "" || s.Example.Container != nil {
		return
	}
	if x.domains == nil {
		x.domains = x.domainsOf(kinds)
	}
	domain := x.domains[commOf(said.Program)]
	if domain == "" && said.Asked != "" {
		domain = x.onlyContainers()
	}
	if domain == "" {
		return
	}
	e, one := *s.Example, *said
	if x.isContainer(domain) {
		e.Container = &audit.Container{}
	} else {
		one.Domain = domain
	}
	e.Symptom, s.Example = &one, &e
}

// onlyContainers returns the domain of a container where all records are of containers: a report of setroubleshoot
// beside them, without contexts, is then taken to be of one as well. It is "" where other domains have records too.
func (x *examination) onlyContainers() (domain string) {
	for _, d := range x.domains {
		if d == "" || !x.isContainer(d) {
			return ""
		}
		domain = max(domain, d)
	}
	return domain
}

// domainsOf returns the domains of processes by their names in the records, "" for those with several.
func (x *examination) domainsOf(kinds []audit.Kind) map[string]string {
	domains := make(map[string]string)
	for i := range kinds {
		sig := kinds[i].Signature
		if sig.Result == audit.Granted {
			continue
		}
		g, ok := x.log.folder.Find(sig)
		if !ok {
			continue
		}
		for _, c := range g.Commands {
			if before, has := domains[c]; has && before != sig.SourceType {
				domains[c] = ""
			} else {
				domains[c] = sig.SourceType
			}
		}
	}
	return domains
}

// commOf returns the name that the kernel gives the process of a program: postfix/master is one of several programs.
func commOf(program string) string {
	program = program[strings.LastIndexByte(program, '/')+1:]
	return program[:min(len(program), 15)]
}

// sameAccess reports whether two denials differ in nothing but the permissions.
func sameAccess(a, b *audit.Signature) bool {
	return a.SourceType == b.SourceType && a.TargetType == b.TargetType && a.Class == b.Class && a.Port == b.Port
}
