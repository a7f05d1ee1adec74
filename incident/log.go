package incident

import (
	"cmp"
	"io"
	"slices"
	"time"

	"github.com/senet-selinux/senet/audit"
)

// A Log holds the contents of a log: equal events form one group, and everything is counted.
type Log struct {
	// Stats counts lines, records and input that could not be read.
	Stats audit.Stats
	// Errors are the SELINUX_ERR records, the most frequent first.
	Errors []ErrorGroup
	// Changes are the logged changes of the policy, booleans and local records, in a fixed order.
	Changes []ChangeGroup
	// Changed is the time of the last change that can affect a verdict: a policy load or a boolean.
	// It is zero if there is none.
	Changed time.Time
	// Vague counts the reports of setroubleshoot without contexts and with too few facts for a
	// symptom.
	Vague int64
	// Listed are the files of listings with labels: see [audit.Reader.Listed].
	Listed []audit.Listed
	// Units are settings of units in the log: see [audit.Reader.UnitSettings].
	Units []audit.UnitSetting
	// Remarks are lines about SELinux itself that are no denials: see [audit.Reader.Remarks].
	Remarks []audit.Remark
	// Done are the remedies that the text has as done: see [audit.Reader.Done].
	Done []audit.Done
	// Prose is what the words around the records tell: see [audit.Reader.Prose].
	Prose audit.Prose
	// Verdicts are what the text has of the policy of its host: see [audit.Reader.HostVerdicts].
	Verdicts []audit.HostVerdict
	// OtherErrors counts SELINUX_ERR records beyond the largest number of groups.
	OtherErrors int64
	// Rules counts the rules that audit2allow writes for denials, without those that have a record in the log.
	// OtherRules counts the rules beyond the largest number.
	Rules, OtherRules int64
	// Loaded counts the sources, targets and classes of rules that the text has as loaded already, beside what it
	// complains of.
	Loaded int64

	folder     *audit.Folder
	errorIndex map[errorKey]int
	changes    map[Change]int64
	rules      []*audit.Event // until the end of the log, in its order
	ruleIndex  map[triple]int
	ruleChecks int64 // how many denials the rules are for
}

// Read reads a log to its end. If reading fails, it returns the part before the error, and the
// error.
func Read(r io.Reader, o audit.Options) (*Log, error) {
	return ReadInto(r, o, audit.FolderOptions{})
}

// ReadInto reads a log as Read does, with the options groups for the number of denials kept.
func ReadInto(r io.Reader, o audit.Options, groups audit.FolderOptions) (*Log, error) {
	log := &Log{folder: groups.New(), errorIndex: make(map[errorKey]int), changes: make(map[Change]int64),
		ruleIndex: make(map[triple]int)}
	reader := audit.NewReader(r, o)
	var failed error
	for e, err := range reader.Fold(log.folder) {
		if err != nil {
			failed = err
			break
		}
		log.add(e)
	}
	repeated := log.Stats.Duplicates
	log.Stats, log.Listed, log.Units = reader.Stats(), reader.Listed(), reader.UnitSettings()
	log.Remarks, log.Done = reader.Remarks(), reader.Done()
	log.Prose = reader.Prose()
	log.Verdicts = reader.HostVerdicts()
	log.Stats.Duplicates += repeated
	log.foldRules()
	slices.SortStableFunc(log.Errors, func(a, b ErrorGroup) int { return cmp.Compare(b.Count, a.Count) })
	for c, n := range log.changes {
		log.Changes = append(log.Changes, ChangeGroup{c, n})
	}
	slices.SortFunc(log.Changes, func(a, b ChangeGroup) int { return compareChanges(&a.Change, &b.Change) })
	return log, failed
}

// add keeps those records of an event that the folder does not count.
func (log *Log) add(e *audit.Event) {
	if e.Report != nil {
		if _, whole := e.Report.AVC(); !whole {
			log.addReport(e)
		}
	}
	if e.Rule != nil {
		log.addRule(e)
	}
	for i := range e.Errors {
		log.addError(e, i)
	}
	for i := range e.Changes {
		c := changeOf(&e.Changes[i])
		log.changes[c]++
		if (c.Kind == PolicyLoaded || c.Kind == BooleanSet) && e.Time.After(log.Changed) {
			log.Changed = e.Time
		}
	}
}

// Kinds are the kinds of denials and granted accesses: denials that differ only in the port have
// the same kind.
func (log *Log) Kinds() []audit.Kind { return log.folder.Kinds() }

// Granted are the accesses logged by auditallow rules, the most frequent first.
func (log *Log) Granted() []audit.Group {
	return slices.AppendSeq([]audit.Group{}, log.folder.Groups(audit.Granted))
}

// Groups is the largest number of groups of denials, and of granted accesses.
func (log *Log) Groups() int { return log.folder.Len() }

// Dropped counts the denials and complaints beyond the largest number of groups.
func (log *Log) Dropped() audit.Dropped { return log.folder.Dropped() }

// Others counts denials, rules and SELINUX_ERR records beyond the largest number of groups.
func (log *Log) Others() int64 { return log.folder.Others() + log.OtherErrors + log.OtherRules }

// Refused counts what SELinux refused, or would have refused if it were enforcing: denials and
// SELINUX_ERR records. What programs complain of is not counted: SELinux need not be the reason.
func (log *Log) Refused() int64 {
	d := log.Dropped()
	n := d.Denials + d.UnknownDenials + log.OtherErrors + log.OtherRules
	for g := range log.folder.Groups(audit.Denied) {
		n += g.Count
	}
	for i := range log.Errors {
		n += log.Errors[i].Count
	}
	return n
}

// Empty reports whether nothing in the log concerns SELinux or a refusal.
func (log *Log) Empty() bool {
	st := &log.Stats
	return st.Events == 0 && st.MalformedCount() == 0 && st.Early == 0 && st.Lost == 0 && st.Listed == 0 &&
		!slices.ContainsFunc(log.Remarks, ofTool)
}

// addReport turns a report of setroubleshoot without contexts into a symptom, if it has enough
// facts.
func (log *Log) addReport(e *audit.Event) {
	s := reportSymptom(e.Report)
	if s == nil {
		log.Vague++
		return
	}
	out := *e
	out.Report, out.AVCs, out.Symptom = nil, nil, s
	log.folder.Add(&out)
}
