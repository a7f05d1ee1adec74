package incident

import (
	"net/netip"
	"time"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A Finding is equal denials, SELINUX_ERR records or complaints of programs, with the answer of
// today's policy.
type Finding struct {
	// Event is the example: the first of its kind, or the one that says most. AVC
	// is the denial in it, Error the SELINUX_ERR record; both are nil for a
	// program's complaint, which is Event.Symptom.
	Event *audit.Event
	AVC   *audit.AVC
	Error *audit.SELinuxError

	Count int64
	// OnlyLogged is the number of them that were logged with permissive=1: the operation went
	// ahead.
	OnlyLogged  int64
	First, Last time.Time
	// YearAssumed says that no line tells the year of First, or of Last.
	YearAssumed bool
	// Commands are names of the programs and Objects of files, the first few;
	// MoreObjects says that there were others.
	Commands    []string
	Objects     []string
	MoreObjects bool
	// Complaints are the messages that programs logged themselves about a denial.
	Complaints []Complaint

	// Denial is the answer of today for a denial or a SELINUX_ERR record, Symptom
	// that for a complaint. One of them is set.
	Denial  *diagnose.Diagnosis
	Symptom *diagnose.SymptomDiagnosis
	// Whole is the operation as a whole, with all layers, where the record or the
	// line says enough to ask for it: an operation on a port; else nil.
	Whole *Whole
	// Switches are settings of booleans; each of them alone would allow the operation: all of the
	// operation where it is known.
	Switches [][]policy.BoolSetting
	// Chances are booleans that would allow the operation of a program whose domain the line does
	// not name; at most four.
	Chances []Chance
	// Fix is the change that comes first; its Way is "" if nothing is refused today or not enough
	// is known.
	Fix Fix
}

// A Whole is an operation as a whole, as it was asked, and the answer.
type Whole struct {
	Question network.Question
	Answer   network.Answer
}

// A Complaint is a message that a program logged about a denial.
type Complaint struct {
	audit.SymptomGroup
	// Vague says that neither the line nor the program's configuration has the
	// port: it is about the only denial that it can be about.
	Vague bool
}

// Verdict is the verdict on the operation today.
func (f *Finding) Verdict() diagnose.Verdict {
	if f.Symptom != nil {
		return f.Symptom.Verdict
	}
	return f.Denial.Verdict
}

// Refused returns the operation as a whole where it is refused today, nil where
// it is allowed, or is not known.
func (f *Finding) Refused() *Whole {
	if f.Whole == nil || f.Whole.Answer.Verdict != network.Denied {
		return nil
	}
	switch d := f.Denial; {
	case d == nil && f.Symptom.Verdict == diagnose.StillDenied:
		return f.Whole
	case d != nil && (d.Verdict == diagnose.StillDenied || d.Verdict == diagnose.NowAllowed && d.Blocked()):
		return f.Whole
	}
	return nil
}

// StillRefused reports whether a record's operation is refused today, for its own
// reason or another.
func (f *Finding) StillRefused() bool {
	return f.Verdict() == diagnose.StillDenied || f.Denial != nil && f.Denial.Verdict == diagnose.NowAllowed &&
		f.Denial.Blocked()
}

// Explained reports whether the finding was understood and the policy could answer it.
func (f *Finding) Explained() bool {
	if f.Symptom != nil {
		return f.Symptom.Explained()
	}
	return f.Denial.Explained()
}

// Operations returns the operations on ports that findings are about, each once, the
// most frequent first: those that are refused today, and the others.
func (r *Report) Operations() (refused, others []*Whole) {
	type key struct {
		subject   policy.Context
		operation network.Operation
		protocol  network.Protocol
		addr      netip.Addr
		port      uint16
	}
	seen := make(map[key]bool)
	for i := range r.Findings {
		w := r.Findings[i].Whole
		if w == nil {
			continue
		}
		q := &w.Question
		k := key{q.Subject, q.Operation, q.Protocol, q.Addr, q.Port}
		switch {
		case seen[k]:
		case w.Answer.Verdict == network.Denied:
			refused = append(refused, w)
		default:
			others = append(others, w)
		}
		seen[k] = true
	}
	return refused, others
}
