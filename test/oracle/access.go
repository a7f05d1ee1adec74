package oracle

import (
	"fmt"
	"strings"
)

// FlagPermissive is the bit of Decision.Flags that says the source type is
// permissive (the kernel's AVD_FLAGS_PERMISSIVE).
const FlagPermissive = 1

// Decision is libsepol's answer to one query, with the vectors of struct
// av_decision: bit i is the permission with the value i+1 of the class.
//
// Where it is not the kernel's context_struct_compute_av:
//   - no handle_unknown: neither of the two functions applies it, and a class
//     that is not in the policy is Err here;
//   - Flags is read from the permissive map, since libsepol has none;
//   - extended permissions are not evaluated;
//   - a context is valid or not by libsepol's rules, and never deferred.
type Decision struct {
	Allowed    uint32
	AuditAllow uint32
	AuditDeny  uint32
	Flags      uint32
	Err        string // why there is no answer; empty if there is one
}

// Access returns libsepol's decision on each query, "SCONTEXT TCONTEXT CLASS",
// by the binary policy at path. Each element of bools is "NAME=0" or "NAME=1"
// and sets a boolean first. Without bools the conditional rules are on or off
// as the file says they are; with any, all conditionals are evaluated.
//
// A context that is not valid, or an unknown class, is told in Decision.Err;
// the error is for a policy that cannot be loaded or an unknown boolean.
func Access(path string, queries []string, bools ...string) ([]Decision, error) {
	if len(queries) == 0 {
		return nil, nil
	}
	for _, q := range queries {
		if strings.Contains(q, "\n") || q == "" {
			return nil, fmt.Errorf("query %q: not one line", q)
		}
	}
	stdin := strings.Join(queries, "\n") + "\n"
	out, err := run("sepol-access", []byte(stdin), append([]string{path}, bools...)...)
	if err != nil {
		return nil, err
	}
	decisions := make([]Decision, 0, len(queries))
	for line := range strings.Lines(string(out)) {
		d, err := parseDecision(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, err
		}
		decisions = append(decisions, d)
	}
	if len(decisions) != len(queries) {
		return nil, fmt.Errorf("sepol-access: %d answers to %d queries", len(decisions), len(queries))
	}
	return decisions, nil
}

func parseDecision(line string) (Decision, error) {
	if reason, ok := strings.CutPrefix(line, "ERR "); ok {
		return Decision{Err: reason}, nil
	}
	var d Decision
	if _, err := fmt.Sscanf(line, "%x %x %x %d", &d.Allowed, &d.AuditAllow, &d.AuditDeny, &d.Flags); err != nil {
		return Decision{}, fmt.Errorf("sepol-access: answer %q: %w", line, err)
	}
	return d, nil
}
