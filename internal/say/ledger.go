package say

import (
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/ledger"
)

// Ledger writes the differences between a system and its distribution: a line each, with the ports
// that it opens and who made it, if that is known. It writes the first twenty of each kind, or all.
func Ledger(b *words.Page, l *ledger.Ledger, all bool) {
	if len(l.Items) == 0 && len(l.Gaps) == 0 {
		b.Line("same", "store %s does not differ from its distribution", l.Store)
		return
	}
	b.Printf("%s of store %s from its distribution\n", Count(len(l.Items), "difference", "differences"), l.Store)
	shown := map[ledger.Kind]int{}
	disabled := 0
	for i := range l.Items {
		item := &l.Items[i]
		if item.Kind == ledger.Module && item.Here == "disabled" && !all {
			disabled++
			continue
		}
		if shown[item.Kind]++; shown[item.Kind] > maxChanges && !all {
			continue
		}
		ledgerItem(b, item)
	}
	for i := range l.Items {
		if kind := l.Items[i].Kind; shown[kind] > maxChanges && !all {
			b.Printf("%-11s  and %s; --all lists them\n", kind, Plural(shown[kind]-maxChanges, "more"))
			shown[kind] = 0
		}
	}
	if disabled > 0 {
		b.Printf("%-11s  %s disabled; --all names them\n", ledger.Module, Plural(disabled, "module"))
	}
	for _, g := range l.Gaps {
		b.Printf("%-11s  not known: %s\n", g.Kind, words.Wrap(g.Err.Error(), 13))
	}
}

// ledgerItem writes one difference.
func ledgerItem(b *words.Page, item *ledger.Item) {
	const indent = 13
	text := item.Key + " " + item.Here
	switch {
	case item.Kind == ledger.Policy:
		text = item.Here
	case item.Instead != "":
		text += words.Sprintf(" (else %s)", item.Instead)
	}
	if item.Module != nil && item.Kind == ledger.Module && item.Rules >= 0 {
		text += ", " + Plural(item.Rules, "allow statement")
	}
	if item.Kind == ledger.Permissive && item.Module != nil {
		text += ", by module " + item.Module.Key.String()
	}
	b.Printf("%-11s  %s\n", item.Kind, words.Wrap(text, indent+2))
	if item.Weighed && impact.Gainers(item.Effects)+impact.Losers(item.Effects) > 0 {
		b.Printf("%*s%s\n", indent, "", words.Wrap(Verdict(item.Effects)+" by it", indent+2))
	}
	if e := item.By; e != nil {
		by := words.Sprintf("by change %d, %s: %s", e.ID, Minute(e.Time), Entry(e))
		b.Printf("%*s%s\n", indent, "", words.Wrap(by, indent+2))
	}
}
