package incident

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// Options choose the machine for the answers, and the amount of work.
type Options struct {
	// Machine is the template of every question: its Host, Strict, UserNamespace and
	// FastOpenUnchecked apply to all. SELinux counts as enforcing: the answer is the policy's.
	Machine network.Question
	// System is the system in which programs and files are looked up, nil if the policy's system is
	// not available.
	System *subject.System
	// Labels are the file contexts that belong to the policy, where System is nil; nil for
	// none.
	Labels *fcontext.Table
	// Limit is the number of findings to explain, the most frequent first; 0 for all.
	Limit int
	// Costs asks for the cost of the first fix, which takes far longer than all other work.
	Costs Costs
}

// Costs says for which findings the cost of the first fix is computed.
type Costs int

// The values of Costs. CostsOfFew computes them if at most three findings, with at most a thousand
// denials, are about a port, and for at most 16 other findings, which take less time.
const (
	NoCosts Costs = iota
	CostsOfFew
	AllCosts
)

const (
	fewProblems = 3
	fewAccesses = 16
	fewDenials  = 1000
)

// A Report is a log with the policy's answers.
type Report struct {
	// Connects is the one daemon whose network connections a text without any record names, and ConnectsAs its domain;
	// "" for none.
	Connects, ConnectsAs string
	Log                  *Log
	// Findings are sorted, the most frequent first. Hidden is the number of findings beyond
	// Options.Limit.
	Findings []Finding
	Hidden   int
	// Denials, Errors and Complaints count records and lines, including those of hidden findings;
	// Complaints does not count those shown with a denial. Granted counts records of auditallow
	// rules, and Rules the rules of audit2allow without a record in the log.
	Denials, Errors, Complaints, Granted, Rules int64
	// Unknown is the number of findings, including hidden ones, without an answer: a name is
	// missing in the policy, or the line does not have all facts.
	Unknown int
	// Labels are what listings tell of labels, where the log has nothing else to explain; else nil.
	Labels *Labels
	// Remarks are lines about SELinux itself that tell what the findings do not.
	Remarks []audit.Remark
	// CostAccesses says that Options.Costs also asks for the first fix of findings that are not
	// about a port. They are not in the report: senet.Session.AccessFixesOf finds them.
	CostAccesses bool

	labels func() *fcontext.Table
}

// FileSpec returns a pattern for paths as an entry of file_contexts needs it, after the equivalences of the system's
// paths: see [fcontext.Table.FileSpec].
func (r *Report) FileSpec(pattern string) string {
	if r.labels != nil {
		if table := r.labels(); table != nil {
			return table.FileSpec(pattern)
		}
	}
	return pattern
}

// LabelAt returns the label that file_contexts has for a path of a file or a directory, and the line that has it; ""
// for none.
func (r *Report) LabelAt(name, class string) (context, from string) {
	kind := byte('-')
	if class == "dir" {
		kind = 'd'
	}
	if r.labels == nil || !strings.HasPrefix(name, "/") {
		return "", ""
	}
	table := r.labels()
	if table == nil {
		return "", ""
	}
	m, err := table.Lookup(name, kind)
	if err != nil || m.Context == fcontext.None || len(m.Unsupported) > 0 {
		return "", ""
	}
	return m.Context, fmt.Sprintf("%s:%d", m.File, m.Line)
}

// Complete reports whether everything in the log was understood.
func (r *Report) Complete() bool {
	return r.Unknown == 0 && r.Log.Stats.MalformedCount() == 0 && r.Log.Vague == 0 && r.Log.Others() == 0
}

// Denied reports whether any finding is refused today.
func (r *Report) Denied() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.StillRefused() })
}

// Explain asks the Decider's policy about the contents of a log.
func Explain(d *access.Decider, log *Log, o Options) *Report {
	o.Machine.Host.Enforcing = true
	x := &examination{d: d, p: d.Policy(), log: log, machine: o.Machine, report: &Report{Log: log}}
	if o.System != nil {
		sys := o.System.Keep()
		x.system = &sys
	}
	x.labels = o.Labels
	x.report.labels = func() *fcontext.Table {
		if o.System != nil {
			table, _ := x.system.FileContexts()
			return table
		}
		return o.Labels
	}
	x.diagnoser = x.diagnoserOf(d)
	limit := o.Limit
	if limit <= 0 {
		limit = math.MaxInt
	}
	x.collect(limit)
	x.ask()
	r := x.report
	if prose := &log.Prose; len(r.Findings) == 0 && prose.Connects && prose.SELinux {
		if name, domain, ok := x.diagnoser.Daemon(prose.Words); ok {
			r.Connects, r.ConnectsAs = name, domain.Name
		}
	}
	r.Labels, r.Remarks = x.listed(), x.remarks()
	r.Unknown = x.unknownKinds() - x.joined
	problems, accesses := 0, 0
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.AVC != nil && f.Event.Symptom == nil && !x.diagnoser.Knows(f.AVC) {
			r.Unknown-- // it was counted with the others of its kind
		}
		if !f.Explained() {
			r.Unknown++
		}
		if f.Refused() != nil {
			problems++
		} else if f.StillRefused() || f.Verdict() == diagnose.OnlyLogged {
			accesses++
		}
	}
	costs := func(problems, few int) bool {
		return o.Costs == AllCosts || o.Costs == CostsOfFew && problems <= few &&
			r.Denials+r.Rules+r.Complaints <= fewDenials
	}
	if r.CostAccesses = costs(accesses, fewAccesses); costs(problems, fewProblems) {
		x.costs()
	}
	return r
}

