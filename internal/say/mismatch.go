package say

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy"
)

// Mismatch says why the answer of the running kernel's policy differs from that of the store's:
// another value of a boolean, or another policy. It returns the command that makes both agree.
func Mismatch(b *words.Page, kernel, store *senet.Answer) (next shell.Command) {
	settings, err := remedy.Reconcile(kernel.Policy(), store.Policy(), kernel.Question(), store.Verdict)
	if err == nil && len(settings) > 0 {
		b.Line("why", "the store differs; the running kernel has another value of a boolean: with %s both would agree",
			Settings(kernel.Policy(), settings, " "))
		return shell.New("setsebool").With(SettingArgs(kernel.Policy(), settings))
	}
	b.Line("why", "the store differs; the running kernel has another policy")
	return shell.New("semodule", "-R")
}
