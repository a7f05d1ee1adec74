package say

import (
	"regexp"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// scriptText says how a plugin gets a domain of its own.
func scriptText(s *diagnose.Script) string {
	restore := shell.New("restorecon", "-v").Arg(s.Path)
	const start = "start it itself, by its #! line, and not by its interpreter"
	if s.Labelled {
		return words.Sprintf("the script is to have the label %s: %s; and %s", s.Type, restore, start)
	}
	return words.Sprintf("label the script, so that it runs in a domain of its own: %s; %s; and %s",
		shell.New("semanage", "fcontext", "-a").Option("-t", s.Type).Arg(regexp.QuoteMeta(s.Path)), restore, start)
}
