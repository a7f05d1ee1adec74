package say

import (
	"slices"

	"github.com/senet-selinux/senet/internal/words"
)

// loginFiles says what it means that a service would change what a user logs in by, or read it.
func (x *AccessFixes) loginFiles() string {
	what := "user_home_dir_t is the label of homes themselves: who may make files there makes .profile and .ssh as " +
		"well, by which programs run as their users"
	switch {
	case x.target() == "ssh_home_t" && !changes(x.Query.Perms):
		what = "ssh_home_t is the label of .ssh in homes, with the private keys of users"
	case x.target() == "ssh_home_t":
		what = "ssh_home_t is the label of .ssh in homes: who may write there adds keys to authorized_keys, and logs " +
			"in as their users"
	}
	return words.Sprintf("none is offered: %s, and a rule would open those of all users to %s; find out what asks for "+
		"it, and have a program of the user do it, or keep what the service needs %s", what, x.subject(), x.whereOwn())
}

// orLabel offers another label for what is in a home, but not for a home itself.
func (x *AccessFixes) orLabel() string {
	if x.target() == "user_home_dir_t" {
		return ""
	}
	return words.Sprintf(", or give it a label that %s may use (semanage fcontext)", x.subject())
}

// changes reports whether permissions are for a change of a file or of a directory.
func changes(perms []string) bool {
	return slices.ContainsFunc(perms, func(p string) bool {
		return slices.Contains([]string{"write", "append", "create", "add_name", "remove_name", "unlink", "rename",
			"setattr", "link"}, p)
	})
}
