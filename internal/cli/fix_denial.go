package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// askDenial asks the question of a denial as senet why reads it: of the most
// frequent one that a fix can be for. Before a change there may be no other.
func (f *fixFlags) askDenial(a *fixAnswer, p *policy.Policy, name string, args []string, streams ioStreams) error {
	why := whyFlags{policyFlags: f.policyFlags, all: true, output: outputFlags{quiet: true}}
	in, err := why.input(args, streams.stdin)
	if err != nil {
		return err
	}
	defer in.close()
	a.stdin = slices.Contains(args, "-")
	log, err := readLog(in, streams.stderr)
	if err != nil {
		return unreadable(err, "")
	}
	if err := log.empty(in); err != nil {
		return err
	}
	m, err := f.machine(name)
	if err != nil {
		return err
	}
	m.enforce()
	w := newWhyAnswer(access.NewDecider(p), m, log)
	w.policyName, w.repeat, w.input = name, f.repeat(), in
	if !f.foreign() {
		w.system = why.system()
	}
	w.diagnose(&why)
	return a.choose(w, f, args)
}

// choose takes the question of the most frequent denial that is refused today,
// else of one that is not.
func (a *fixAnswer) choose(w *whyAnswer, f *fixFlags, args []string) error {
	var refused, allowed []*canAnswer
	var seen []string
	for i := range w.items {
		it := &w.items[i]
		c := w.can(it)
		if c == nil && it.denial != nil && it.denial.Question != nil {
			c = w.asked(it.denial.Question)
		} else if c == nil && it.symptom != nil && it.symptom.Question != nil {
			c = w.asked(it.symptom.Question)
		}
		if c == nil || c.answer.Verdict == "" {
			continue
		}
		text := (&fixAnswer{can: c}).question().String()
		if slices.Contains(seen, text) {
			continue
		}
		seen = append(seen, text)
		if c.answer.Verdict == network.Denied {
			refused = append(refused, c)
		} else {
			allowed = append(allowed, c)
		}
	}
	list := refused
	if len(list) == 0 {
		list = allowed
	}
	if len(list) == 0 {
		next := "senet why - explains what was read"
		if !slices.Contains(args, "-") {
			next = "senet why explains: senet why " + shellWords(args)
		}
		return unreadable(errors.New("no denial of an operation on a port whose number is known, which is what fixes are for"), next)
	}
	a.can = list[0]
	for _, c := range refused[min(1, len(refused)):] {
		a.others = append(a.others, (&fixAnswer{can: c}).question())
	}
	if len(a.others) > 0 && (f.apply != "" || f.plan > 0) {
		return usage(errors.New("more than one operation was refused"), "one at a time:\n       "+strings.Join(a.commands(f), "\n       "))
	}
	return nil
}

// maxOthers is how many further questions are listed.
const maxOthers = 9

// commands are the commands for each of the questions.
func (a *fixAnswer) commands(f *fixFlags) []string {
	list := []string{"senet fix " + a.question().String() + f.repeat()}
	for i, q := range a.others {
		if i == maxOthers {
			return append(list, "and "+number(len(a.others)-i)+" more")
		}
		list = append(list, "senet fix "+q.String()+f.repeat())
	}
	return list
}

// shellWords quotes arguments that a shell would split.
func shellWords(args []string) string {
	list := make([]string, len(args))
	for i, arg := range args {
		list[i] = arg
		if strings.ContainsAny(arg, " '\"\\$`&;|<>*?()[]{}!#~\n\t") {
			list[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
	}
	return strings.Join(list, " ")
}
