package senet

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A Presence says which domains are on a machine: those that run there, and those of which it has a
// program. The zero Presence knows nothing.
type Presence struct {
	running, installed, unconfined map[string]bool // nil if that is not known
}

// A Present is a list of domains by their presence on a machine. A domain is in one list only, the
// first that fits.
type Present struct {
	// Unconfined are domains that the policy hardly restricts: what they gain, they could do before
	// by other ways.
	Unconfined []string
	Running    []string // a process has the domain
	Installed  []string // a program is there that runs in the domain
	Absent     []string // neither
	// Processes and Programs say whether the processes and the programs of the machine are known.
	Processes, Programs bool
}

// Of sorts domains by their presence, in their order.
func (p *Presence) Of(domains []string) Present {
	out := Present{Processes: p.running != nil, Programs: p.installed != nil}
	for _, d := range domains {
		list := &out.Absent
		switch {
		case p.unconfined[d]:
			list = &out.Unconfined
		case p.running[d]:
			list = &out.Running
		case p.installed[d]:
			list = &out.Installed
		}
		*list = append(*list, d)
	}
	return out
}

// Presence returns which domains are on the machine of the session. It reads /proc of the running
// system, and the programs and file contexts of the system or of the tree; of a policy file alone and
// of saved facts nothing is known but the policy.
func (s *Session) Presence() *Presence {
	s.presenceOnce.Do(func() { s.presence = s.readPresence() })
	return s.presence
}

func (s *Session) readPresence() *Presence {
	p := &Presence{unconfined: unconfined(s.policy)}
	if s.options.Host != nil || !s.source.Installed && s.options.Root == "" {
		return p
	}
	if s.root.Live() {
		if list, err := s.root.Processes(); err == nil {
			for i := range list {
				if c, err := s.policy.ParseContext(list[i].Context); err == nil {
					if p.running == nil { // a system without SELinux shows no context
						p.running = make(map[string]bool)
					}
					p.running[s.policy.TypeName(policy.TypeID(c.Type))] = true
				}
			}
		}
	}
	p.installed = s.installedDomains()
	return p
}

// unconfined returns the types of the domains that refpolicy and its kin leave unconfined.
func unconfined(p *policy.Policy) map[string]bool {
	names := make(map[string]bool)
	if attribute, ok := p.Attribute("unconfined_domain_type"); ok {
		for id := range p.Members(attribute).All() {
			names[p.TypeName(id)] = true
		}
	}
	for id := range p.Types() {
		if name := p.TypeName(id); strings.HasPrefix(name, "unconfined_") {
			names[name] = true
		}
	}
	return names
}

// maxPrograms bounds the files of one directory of programs.
const maxPrograms = 1 << 16

// installedDomains returns the domains with an entry point among the programs of the system; nil
// without file contexts.
func (s *Session) installedDomains() map[string]bool {
	table, err := s.system.FileContexts()
	if err != nil {
		return nil
	}
	entry := entryPoints(s.policy)
	domains := make(map[string]bool)
	note := func(context string) {
		parts := strings.SplitN(context, ":", 4)
		if len(parts) < 3 {
			return
		}
		for _, d := range entry[parts[2]] {
			domains[d] = true
		}
	}
	for _, dir := range subject.ProgramDirs() {
		names, err := s.root.ReadDir(dir, maxPrograms)
		if err != nil {
			continue
		}
		for _, name := range names {
			if m, err := table.Lookup(path.Join(dir, name), '-'); err == nil {
				note(m.Context)
			}
		}
	}
	for e := range table.Entries() {
		name := strings.ReplaceAll(e.Pattern, `\.`, ".")
		if (e.Kind == 0 || e.Kind == '-') && !strings.ContainsAny(name, `\()[]{}*+?|^$`) && !slices.Contains(
			subject.ProgramDirs(), path.Dir(name)) && s.root.Exists(name) {
			note(e.Context)
		}
	}
	return domains
}

// entryPoints returns the domains of each type of programs. Rules for attributes do not count: all
// programs are entry points of unconfined domains.
func entryPoints(p *policy.Policy) map[string][]string {
	class, _ := p.Class("file")
	entrypoint, _ := p.Perm(class, "entrypoint")
	of := make(map[string][]string)
	classes := policy.NewSet(class)
	classes.Add(class)
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow, Classes: &classes}) {
		if r.Perms&entrypoint == 0 || p.IsAttribute(r.Source) || p.IsAttribute(r.Target) {
			continue
		}
		program := p.TypeName(r.Target)
		of[program] = append(of[program], p.TypeName(r.Source))
	}
	for program, domains := range of {
		const shared = 4 // such as the shell and the types of all programs
		if len(domains) > shared {
			delete(of, program)
		}
	}
	return of
}