// An examination is the work of Explain on one log.
type examination struct {
	d         *access.Decider
	p         *policy.Policy
	diagnoser *diagnose.Diagnoser
	log       *Log
	machine   network.Question
	system    *subject.System
	labels    *fcontext.Table
	report    *Report
	// said holds the complaints of programs about an operation with a denial in the same log.
	said map[audit.Signature][]Complaint
	// domains are the domains of processes by their names in the records, nil until they are needed.
	domains map[string]string
	// files is the index of the denials of files, nil until it is needed.
	files *fileIndex
	// joined is the number of kinds with an unknown type that are a part of another finding.
	joined int
	// only says that the log has one denial alone.
	only bool
}

// collect collects the findings to explain, at most limit, and counts the others.
func (x *examination) collect(limit int) {
	log, r := x.log, x.report
	kinds := 0
	for _, k := range log.Kinds() {
		if k.Signature.Result == audit.Granted {
			r.Granted += k.Count
			continue
		}
		kinds += k.Groups
		r.Denials += k.Count
	}
	r.Rules, r.Denials = log.Rules, max(0, r.Denials-log.ruleChecks)
	symptoms := x.reported(x.join(log.folder.Symptoms()))
	for i := range log.Errors {
		r.Errors += log.Errors[i].Count
	}
	for _, g := range log.folder.Top(audit.Denied, limit) {
		r.Findings = append(r.Findings, x.denial(&g))
	}
	for i := range log.Errors[:min(limit, len(log.Errors))] {
		g := &log.Errors[i]
		r.Findings = append(r.Findings, Finding{Event: g.Example, Error: &g.Example.Errors[g.Index], Count: g.Count,
			First: g.First, Last: g.Last,
			YearAssumed: g.Example.YearAssumed})
	}
	for i := range symptoms[:min(limit, len(symptoms))] {
		s := &symptoms[i]
		f := Finding{Event: s.Example, Symptom: s.diagnosis, Count: s.Count, First: s.First, Last: s.Last,
			YearAssumed: s.Example.YearAssumed, Complaints: s.same}
		if s.Example.Symptom.Label != "" {
			avc := wordsOf(s.Example)
			f.Symptom, f.AVC, f.Objects = nil, &avc, []string{avc.Path}
		}
		r.Findings = append(r.Findings, f)
	}
	for i := range r.Findings {
		r.Findings[i].Unrelated = unrelated(&r.Findings[i], log.Prose.Unrelated)
	}
	fails := len(log.Prose.Failures) > 0
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(order(a.Unrelated, b.Unrelated), order(fails && looks(&a), fails && looks(&b)),
			cmp.Compare(b.Count, a.Count))
	})
	r.Findings = r.Findings[:min(limit, len(r.Findings))]
	r.Hidden = kinds + len(log.Errors) + len(symptoms) - len(r.Findings)
}

func (x *examination) denial(g *audit.Group) Finding {
	e, index := g.Example()
	f := Finding{
		Event: e, Count: g.Count, OnlyLogged: g.OnlyLogged, First: g.First, Last: g.Last, YearAssumed: g.YearAssumed,
		Commands: g.Commands, Objects: g.Objects, MoreObjects: g.MoreObjects, Complaints: x.said[g.Signature],
		There: x.log.verdictOn(&g.Signature, e.Report),
	}
	if index >= 0 {
		f.AVC = &e.AVCs[index]
	} else {
		avc := wordsOf(e)
		f.AVC = &avc
	}
	return f
}

// wordsOf returns the denial of an event whose denial is in the words of a report, of a rule, or of Android's init
// about a program that it would have to run in its own domain.
func wordsOf(e *audit.Event) audit.AVC {
	if s := e.Symptom; s != nil {
		return audit.AVC{SContext: s.Source, TContext: s.Label, TClass: "file", Path: s.Path,
			Permissions: []string{"execute_no_trans"}, Comm: s.Program, Text: s.Text}
	}
	if e.Rule != nil {
		return e.Rule.AVC()
	}
	avc, _ := e.Report.AVC() // it is in a group, so it has all fields of one
	return avc
}

