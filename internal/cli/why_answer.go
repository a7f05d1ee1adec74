package cli

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
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
	// items are the kinds of what was refused that are diagnosed, the most frequent
	// first; hidden is how many are not.
	items  []whyItem
	hidden int
	// All that was refused, shown or not.
	denials, errors, complaints int64
	// said are the complaints of programs about what a denial is about as well.
	said map[audit.Signature][]complaint
	// unknown counts the kinds of which the policy lacks a name.
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
	objects     []string // names of files
	moreObjects bool     // than these
	denial      *diagnose.Diagnosis
	symptom     *diagnose.SymptomDiagnosis
	fixes       *fixAnswer
	complaints  []complaint
	refused     *canAnswer // what can returns, once refusedDone
	refusedDone bool
}

func newWhyAnswer(d *access.Decider, m machine, log *whyLog) *whyAnswer {
	return &whyAnswer{p: d.Policy(), d: d, machine: m, diagnoser: diagnose.New(d, m.facts), log: log}
}

// collect takes the items that will be printed, at most limit, and counts the
// others.
func (a *whyAnswer) collect(limit int) {
	folder := a.log.folder
	kinds := 0
	for _, k := range folder.Kinds() {
		if k.Signature.Result != audit.Granted {
			kinds += k.Groups
			a.denials += k.Count
		}
	}
	symptoms := a.join(folder.Symptoms())
	for i := range a.log.errors {
		a.errors += a.log.errors[i].count
	}
	a.hidden = kinds + len(a.log.errors) + len(symptoms)
	for _, g := range folder.Top(audit.Denied, limit) {
		e, index := g.Example()
		it := whyItem{event: e, count: g.Count, permissive: g.OnlyLogged, first: g.First, last: g.Last, comms: g.Commands, objects: g.Objects, moreObjects: g.MoreObjects}
		if index >= 0 {
			it.avc = &e.AVCs[index]
		} else {
			avc, _ := e.Report.AVC() // it was counted because it has all of one
			it.avc = &avc
		}
		it.complaints = a.said[g.Signature]
		a.items = append(a.items, it)
	}
	for i := range a.log.errors[:min(limit, len(a.log.errors))] {
		g := &a.log.errors[i]
		a.items = append(a.items, whyItem{event: g.example, err: &g.example.Errors[g.index], count: g.count, first: g.first, last: g.last})
	}
	for i := range symptoms[:min(limit, len(symptoms))] {
		g := &symptoms[i]
		a.items = append(a.items, whyItem{event: g.Example, count: g.Count, first: g.First, last: g.Last})
	}
	slices.SortStableFunc(a.items, func(x, y whyItem) int { return cmp.Compare(y.count, x.count) })
	a.items = a.items[:min(limit, len(a.items))]
	a.hidden -= len(a.items)
}

// The number of items that are printed unless all are asked for; and the
// number of problems and of denials up to which the costs of fixes are looked for
// unasked, which takes far longer than all else.
const (
	whyShown  = 10
	whyFixed  = 3
	whyCosted = 1000
)

