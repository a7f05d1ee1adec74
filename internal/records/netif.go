package records

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/policy"
)

// maxInterfaceName is the most bytes in the name of an interface: IFNAMSIZ less the zero at its
// end.
const maxInterfaceName = 15

// An InterfaceNameError says that no interface can have a name.
type InterfaceNameError struct{ Name, Why string }

func (e *InterfaceNameError) Error() string {
	return fmt.Sprintf("no interface can be called %q: %s", e.Name, e.Why)
}

// CheckInterfaceName returns an *InterfaceNameError if no interface can ever have a
// name, nor one that matches it as a pattern. It mirrors dev_valid_name of
// net/core/dev.c.
func CheckInterfaceName(name string) error {
	fail := func(why string) error { return &InterfaceNameError{name, why} }
	// A star may match nothing.
	shortest := len(name) - strings.Count(name, "*")
	switch {
	case name == "":
		return fail("it is empty")
	case name == "." || name == "..":
		return fail("it would be a directory of sysfs")
	case shortest > maxInterfaceName:
		return fail(fmt.Sprintf("it has %d bytes", shortest))
	}
	for i := range len(name) {
		switch c := name[i]; c {
		case '/', ':':
			return fail("it has a " + string(rune(c)))
		case ' ', '\t', '\n', '\v', '\f', '\r', 0xa0: // isspace of lib/ctype.c
			return fail("it has a blank")
		}
	}
	return nil
}

// IsPattern reports whether kernels since 6.15 take the name of an interface with * or
// ? as a pattern under a policy, which the capability netif_wildcard says. The error
// is an *InterfaceNameError where they do not and no interface can have the name,
// since it is taken literally.
func IsPattern(p *policy.Policy, name string) (bool, error) {
	if p.HasPolicyCap(policy.CapNetifWildcard) {
		return true, nil
	}
	if len(name) > maxInterfaceName {
		return false, &InterfaceNameError{name, fmt.Sprintf(
			"it has %d bytes, and is no pattern, since the policy does not have netif_wildcard", len(name))}
	}
	return false, nil
}
