package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// A choice names a fix of the list: by its number, from 1, or by its name.
type choice string

// named reports whether a choice can be the name of a fix, and not of a file.
func (c choice) named() bool {
	if _, err := strconv.Atoi(string(c)); err == nil {
		return true
	}
	return senet.IsFixName(string(c))
}

// chosen returns the number of the fix that a flag names, 0 for none.
func (a *fixAnswer) chosen(flag string, c choice) (int, error) {
	if c == "" || a.asked.Verdict != network.Denied {
		return 0, nil
	}
	if n := a.Find(string(c)); n >= 0 {
		return n + 1, nil
	}
	if n, err := strconv.Atoi(string(c)); err == nil {
		return 0, usage(fmt.Errorf("--%s %d: there %s", flag, n, say.FixCount(len(a.List))), "")
	}
	return 0, usage(fmt.Errorf("--%s %s: no fix of this operation has that name", flag, string(c)),
		words.Format("there is %s", strings.Join(a.Names(), ", ")))
}
