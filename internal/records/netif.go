package records

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/policy"
)

// maxInterfaceName is the largest length of an interface name in bytes: IFNAMSIZ less the zero at
// its end.
const maxInterfaceName = 15

// An InterfaceNameError says that an interface name is impossible.
type InterfaceNameError struct{ Name, Why string }

func (e *InterfaceNameError) Error() string {
	return fmt.Sprintf("no interface can have the name %q: %s", e.Name, e.Why)
}

// CheckInterfaceName returns an *InterfaceNameError if no interface can ever have a name, or match
// it as a pattern. It mirrors dev_valid_name of net/core/dev.c.
func CheckInterfaceName(name string) error {
	fail := func(why string) error { return &InterfaceNameError{name, why} }
	// A star may match nothing.
	shortest := len(name) - strings.Count(name, "*")
	switch {
	case name == "":
		return fail("it is empty")
	case name == "." || name == "..":
		return fail("it has a special meaning as a directory in sysfs")
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

// IsPattern reports whether kernels since 6.15 treat an interface name with * or ? as a pattern
// under a policy, as the capability netif_wildcard decides. The error is an *InterfaceNameError if
// they do not, and no interface can have exactly this name.
func IsPattern(p *policy.Policy, name string) (bool, error) {
	if p.HasPolicyCap(policy.CapNetifWildcard) {
		return true, nil
	}
	if len(name) > maxInterfaceName {
		return false, &InterfaceNameError{name, fmt.Sprintf(
			"it has %d bytes, and is not a pattern, since the policy does not have netif_wildcard", len(name))}
	}
	return false, nil
}
