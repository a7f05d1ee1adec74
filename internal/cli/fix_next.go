package cli

import (
	"errors"
	"strconv"

	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// writeNext writes what else was refused and the command that leads on from a
// list of fixes, of which the first shown is that of the number best.
func (a *fixAnswer) writeNext(b *words.Page, best int) {
	for _, n := range a.can.machine.notes {
		if n.Code == network.AssumedSELinux {
			b.Line("note", "%s", n.Text)
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
		b.Command(key, q.command(a.can.repeat))
	}
	var sudo shell.Command
	how := a.how(&a.fixes[best-1])
	if how != "show" && errors.Is(a.storeErr, semanage.ErrPermission) {
		sudo = shell.New("sudo")
	}
	b.Command("next", sudo.With(a.question().command(a.can.repeat).Flag("--"+how, strconv.Itoa(best))))
}

// how is the flag that leads on from a fix: what is safe may be applied, the
// rest is to be looked at; where no store can be changed there are the forms.
func (a *fixAnswer) how(f *remedy.Fix) string {
	switch {
	case a.store == nil && !errors.Is(a.storeErr, semanage.ErrPermission), a.store != nil && a.store.writable() != nil, a.whatIf:
		return "show"
	}
	if _, err := a.steps(f, a.store); err != nil {
		return "show"
	}
	if f.Applicability == remedy.Safe {
		return "apply"
	}
	return "plan"
}
