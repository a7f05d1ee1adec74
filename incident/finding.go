package incident

import (
	"net/netip"
	"time"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A Finding is a group of equal denials, SELINUX_ERR records or complaints of programs, with the
// answer of today's policy.
type Finding struct {
	// Event is the example: the first of its kind, or the one with the most facts. AVC is its
	// denial, Error its SELINUX_ERR record; both are nil for a program's complaint, which is
	// Event.Symptom.
	Event *audit.Event
	AVC   *audit.AVC
	Error *audit.SELinuxError

	Count int64
	// OnlyLogged is the number of those logged with permissive=1: the operation was not stopped.
	OnlyLogged  int64
	First, Last time.Time
	// YearAssumed says that no line has the year of First, or of Last.
	YearAssumed bool
	// Commands are the names of the first few programs, Objects those of the first few files;
	// MoreObjects says that there were others.
	Commands    []string
	Objects     []string
	MoreObjects bool
	// Behind is the program whose denial is to be answered first, as this one comes from it; "" for none.
	Behind string
	// Beside are the paths that records of the same domain and the same label on the same device name, if the record
	// of this file has none; at most eight.
	Beside []string
	// Complaints are messages about the denial that programs logged themselves.
	Complaints []Complaint

	fails      bool // the text says that something fails by it: see failsFor
	notStarted bool // see NotStarted
	// There is what the text has of the policy of its host about the denial; nil for nothing.
	There *audit.HostVerdict

	// Unrelated says that the words of the text call what the domain or the program was refused unrelated.
	Unrelated bool

	// Denial is today's answer for a denial or a SELINUX_ERR record, Symptom the one for a
	// complaint. One of them is set.
	Denial  *diagnose.Diagnosis
	Symptom *diagnose.SymptomDiagnosis
	// Whole is the whole operation with all layers, if the record or the line has enough facts for
	// the question: an operation on a port; else nil.
	Whole *Whole
	// Maybe are the operations that a line without a port may be about: those that the program's
	// configuration names and that are refused today, if there are several.
	Maybe []Whole
	// Switches are settings of booleans, each of which alone would allow the operation: the whole
	// operation, if it is known.
	Switches [][]policy.BoolSetting
	// Chances are booleans that would allow the operation of a program in an unknown domain; at
	// most four.
	Chances []Chance
	// Fix is the first change to make; its Way is "" if nothing is refused today, or if too little
	// is known.
	Fix Fix
}

// A Whole is the question about a whole operation, and the answer.
type Whole struct {
	Question network.Question
	Answer   network.Answer
}

// A Complaint is a message that a program logged about a denial.
type Complaint struct {
	audit.SymptomGroup
	// Vague says that neither the line nor the program's configuration has the port: the complaint
	// belongs to the only denial that fits.
	Vague bool
}

// Verdict is today's verdict on the operation.
func (f *Finding) Verdict() diagnose.Verdict {
	if f.Symptom != nil {
		return f.Symptom.Verdict
	}
	return f.Denial.Verdict
}

// Refused returns the whole operation if it is refused today, nil if it is allowed or not known.
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

// StillRefused reports whether a record's operation is refused today, for the same reason or
// another.
func (f *Finding) StillRefused() bool {
	return f.Verdict() == diagnose.StillDenied || f.Denial != nil && f.Denial.Verdict == diagnose.NowAllowed &&
		f.Denial.Blocked()
}

// Explained reports whether the policy could answer the finding.
func (f *Finding) Explained() bool {
	if f.Symptom != nil {
		return f.Symptom.Explained()
	}
	return f.Denial.Explained()
}

// Operations returns the port operations of the findings, each once, the most frequent first: those
// refused today, and the others.
func (r *Report) Operations() (refused, others []*Whole) {
	type key struct {
		subject   policy.Context
		operation network.Operation
		protocol  network.Protocol
		addr      netip.Addr
		port      uint16
	}
	seen := make(map[key]bool)
	add := func(w *Whole) {
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
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Whole != nil {
			add(f.Whole)
		}
		for j := range f.Maybe {
			add(&f.Maybe[j])
		}
	}
	return refused, others
}