// diagnose asks the policy about the items that will be printed.
func (a *whyAnswer) diagnose(f *whyFlags) {
	limit := whyShown
	if f.all || f.allow != "" {
		limit = math.MaxInt
	}
	a.collect(limit)
	a.unknown = a.unknownKinds()
	sources := a.sources()
	a.d.Expect(sources...)
	a.diagnoseDenials(sources)
	problems := 0
	for i := range a.items {
		it := &a.items[i]
		switch {
		case it.avc != nil:
			if !a.diagnoser.Knows(it.avc) {
				a.unknown-- // counted with the others of its kind
			}
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
	if f.fix || problems <= whyFixed && a.denials+a.complaints <= whyCosted && !f.output.quiet && f.allow == "" {
		a.findFixes()
	}
}

// diagnoseDenials asks about the denials, on all processors: the first questions of
// a policy cost the most. A Decider is for one goroutine, its policy for all.
func (a *whyAnswer) diagnoseDenials(sources []policy.TypeID) {
	var next atomic.Int64
	var workers sync.WaitGroup
	ask := func(d *access.Decider, g *diagnose.Diagnoser) {
		for i := next.Add(1) - 1; i < int64(len(a.items)); i = next.Add(1) - 1 {
			if it := &a.items[i]; it.avc != nil {
				it.denial = g.AVC(it.event, it.avc)
				a.askWhole(d, it)
			}
		}
	}
	for range min(runtime.GOMAXPROCS(0), len(a.items)) - 1 {
		workers.Add(1)
		go func() {
			defer workers.Done()
			d := access.NewDecider(a.p)
			d.Expect(sources...)
			ask(d, diagnose.New(d, a.machine.facts))
		}()
	}
	ask(a.d, a.diagnoser)
	workers.Wait()
}

// sources are the types of those that were refused something.
func (a *whyAnswer) sources() []policy.TypeID {
	var list []policy.TypeID
	for i := range a.items {
		if avc := a.items[i].avc; avc != nil {
			if id, ok := a.p.Type(audit.ContextType(avc.SContext)); ok && !slices.Contains(list, id) {
				list = append(list, id)
			}
		}
	}
	return list
}

// unknownKinds counts the denials, folded, of which the policy lacks a type.
func (a *whyAnswer) unknownKinds() int {
	n := 0
	known := make(map[string]bool)
	has := func(name string) bool {
		ok, asked := known[name]
		if !asked {
			_, ok = a.p.Type(name)
			known[name] = ok
		}
		return ok
	}
	for _, k := range a.log.folder.Kinds() {
		if s := &k.Signature; s.Result != audit.Granted && (!has(s.SourceType) || !has(s.TargetType)) {
			n += k.Groups
		}
	}
	return n
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
	known := make(map[fixKey]*remedy.Fix)
	for i := range a.items {
		it := &a.items[i]
		q := a.can(it)
		if q == nil {
			continue
		}
		key := fixKey{a.p.FormatContext(q.subject.Context), a.p.FormatContext(q.answer.Port.Context), q.op, q.target.protocol, q.target.addr.String(), q.answer.Port.Record,
			q.port < a.machine.facts.UnprivilegedPortStart, a.machine.facts.LocalPorts.Contains(q.port)}
		fix, ok := known[key]
		if !ok {
			best, found, err := remedy.Best(a.d, remedy.Problem{Question: q.question(), Name: a.p.TypeName(subjectType(q))})
			if err != nil {
				continue
			}
			if found {
				fix = &best
			}
			known[key] = fix
		}
		it.fixes = &fixAnswer{can: q}
		if fix != nil {
			it.fixes.fixes = []remedy.Fix{*fix}
		}
	}
}

// can returns the question whether the operation of an item succeeds, where it
// is one on a port that is refused; else nil.
func (a *whyAnswer) can(it *whyItem) *canAnswer {
	if !it.refusedDone {
		a.askWhole(a.d, it)
	}
	return it.refused
}

// askWhole asks a Decider for the whole operation of an item, as senet can does.
func (a *whyAnswer) askWhole(decider *access.Decider, it *whyItem) {
	it.refusedDone = true
	var q *network.Question
	switch d := it.denial; {
	case d != nil && (d.Verdict == diagnose.StillDenied || d.Verdict == diagnose.NowAllowed && d.Blocked()):
		q = d.Question
	case it.symptom != nil && it.symptom.Verdict == diagnose.StillDenied:
		q = it.symptom.Question
	}
	if q == nil {
		return
	}
	if c := a.askedOf(decider, q); c.answer.Verdict == network.Denied {
		it.refused = c
	}
}

// asked asks a question as senet can does.
func (a *whyAnswer) asked(q *network.Question) *canAnswer { return a.askedOf(a.d, q) }

func (a *whyAnswer) askedOf(decider *access.Decider, q *network.Question) *canAnswer {
	c := a.question(q)
	var err error
	if c.answer, err = network.Ask(decider, c.question()); err != nil {
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
	return a.unknown == 0 && a.log.stats.MalformedCount() == 0 && a.log.vague == 0 && a.log.others == 0 && a.log.folder.Others() == 0
}
