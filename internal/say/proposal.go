package say

import (
	"strings"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// Proposal writes what a change of records will change, and for which domains; all records and
// domains, or the first ones.
func Proposal(b *words.Page, p *change.Proposal, notes []string, all bool) {
	if len(p.Differences) == 1 {
		d := p.Differences[0]
		b.Printf("%s\n", words.Wrap(Preview(p.Comparison, p.Effects, d), 0))
		if advice := Advice(p.Comparison.Before, d); advice != "" {
			b.Printf("rule  %s\n", words.Wrap(advice, 6))
		}
	} else {
		Differences(b, p.Differences, 0, all, " (all with --verbose)")
		b.Printf("in all, %s\n", Verdict(p.Effects))
	}
	Effects(b, p.Effects, all)
	Notes(b, notes)
	if p.Comparison.Facts.SELinuxOff() {
		b.Printf("note  SELinux is off on this machine: the policy has no effect until it is on\n")
	}
}

// Notes writes notes, a paragraph each.
func Notes(b *words.Page, notes []string) {
	for _, n := range notes {
		b.Printf("note  %s\n", words.Wrap(n, 6))
	}
}

// Done writes the state of the store's policy and of the kernel's after a change of records.
// unloaded says why the kernel does not have the change, "" if no reason is needed.
func Done(b *words.Page, p *change.Proposal, done *change.Done, unloaded string) {
	if len(p.Differences) == 1 {
		d := p.Differences[0]
		b.Printf("done  %s\n", words.Wrap(Outcome(policy.New(done.Policy), p.Comparison, d), 6))
		if done.Kernel != nil {
			text := "in the running kernel, " + Outcome(policy.New(done.Kernel), p.Comparison, d)
			b.Printf("live  %s\n", words.Wrap(text, 6))
		}
	} else {
		live := ""
		if done.Kernel != nil {
			live = "; the running kernel has the new policy"
		}
		b.Printf("done  %s, transaction %d%s\n", Plural(len(p.Differences), "record"), done.Entry.ID, live)
	}
	if unloaded != "" {
		b.Printf("live  the running kernel keeps its policy: %s\n", unloaded)
	}
	if len(done.Result.Obsolete) > 0 {
		Notes(b, []string{"local booleans that the policy no longer has were dropped: " + join(done.Result.Obsolete)})
	}
}

func join(keys []semanage.BooleanKey) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}
