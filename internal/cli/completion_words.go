package cli

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/complete"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/doc/schema"
	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// policy opens the policy that the flags before the word name, nil if it cannot be opened.
func (at place) policy() *policy.Policy {
	flags := policyFlags{path: at.flag("policy"), root: at.flag("root")}
	s, err := flags.openSession(io.Discard)
	if err != nil {
		return nil
	}
	return s.Policy()
}

// flag is the value of a flag, "" where the command does not have it.
func (at place) flag(name string) string {
	if f := at.cmd.Flags().Lookup(name); f != nil {
		return f.Value.String()
	}
	return ""
}

// root is the file tree that the flags name.
func (at place) root() host.Root {
	dir := at.flag("root")
	if dir == "" {
		return host.Root{}
	}
	root, err := host.OpenRoot(dir)
	if err != nil {
		return host.Root{}
	}
	return root
}

// ofPolicy makes a filler of a list that the policy gives.
func ofPolicy(list func(p *policy.Policy, at place) []complete.Word) filler {
	return func(at place) []complete.Word {
		p := at.policy()
		if p == nil {
			return []complete.Word{}
		}
		return append([]complete.Word{}, list(p, at)...)
	}
}

func fixed(values ...string) filler {
	return func(at place) []complete.Word {
		return append([]complete.Word{}, complete.Fixed(at.prefix, values...)...)
	}
}

func nothing(place) []complete.Word { return []complete.Word{} }

func subjects(at place) []complete.Word {
	list := append([]complete.Word{}, complete.Subjects(at.root(), at.prefix)...)
	if p := at.policy(); p != nil {
		list = append(complete.Domains(p, at.prefix), list...)
	}
	return list
}

func services(at place) []complete.Word {
	names := append(daemonconf.Programs(), subject.System{Root: at.root()}.Units()...)
	return fixed(names...)(at)
}

func actions(at place) []complete.Word {
	var names []string
	for _, op := range network.Operations() {
		names = append(names, string(op))
	}
	return complete.Fixed(at.prefix, names...)
}

func targets(at place) []complete.Word {
	return ofPolicy(func(p *policy.Policy, at place) []complete.Word { return complete.Targets(p, at.prefix) })(at)
}

func types(at place) []complete.Word {
	return ofPolicy(func(p *policy.Policy, at place) []complete.Word { return complete.Types(p, at.prefix, false) })(at)
}

func portTypes(at place) []complete.Word {
	return ofPolicy(func(p *policy.Policy, at place) []complete.Word { return complete.PortTypes(p, at.prefix) })(at)
}

func classes(at place) []complete.Word {
	return ofPolicy(func(p *policy.Policy, at place) []complete.Word { return complete.Classes(p, at.prefix) })(at)
}

func perms(at place) []complete.Word {
	class := ""
	if len(at.args) > 2 {
		class = at.args[2]
	}
	return ofPolicy(func(p *policy.Policy, at place) []complete.Word { return complete.Perms(p, class, at.prefix) })(at)
}

func boolNames(at place) []complete.Word {
	setting := strings.Contains(at.prefix, "=")
	return ofPolicy(func(p *policy.Policy, at place) []complete.Word { return complete.Bools(p, at.prefix, setting) })(
		at)
}

func boolSettings(at place) []complete.Word {
	return ofPolicy(func(p *policy.Policy, at place) []complete.Word { return complete.Bools(p, at.prefix, true) })(at)
}

// verbsOr completes a verb if there is none yet, and records.
func verbsOr(record filler) filler {
	return func(at place) []complete.Word {
		var list []complete.Word
		if len(at.args) == 0 {
			list = complete.Fixed(at.prefix, "list", "add", "modify", "delete", "set", "deleteall", "export", "import")
		}
		return append(list, record(at)...)
	}
}

// pages are the pages of senet explain, and the names of the policy that it can explain.
func pages(at place) []complete.Word {
	var list []complete.Word
	if book, err := explain.Open(); err == nil {
		for _, e := range book.Entries() {
			if !e.Alias && !strings.Contains(e.Word, "<") && strings.HasPrefix(e.Word, at.prefix) {
				list = append(list, complete.Word{Value: e.Word, Text: e.Title})
			}
		}
	}
	if p := at.policy(); p != nil && at.prefix != "" {
		list = append(list, complete.Types(p, at.prefix, true)...)
		list = append(list, complete.Bools(p, at.prefix, false)...)
	}
	return list
}

// transactions are those of the store's history, the last first.
func transactions(at place) []complete.Word {
	flags := writeFlags{storeFlags: storeFlags{root: at.flag("root"), store: at.flag("store")}}
	s, err := flags.openChange(ioStreams{strings.NewReader(""), io.Discard, io.Discard})
	if err != nil {
		return []complete.Word{}
	}
	history, err := s.History()
	if err != nil {
		return []complete.Word{}
	}
	slices.Reverse(history)
	list := []complete.Word{}
	for i := range history {
		if id := strconv.Itoa(history[i].ID); strings.HasPrefix(id, at.prefix) {
			list = append(list, complete.Word{Value: id, Text: say.Entry(&history[i])})
		}
	}
	return list
}

// schemaNames are the short names of the JSON documents.
func schemaNames(at place) []complete.Word {
	list := []complete.Word{}
	for _, name := range schema.Names() {
		name, _, _ = strings.Cut(strings.TrimPrefix(name, "senet."), "/")
		list = append(list, complete.Fixed(at.prefix, name)...)
	}
	return list
}

// modules are those of the store; a file where one is installed.
func modules(at place) []complete.Word {
	flags := storeFlags{root: at.flag("root"), store: at.flag("store")}
	list := []complete.Word{}
	s, err := flags.open()
	if err != nil {
		return list
	}
	all, err := modstore.Open(s, modstore.Options{}).List()
	if err != nil {
		return list
	}
	for _, m := range all {
		if strings.HasPrefix(m.Name, at.prefix) {
			list = append(list, complete.Word{Value: m.Name, Text: "priority " + strconv.Itoa(m.Priority)})
		}
	}
	return list
}
