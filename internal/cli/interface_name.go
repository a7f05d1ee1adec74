package cli

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// maxInterfaceName is how many bytes the name of an interface may have: IFNAMSIZ
// less the zero at its end.
const maxInterfaceName = 15

const interfaceNameHint = "the kernel's names of interfaces have 1 to 15 bytes, no blank, no / and no :, and are not . or .."

// impossibleInterface says why no interface can ever have a name, nor one that
// matches it as a pattern; "" if one can. It mirrors dev_valid_name of
// net/core/dev.c.
func impossibleInterface(name string) string {
	// A star may stand for nothing.
	shortest := len(name) - strings.Count(name, "*")
	switch {
	case name == "":
		return "it is empty"
	case name == "." || name == "..":
		return "it would be a directory of sysfs"
	case shortest > maxInterfaceName:
		return words.Sprintf("it has %d bytes", shortest)
	}
	for i := range len(name) {
		switch c := name[i]; c {
		case '/', ':':
			return "it has a " + string(rune(c))
		case ' ', '\t', '\n', '\v', '\f', '\r', 0xa0: // isspace of lib/ctype.c
			return "it has a blank"
		}
	}
	return ""
}

// interfacePatterns says how the store's policy takes the names with * or ? among
// new records.
func interfacePatterns(tx *semanage.Tx, records []semanage.Record) (notes []string, err error) {
	var p *policy.Policy
	for _, r := range records {
		i, ok := r.(semanage.Interface)
		if !ok || !strings.ContainsAny(i.Name, "*?") || tx.Linked() == nil {
			continue
		}
		if p == nil {
			p = policy.New(tx.Linked())
		}
		note, err := interfacePattern(p, i.Name)
		if err != nil {
			return nil, err
		}
		notes = append(notes, note)
	}
	return notes, nil
}

// interfacePattern says how a policy takes a name with * or ?. It is an error
// where no interface can have the name, since it is taken literally.
func interfacePattern(p *policy.Policy, name string) (note string, err error) {
	if p.HasPolicyCap(policy.CapNetifWildcard) {
		return name + " is a pattern to Linux 6.15 and later, since the policy has netif_wildcard; older kernels look for an interface of that very name", nil
	}
	if len(name) > maxInterfaceName {
		return "", usage(fmt.Errorf("no interface can be called %q: it has %d bytes, and is no pattern, since the policy does not have netif_wildcard", name, len(name)), interfaceNameHint)
	}
	return name + " is no pattern: the policy does not have netif_wildcard, so that only an interface of that very name is labelled", nil
}
