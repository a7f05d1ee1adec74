package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
)

// A choice names a fix of the list: by its number, from 1, or by its name.
type choice string

// named reports whether a choice can be the name of a fix, and not of a file.
func (c choice) named() bool {
	if _, err := strconv.Atoi(string(c)); err == nil {
		return true
	}
	kind, _, _ := strings.Cut(string(c), ":")
	return slices.Contains([]string{string(remedy.OwnType), "label", "bool", "rule", string(remedy.Split), "level",
		"process-level", string(remedy.OtherPort), string(remedy.Permissive), string(object.Restore),
		string(object.Volume), string(object.Mode)}, kind)
}

// chosen returns the number of the fix that a flag names, 0 for none.
func (a *fixAnswer) chosen(flag string, c choice) (int, error) {
	if c == "" || a.asked.Verdict != network.Denied {
		return 0, nil
	}
	n, err := strconv.Atoi(string(c))
	if err == nil && 0 < n && n <= len(a.List) {
		return n, nil
	}
	if err == nil {
		return 0, usage(fmt.Errorf("--%s %d: there %s", flag, n, say.FixCount(len(a.List))), "")
	}
	var names []string
	for i := range a.List {
		name := a.List[i].Name(a.asked.Policy())
		if name == string(c) {
			return i + 1, nil
		}
		names = append(names, name)
	}
	return 0, usage(fmt.Errorf("--%s %s: no fix of this operation has that name", flag, string(c)),
		words.Format("there is %s", strings.Join(names, ", ")))
}
