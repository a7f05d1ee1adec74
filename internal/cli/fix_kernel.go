package cli

import (
	"errors"
	"io/fs"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// askKernel asks the running kernel's policy, where it should be the store's, and
// says what is known of it; nil where it need not be, or cannot be read.
func (f *fixFlags) askKernel(a *fixAnswer) (*canAnswer, string) {
	const none = "nothing was loaded into a kernel"
	if a.store == nil || f.root != "" || f.write.noReload || !a.store.Records().Configured() {
		return nil, none
	}
	db, err := policyfile.Open(policyfile.Running)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, none // SELinux is off
	}
	var now *canAnswer
	if err == nil {
		now, err = f.again(a, policy.New(db), policyfile.Running)
	}
	if err != nil {
		return nil, "what the kernel has cannot be read: " + err.Error()
	}
	return now, "the kernel has the new policy"
}

// writeMismatch says why the kernel's answer is not the store's: another value of
// a boolean, or another policy.
func (a *fixAnswer) writeMismatch(b *words.Page, kernel, store *canAnswer) (next shell.Command) {
	settings, err := remedy.Reconcile(kernel.p, store.p, kernel.question(), store.answer.Verdict)
	if err == nil && len(settings) > 0 {
		b.Line("why", "the store says otherwise; the running kernel has a boolean set for now: with %s it would agree",
			say.Settings(kernel.p, settings, " "))
		return shell.New("setsebool").With(say.SettingArgs(kernel.p, settings))
	}
	b.Line("why", "the store says otherwise; the running kernel has another policy")
	return shell.New("semodule", "-R")
}

// verdict asks the question of q's policy as it is now.
func (q *canAnswer) verdict() (network.Verdict, error) {
	a, err := network.Ask(access.NewDecider(q.p), q.question())
	return a.Verdict, err
}
