package cli

import (
	"errors"

	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// writeNext writes the other refusals and the next command after a list of fixes. best is the
// number of the first fix shown.
func (f *fixFlags) writeNext(a *fixAnswer, b *words.Page, best int) {
	for _, n := range a.asked.Machine.Notes {
		if n.Code == network.AssumedSELinux {
			b.Line("note", "%s", n.Text)
		}
	}
	for _, n := range a.asked.Assumptions {
		if n.Code == network.AssumedConfig {
			say.Assumptions(b, []network.Assumption{n})
		}
	}
	for i, q := range a.others {
		if i == maxOthers {
			b.Line("", "and %s more", say.Number(len(a.others)-i))
			break
		}
		key := ""
		if i == 0 {
			key = "also"
		}
		b.Command(key, fixCommand(q, a.asked.repeat))
	}
	var sudo shell.Command
	how := f.how(a, best)
	if how != "show" && errors.Is(a.storeErr, semanage.ErrPermission) {
		sudo = shell.New("sudo")
	}
	b.Command("next", sudo.With(a.again().Flag("--"+how, a.List[best-1].Name(a.asked.Policy()))))
}

// how returns the flag for the next step of a fix: a safe one can be applied, the others need
// review; if no store can be changed, the flag shows the forms.
func (f *fixFlags) how(a *fixAnswer, n int) string {
	switch {
	case a.store == nil && !errors.Is(a.storeErr, semanage.ErrPermission), a.whatIf,
		a.store != nil && a.store.Changes().Writable() != nil:
		return "show"
	}
	if _, err := f.planOf(a, n); err != nil {
		return "show"
	}
	if a.List[n-1].Applicability == remedy.Safe {
		return "apply"
	}
	return "plan"
}