// diagnoserOf returns a Diagnoser that knows the system and what the log tells beside its records.
func (x *examination) diagnoserOf(d *access.Decider) *diagnose.Diagnoser {
	return diagnose.New(d, x.machine).In(x.system).Labels(x.labels).Units(x.log.Units).Around(x.log.Prose).
		Patcher(x.log.Stats.Patcher).Seen(x.log.Listed)
}

// ask asks the policy about all findings, on all processors: the first questions to a policy take
// the longest. Each goroutine has its own Decider; they share the policy.
func (x *examination) ask() {
	var next atomic.Int64
	var workers sync.WaitGroup
	findings, paths := x.report.Findings, x.paths()
	x.only = x.onlyOne()
	ask := func(d *access.Decider, g *diagnose.Diagnoser) {
		for i := next.Add(1) - 1; i < int64(len(findings)); i = next.Add(1) - 1 {
			x.askOne(d, g, &findings[i], paths)
		}
	}
	for range min(runtime.GOMAXPROCS(0), len(findings)) - 1 {
		workers.Add(1)
		go func() {
			defer workers.Done()
			d := access.NewDecider(x.p)
			ask(d, x.diagnoserOf(d))
		}()
	}
	ask(x.d, x.diagnoser)
	workers.Wait()
	neededToo(findings)
	beside(findings)
	unchanged(findings)
	ofLoginShell(findings)
	x.merge(x.d)
}

func (x *examination) askOne(d *access.Decider, g *diagnose.Diagnoser, f *Finding, paths map[inode]string) {
	switch {
	case f.AVC != nil:
		if path := pathOf(f, paths); path != "" {
			avc := *f.AVC
			avc.Path = path
			f.AVC = &avc
		}
		avc, from := told(f), "the path is the one that the program names: where a part of it is a link (ls -l), the "+
			"file that it leads to is meant"
		if avc == f.AVC {
			avc, from = x.placed(f)
		}
		f.Denial = g.AVC(f.Event, avc)
		if avc != f.AVC && f.Denial.File != nil {
			if len(f.Complaints) == 0 {
				from += ": " + avc.Path
			}
			f.Denial.Notes = append(f.Denial.Notes, diagnose.Note{Code: diagnose.NoteMeaning, Text: from})
		}
		f.fails = failsFor(f, x.log.Prose.Failures, x.only)
		x.engines(f)
		f.Denial.Optional = f.Denial.Optional && !complained(f)
	case f.Error != nil:
		f.Denial = g.Error(f.Event, f.Error)
	case f.Symptom == nil:
		f.Symptom = g.Symptom(f.Event)
	}
	f.Whole = whole(d, f)
	f.Maybe = maybe(d, f)
	f.Switches = switches(d, f)
	if f.Symptom != nil {
		f.Chances = chances(d, f.Symptom)
	}
	f.Fix = firstFix(d, f)
}

// whole asks about the whole operation of a finding.
func whole(d *access.Decider, f *Finding) *Whole {
	if f.Symptom != nil {
		if f.Symptom.Question == nil {
			return nil
		}
		return &Whole{*f.Symptom.Question, *f.Symptom.Answer}
	}
	if f.Denial.Question == nil {
		return nil
	}
	answer, err := network.Ask(d, *f.Denial.Question)
	if err != nil {
		return nil
	}
	answer.Assumptions = append(answer.Assumptions, f.Denial.Assumptions...)
	return &Whole{*f.Denial.Question, answer}
}

// maybe asks about the operations of a finding without a port.
func maybe(d *access.Decider, f *Finding) (list []Whole) {
	if f.Whole != nil {
		return nil
	}
	var candidates []diagnose.Candidate
	if f.Symptom != nil {
		candidates = f.Symptom.Candidates
	} else {
		candidates = f.Denial.Candidates
	}
	candidates = diagnose.Refused(candidates)
	for i := range candidates {
		c := &candidates[i]
		answer, err := network.Ask(d, c.Question)
		if err != nil {
			continue
		}
		why := fmt.Sprintf("one of %d that the policy refuses", len(candidates))
		answer.Assumptions = append(answer.Assumptions, c.Assume(why))
		list = append(list, Whole{c.Question, answer})
	}
	return list
}

// onlyOne reports whether the log has one denial alone, and no complaint of the kernel beside it.
func (x *examination) onlyOne() bool {
	kinds := x.log.Kinds()
	return len(kinds) == 1 && kinds[0].Groups == 1 && len(x.log.Errors) == 0
}

// unknownKinds counts the kinds of denials with a type that the policy lacks.
func (x *examination) unknownKinds() int {
	n := 0
	known := make(map[string]bool)
	has := func(name string) bool {
		ok, asked := known[name]
		if !asked {
			ok = x.diagnoser.HasType(name)
			known[name] = ok
		}
		return ok
	}
	for _, k := range x.log.Kinds() {
		if s := &k.Signature; s.Result != audit.Granted && (!has(s.SourceType) || !has(s.TargetType)) {
			n += k.Groups
		}
	}
	return n
}
