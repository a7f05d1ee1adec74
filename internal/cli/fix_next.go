package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// writeNext writes what else was refused and the command that leads on from a
// list of fixes, of which the first shown is that of the number best.
func (a *fixAnswer) writeNext(b *strings.Builder, best int) {
	for _, n := range a.can.machine.notes {
		if n.Code == network.AssumedSELinux {
			line(b, "note", "%s", n.Text)
		}
	}
	for i, q := range a.others {
		if i == maxOthers {
			line(b, "", "and %s more", number(len(a.others)-i))
			break
		}
		key := ""
		if i == 0 {
			key = "also"
		}
		fmt.Fprintf(b, "%-5s senet fix %s%s\n", key, q, a.can.repeat)
	}
	sudo, how := "", a.how(&a.fixes[best-1])
	if how != "show" && errors.Is(a.storeErr, semanage.ErrPermission) {
		sudo = "sudo "
	}
	fmt.Fprintf(b, "next  %ssenet fix %s%s --%s %d\n", sudo, a.question(), a.can.repeat, how, best)
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
