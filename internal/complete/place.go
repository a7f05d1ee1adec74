package complete

import (
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/policy"
)

// A Place is a word to complete, with the command line around it.
type Place struct {
	Args        []string // the arguments before the word
	Prefix      string   // the beginning of the word
	Root, Store string   // the values of --root and --store
	// Policy opens the policy that the flags before the word select, nil if it cannot be opened.
	Policy func() *policy.Policy
	// Describe returns the description of a boolean in the policy's documentation, "" if there is
	// none; it is nil without documentation.
	Describe func(boolean string) string
}

// root returns the file tree that the flags select.
func (at Place) root() host.Root {
	if at.Root == "" {
		return host.Root{}
	}
	root, err := host.OpenRoot(at.Root)
	if err != nil {
		return host.Root{}
	}
	return root
}

// before returns the word before the one to complete, "" for the first.
func (at Place) before() string {
	if len(at.Args) == 0 {
		return ""
	}
	return at.Args[len(at.Args)-1]
}

// A Filler lists the words for a place. With a nil list the shell completes file names.
type Filler func(Place) []Word

// OneByOne returns the Filler for arguments in order; the last one also completes all further
// arguments.
func OneByOne(list []Filler) Filler {
	return func(at Place) []Word { return list[min(len(at.Args), len(list)-1)](at) }
}

// Arguments returns the completion of each command's arguments. The last Filler completes all
// arguments that follow.
func Arguments() map[string][]Filler {
	return map[string][]Filler{
		"can":       {subjects, deeds, anyTargets},
		"fix":       {subjects, actions, targets},
		"who":       {actions, targets},
		"ports":     {subjects},
		"access":    {types, types, classes, perms},
		"explain":   {pages},
		"port":      {verbsOr(targets)},
		"bool":      {verbsOr(boolNames)},
		"node":      {verbsOr(nothing)},
		"interface": {verbsOr(nothing)},
		"schema":    {schemaNames},
		"search":    {searches},
		"info":      {infos},
		"undo":      {transactions},
		"check":     {services},

		"refpolicy search": {types, types, classes, perms}, "refpolicy show": {nothing}, "refpolicy expand": {nothing},

		"module list": {modules}, "module remove": {modules}, "module enable": {modules},
		"module disable": {modules}, "module extract": {modules},
	}
}

// Flags returns the completion of each flag's values, by command and flag or by flag alone.
// The values of other flags are files or free text.
func Flags() map[string]Filler {
	return map[string]Filler{
		"bool": boolSettings, "peer": subjects, "packet": types, "domain": subjects,
		"protocol":  Always("tcp", "udp", "sctp", "dccp", "mptcp", "udplite"),
		"port type": portTypes, "node type": types, "interface type": types,
	}
}
