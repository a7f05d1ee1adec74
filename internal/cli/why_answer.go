package cli

import (
	"cmp"
	"slices"
	"time"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// A whyAnswer is a log with what the policy says of it.
type whyAnswer struct {
	policyName string
	repeat     string // the flags that ask the same policy and machine again
	// policyRepeat are those that ask the same policy, for commands that take no
	// machine.
	policyRepeat string
	input        *whyInput
	p            *policy.Policy
	d            *access.Decider
	machine      machine
	diagnoser    *diagnose.Diagnoser
	system       *subject.System // nil where the policy is not this machine's
	log          *whyLog
	// items is everything that was refused, the most frequent first; the first
	// shown of them have been diagnosed.
	items   []whyItem
	shown   int
	granted []audit.Group
	// unknown counts the items of which the policy lacks a name.
	unknown int
}

// A whyItem is equal denials, SELINUX_ERR records or symptoms.
type whyItem struct {
	event       *audit.Event
	avc         *audit.AVC          // nil for the others
	err         *audit.SELinuxError // nil for the others
	count       int64
	permissive  int64 // of these, how many were only logged
	first, last time.Time
	comms       []string
	denial      *diagnose.Diagnosis
	symptom     *diagnose.SymptomDiagnosis
	fixes       *fixAnswer
	refused     *canAnswer // what can returns, once refusedDone
	refusedDone bool
}

func newWhyAnswer(d *access.Decider, m machine, log *whyLog) *whyAnswer {
	a := &whyAnswer{p: d.Policy(), d: d, machine: m, diagnoser: diagnose.New(d, m.facts), log: log}
	a.addGroups()
	for i := range log.errors {
		g := &log.errors[i]
		a.items = append(a.items, whyItem{event: g.example, err: &g.example.Errors[g.index], count: g.count, first: g.first, last: g.last})
	}
	for i := range log.folded.Symptoms {
		g := &log.folded.Symptoms[i]
		a.items = append(a.items, whyItem{event: g.Example, count: g.Count, first: g.First, last: g.Last})
	}
	slices.SortStableFunc(a.items, func(x, y whyItem) int { return cmp.Compare(y.count, x.count) })
	return a
}

// addGroups takes the denials. Those that differ only in the program's name, or
// in that they were only logged, have one cause and are one item.
func (a *whyAnswer) addGroups() {
	at := make(map[audit.Signature]int)
	for _, g := range a.log.folded.Groups {
		if g.Signature.Result == audit.Granted {
			a.granted = append(a.granted, g)
			continue
		}
		key := g.Signature
		key.Comm, key.Exe, key.Permissive = "", "", ""
		i, ok := at[key]
		if !ok {
			i = len(a.items)
			at[key] = i
			a.items = append(a.items, whyItem{event: g.Example, avc: &g.Example.AVCs[g.Index], first: g.First, last: g.Last})
		}
		a.items[i].add(&g)
	}
}

func (it *whyItem) add(g *audit.Group) {
	it.count += g.Count
	if g.Signature.Permissive == "yes" {
		it.permissive += g.Count
	}
	if it.event.Syscall == nil && g.Example.Syscall != nil {
		it.event, it.avc = g.Example, &g.Example.AVCs[g.Index] // it says more
	}
	if it.first.IsZero() || !g.First.IsZero() && g.First.Before(it.first) {
		it.first = g.First
	}
	if g.Last.After(it.last) {
		it.last = g.Last
	}
	if c := g.Signature.Comm; c != "" && !slices.Contains(it.comms, c) {
		it.comms = append(it.comms, c)
	}
}

// The number of items that are printed unless all are asked for, and of those
// up to which fixes are looked for unasked: that takes a tenth of a second each.
const (
	whyShown = 10
	whyFixed = 3
)

// diagnose asks the policy about the items that will be printed.
func (a *whyAnswer) diagnose(f *whyFlags) {
	a.shown = len(a.items)
	if !f.all && f.allow == "" {
		a.shown = min(a.shown, whyShown)
	}
	problems := 0
	for i := range a.items {
		it := &a.items[i]
		if i >= a.shown {
			if it.avc != nil && !a.diagnoser.Knows(it.avc) {
				a.unknown++
			}
			continue
		}
		switch {
		case it.avc != nil:
			it.denial = a.diagnoser.AVC(it.event, it.avc)
		case it.err != nil:
			it.denial = a.diagnoser.Error(it.err)
		default:
			it.symptom = a.diagnoser.Symptom(it.event.Symptom, a.system)
		}
		if !it.explained() {
			a.unknown++
		}
		if a.can(it) != nil {
			problems++
		}
	}
	if f.fix || problems <= whyFixed && !f.output.quiet && f.allow == "" {
		a.findFixes()
	}
}

// A fixKey is what two problems with the same fixes have in common, apart from
// the port.
type fixKey struct {
	subject, label string
	op             network.Operation
	protocol       network.Protocol
	addr           string
	record         int
	// Conditions of the host tell ports with one label apart.
	privileged, local bool
}

// findFixes looks for the fixes of refused operations on ports. Ports with one
// label are one problem: the fixes differ in their names alone.
func (a *whyAnswer) findFixes() {
	known := make(map[fixKey][]remedy.Fix)
	for i := range a.items[:a.shown] {
		it := &a.items[i]
		q := a.can(it)
		if q == nil {
			continue
		}
		key := fixKey{a.p.FormatContext(q.subject.Context), a.p.FormatContext(q.answer.Port.Context), q.op, q.target.protocol, q.target.addr.String(), q.answer.Port.Record,
			q.port < a.machine.facts.UnprivilegedPortStart, a.machine.facts.LocalPorts.Contains(q.port)}
		fixes, ok := known[key]
		if !ok {
			r, err := remedy.Find(a.d, remedy.Problem{Question: q.question(), Name: a.p.TypeName(subjectType(q))})
			if err != nil {
				continue
			}
			fixes = r.Fixes
			known[key] = fixes
		}
		it.fixes = &fixAnswer{can: q, fixes: fixes}
	}
}

// can returns the question whether the operation of an item succeeds, where it
// is one on a port that is refused; else nil.
func (a *whyAnswer) can(it *whyItem) *canAnswer {
	if it.refusedDone {
		return it.refused
	}
	it.refusedDone = true
	var q *network.Question
	switch d := it.denial; {
	case d != nil && (d.Verdict == diagnose.StillDenied || d.Verdict == diagnose.NowAllowed && d.Blocked()):
		q = d.Question
	case it.symptom != nil && it.symptom.Verdict == diagnose.StillDenied:
		q = it.symptom.Question
	}
	if q == nil {
		return nil
	}
	if c := a.asked(q); c.answer.Verdict == network.Denied {
		it.refused = c
	}
	return it.refused
}

// asked asks a question as senet can does.
func (a *whyAnswer) asked(q *network.Question) *canAnswer {
	c := a.question(q)
	var err error
	if c.answer, err = network.Ask(a.d, c.question()); err != nil {
		c.answer = network.Answer{}
	}
	return c
}

func (a *whyAnswer) question(q *network.Question) *canAnswer {
	return &canAnswer{
		policyName: a.policyName, p: a.p, d: a.d, machine: a.machine, repeat: a.repeat, subject: a.subjectOf(q.Subject), op: q.Operation,
		target: target{protocol: q.Protocol, addr: q.Addr, ports: reach.Interval{Low: q.Port, High: q.Port}}, port: q.Port,
	}
}

// subjectOf names a context as commands take it: by its type where that
// suffices.
func (a *whyAnswer) subjectOf(c policy.Context) subject.Subject {
	text := a.p.FormatContext(c)
	usual, ok := subject.FromType(a.p, policy.TypeID(c.Type))
	if ok && a.p.FormatContext(usual) == text {
		return subject.Subject{Name: a.p.TypeName(policy.TypeID(c.Type)), Context: c}
	}
	return subject.Subject{Name: text, Context: c}
}

func (it *whyItem) explained() bool {
	if it.symptom != nil {
		return explainedSymptom(it.symptom)
	}
	return it.denial.Explained()
}

// explained reports whether everything in the log was.
func (a *whyAnswer) explained() bool {
	return a.unknown == 0 && a.log.stats.MalformedCount() == 0 && a.log.vague == 0 && a.log.folded.Others == 0
}
