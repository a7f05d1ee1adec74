package complete

import (
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/doc/schema"
	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/subject"
)

// ofPolicy returns a Filler for a list from the policy.
func ofPolicy(list func(p *policy.Policy, at Place) []Word) Filler {
	return func(at Place) []Word {
		p := at.Policy()
		if p == nil {
			return []Word{}
		}
		return append([]Word{}, list(p, at)...)
	}
}

// Always returns the filler of a fixed list.
func Always(values ...string) Filler {
	return func(at Place) []Word {
		return append([]Word{}, Fixed(at.Prefix, values...)...)
	}
}

func nothing(Place) []Word { return []Word{} }

func subjects(at Place) []Word {
	list := append([]Word{}, Subjects(at.root(), at.Prefix)...)
	if p := at.Policy(); p != nil {
		list = append(Domains(p, at.Prefix), list...)
	}
	return list
}

// services lists the programs whose configuration senet reads, and the units.
func services(at Place) []Word {
	names := append(daemonconf.Programs(), subject.System{Root: at.root()}.Units()...)
	return Always(names...)(at)
}

func actions(at Place) []Word {
	var names []string
	for _, op := range network.Operations() {
		names = append(names, string(op))
	}
	return Fixed(at.Prefix, names...)
}

// deeds are all actions: those on ports, and the others.
func deeds(at Place) []Word {
	return append(actions(at), Fixed(at.Prefix, string(network.Open), string(network.Set), string(network.Use),
		string(network.Request))...)
}

// anyTargets are the targets of an action: ports, and others.
func anyTargets(at Place) []Word {
	if len(at.Args) > 1 {
		switch network.Operation(at.Args[1]) {
		case network.Set:
			return Fixed(at.Prefix, network.Options()...)
		case network.Use:
			return Fixed(at.Prefix, "fd:")
		case network.Request:
			return Fixed(at.Prefix, "module:")
		case network.Open:
			return Fixed(at.Prefix, "tcp", "udp", "sctp", "raw", "packet", "icmp", "vsock", "unix",
				"unix-dgram", "netlink:")
		}
	}
	return append(targets(at), Fixed(at.Prefix, "unix:", "unix-dgram:", "netlink:", "vsock:", "raw", "packet",
		"icmp")...)
}

func targets(at Place) []Word {
	return ofPolicy(func(p *policy.Policy, at Place) []Word { return Targets(p, at.Prefix) })(at)
}

func types(at Place) []Word {
	return ofPolicy(func(p *policy.Policy, at Place) []Word { return Types(p, at.Prefix, false) })(at)
}

func portTypes(at Place) []Word {
	return ofPolicy(func(p *policy.Policy, at Place) []Word { return PortTypes(p, at.Prefix) })(at)
}

func classes(at Place) []Word {
	return ofPolicy(func(p *policy.Policy, at Place) []Word { return Classes(p, at.Prefix) })(at)
}

func perms(at Place) []Word {
	class := ""
	if len(at.Args) > 2 {
		class = at.Args[2]
	}
	return ofPolicy(func(p *policy.Policy, at Place) []Word { return Perms(p, class, at.Prefix) })(at)
}

func boolNames(at Place) []Word {
	setting := strings.Contains(at.Prefix, "=")
	return ofPolicy(func(p *policy.Policy, at Place) []Word { return at.described(Bools(p, at.Prefix, setting)) })(at)
}

// described adds the descriptions of booleans to their words.
func (at Place) described(list []Word) []Word {
	if at.Describe == nil {
		return list
	}
	for i := range list {
		if text := at.Describe(before(list[i].Value)); text != "" {
			list[i].Text += ": " + text
		}
	}
	return list
}

func boolSettings(at Place) []Word {
	return ofPolicy(func(p *policy.Policy, at Place) []Word { return at.described(Bools(p, at.Prefix, true)) })(at)
}

// verbsOr completes a verb if there is none yet, else records.
func verbsOr(record Filler) Filler {
	return func(at Place) []Word {
		var list []Word
		if len(at.Args) == 0 {
			list = Fixed(at.Prefix, "list", "add", "modify", "delete", "set", "deleteall", "export", "import")
		}
		return append(list, record(at)...)
	}
}

// pages lists the pages of senet explain, and the names of the policy that it can explain.
func pages(at Place) []Word {
	var list []Word
	if book, err := explain.Open(); err == nil {
		for _, e := range book.Entries() {
			if !e.Alias && !strings.Contains(e.Word, "<") && strings.HasPrefix(e.Word, at.Prefix) {
				list = append(list, Word{Value: e.Word, Text: e.Title})
			}
		}
	}
	if p := at.Policy(); p != nil && at.Prefix != "" {
		list = append(list, Types(p, at.Prefix, true)...)
		list = append(list, Bools(p, at.Prefix, false)...)
	}
	return list
}

// transactions lists the transactions in the store's history, the newest first.
func transactions(at Place) []Word {
	list := []Word{}
	s, err := change.Open(change.Options{Root: at.Root, Store: at.Store})
	if err != nil {
		return list
	}
	history, err := s.History()
	if err != nil {
		return list
	}
	slices.Reverse(history)
	for i := range history {
		if id := strconv.Itoa(history[i].ID); strings.HasPrefix(id, at.Prefix) {
			list = append(list, Word{Value: id, Text: say.Entry(&history[i])})
		}
	}
	return list
}

// schemaNames lists the short names of the JSON documents.
func schemaNames(at Place) []Word {
	list := []Word{}
	for _, name := range schema.Names() {
		name, _, _ = strings.Cut(strings.TrimPrefix(name, "senet."), "/")
		list = append(list, Fixed(at.Prefix, name)...)
	}
	return list
}

// modules lists the modules of the store.
func modules(at Place) []Word {
	list := []Word{}
	s, err := semanage.Open(semanage.Options{Root: at.Root, Store: at.Store})
	if err != nil {
		return list
	}
	all, err := modstore.Open(s, modstore.Options{}).List()
	if err != nil {
		return list
	}
	for _, m := range all {
		if strings.HasPrefix(m.Name, at.Prefix) {
			list = append(list, Word{Value: m.Name, Text: "priority " + strconv.Itoa(m.Priority)})
		}
	}
	return list
}
