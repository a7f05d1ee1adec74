package cli

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy"
)

// askKernel asks the running kernel's policy, if it should equal the store's, and returns the
// answer and a remark; nil if it need not be equal, or cannot be read.
func (f *fixFlags) askKernel(a *fixAnswer) (*senet.Answer, string) {
	const none = "nothing was loaded into a kernel"
	if a.store == nil || f.write.noReload {
		return nil, none
	}
	p, err := a.store.Kernel()
	if err == nil && p == nil {
		return nil, none
	}
	var now *senet.Answer
	if err == nil {
		now, err = a.Answer.Under(p)
	}
	if err != nil {
		return nil, "the kernel's policy cannot be read: " + err.Error()
	}
	return now, "the kernel has the new policy"
}

// writeMismatch says why the kernel's answer differs from the store's: another value of a boolean,
// or another policy.
func (a *fixAnswer) writeMismatch(b *words.Page, kernel, store *senet.Answer) (next shell.Command) {
	settings, err := remedy.Reconcile(kernel.Policy(), store.Policy(), kernel.Question(), store.Verdict)
	if err == nil && len(settings) > 0 {
		b.Line("why", "the store differs; the running kernel has another value of a boolean: with %s both would agree",
			say.Settings(kernel.Policy(), settings, " "))
		return shell.New("setsebool").With(say.SettingArgs(kernel.Policy(), settings))
	}
	b.Line("why", "the store differs; the running kernel has another policy")
	return shell.New("semodule", "-R")
}
