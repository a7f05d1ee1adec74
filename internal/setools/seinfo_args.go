package setools

import "os"

// Component is one kind of policy component that seinfo lists. The constants have the order in which seinfo 4.4.1
// prints the components. ComponentRoleTypes, which 4.4.1 does not have, follows ComponentRoles as in newer
// releases.
type Component uint8

// The components, named after seinfo's option.
const (
	ComponentBools Component = iota
	ComponentCategories
	ComponentClasses
	ComponentCommons
	ComponentConstraints
	ComponentDefaults
	ComponentFSUses
	ComponentGenfscons
	ComponentIBEndportcons
	ComponentIBPkeycons
	ComponentInitialSIDs
	ComponentNetifcons
	ComponentNodecons
	ComponentPermissives
	ComponentPolcaps
	ComponentPortcons
	ComponentRoles
	ComponentRoleTypes // --role_types TYPE: the roles that may be associated with a type; never part of --all
	ComponentSensitivities
	ComponentTypebounds
	ComponentTypes
	ComponentAttributes
	ComponentUsers
	ComponentValidatetrans
	// The Xen components. On a policy for SELinux they print nothing, not even a heading, also with --all. If a
	// command line asks for no other component, seinfo prints the summary.
	ComponentIoportcons
	ComponentIomemcons
	ComponentPcidevicecons
	ComponentPirqcons
	ComponentDevicetreecons

	ComponentCount = int(iota)
)

// A ComponentQuery is the question of a command line about one component.
type ComponentQuery struct {
	Asked bool
	// Value is the option's value, "" for every component of the kind. SETools treats an empty value (`--type=`) as
	// if the option were not there, so Value == "" with Asked is always the option without a value.
	Value string
}

// SeinfoArgs is everything a seinfo command line asks.
type SeinfoArgs struct {
	// Policy is the path of the policy, "" for the policy of this machine.
	Policy string
	// Queries is indexed by Component. --all does not set Asked; use Wants.
	Queries [ComponentCount]ComponentQuery
	All     bool // --all: every component, preceded by the summary
	Expand  bool // -x, --expand: full statements
	Flat    bool // --flat: no headers, no indentation, no summary
	Verbose bool // -v, --verbose
	Debug   bool // --debug
	JSON    bool // --json: ours
}

// Wants reports whether the component is to be listed, by its own option or by --all, and the value to filter by.
// It does not know the policy's platform: the caller leaves out Xen components of an SELinux policy.
func (a *SeinfoArgs) Wants(c Component) (value string, wanted bool) {
	q := a.Queries[c]
	if q.Asked {
		return q.Value, true
	}
	return "", a.All && c != ComponentRoleTypes
}

// ParseSeinfo parses the words after the program's name. The error is always an *Exit: help, version or a usage
// error. It uses the file system for one purpose only, see rescuePolicy.
func ParseSeinfo(args []string) (SeinfoArgs, error) {
	parser := seinfoParser()
	r, err := parser.Parse(args)
	if err != nil {
		return SeinfoArgs{}, parseExit(parser, err)
	}
	a := SeinfoArgs{
		Policy:  r.Text("policy"),
		All:     r.Has("all"),
		Expand:  r.Has("expand"),
		Flat:    r.Has("flat"),
		Verbose: r.Has("verbose"),
		Debug:   r.Has("debug"),
		JSON:    r.Has("json"),
	}
	options := append(componentOptions(), xenOptions()...)
	for _, o := range options {
		// An option given with an empty value is as good as not given: Python tests the value for truth.
		if v, ok := r.Last(o.dest()); ok && (!v.Given || v.Text != "") {
			a.Queries[o.component] = ComponentQuery{Asked: true, Value: v.Text}
		}
	}
	if v, ok := r.Last("--role_types"); ok && v.Text != "" {
		a.Queries[ComponentRoleTypes] = ComponentQuery{Asked: true, Value: v.Text}
	}
	if a.Policy == "" {
		a.rescuePolicy(options)
	}
	return a, nil
}

// rescuePolicy undoes what argparse does to `seinfo --portcon policy.33`: the option takes the path as its value,
// and no policy is left. As in the newest SETools, and unlike in 4.4.1, one option gives its value back: the first
// component option, in the order of the table, whose value is an existing path. A directory stays a value, unlike
// in the newest SETools: in `/`, `seinfo -u root` asks for a user.
func (a *SeinfoArgs) rescuePolicy(options []componentOption) {
	for _, o := range options {
		q := &a.Queries[o.component]
		if q.Value == "" {
			continue
		}
		if info, err := os.Stat(q.Value); err == nil && !info.IsDir() {
			a.Policy, q.Value = q.Value, ""
			return
		}
	}
}
