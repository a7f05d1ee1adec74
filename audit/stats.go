package audit

import (
	"bytes"
	"strings"
)

// The kinds of input that looked like denials or records but could not be read.
const (
	MalformedAVC    = "avc"    // an AVC without permissions, contexts or class: cut in the middle
	MalformedRecord = "record" // an audit record whose content does not fit its type
	MalformedJSON   = "json"   // JSON that does not parse, or an AVC in it without its parts
	MalformedLong   = "long"   // a line longer than Options.MaxLine
	// MalformedSummary is a denial in the form of ausearch --format csv and text: without contexts, class and
	// permission.
	MalformedSummary = "summary"
	// MalformedEmpty is a document of a shipper that says that it is an AVC, and has no field of it.
	MalformedEmpty = "empty"
)

// Stats counts what the input has. The counts grow while the events are read.
type Stats struct {
	Lines int64
	Bytes int64
	// Events is the number of events that were yielded.
	Events int64
	// Denied and Granted count AVC and USER_AVC records, Errors counts SELINUX_ERR records, and Changes counts
	// MAC_* records and notices. Reports and Symptoms count those that were yielded.
	Denied   int64
	Granted  int64
	Errors   int64
	Changes  int64
	Reports  int64
	Symptoms int64
	// Rules counts the rules of audit2allow. Whether each is for a denial of the same log is not known here.
	Rules int64
	// Other counts audit records of types that do not concern SELinux. Foreign counts records of other security
	// modules (AppArmor, Smack).
	Other   int64
	Foreign int64
	// Duplicates counts AVCs and reports that were left out because the same text came before in another form. The
	// journal has a denial both as its own message and in the kernel's log, and setroubleshoot repeats it.
	Duplicates int64
	// Early counts the AVCs of events before Options.Since, which were left out.
	Early int64
	// Listed counts the files of listings with labels: ls -Z, stat, restorecon, matchpathcon.
	Listed int64
	// Disabled says that a line of sestatus has SELinux disabled.
	Disabled bool
	// Unlogged says that a line of a text of people says that the audit log has nothing.
	Unlogged bool
	// Blamed says that a line of a text of people says that SELinux keeps something from being done. Mislabeled is the
	// first file that the plugin restorecon of setroubleshoot names, where nothing else reads its lines.
	Blamed     bool
	Mislabeled Mislabeled
	// Patcher is the program that a line names and that adds rules to the policy of an Android device while it runs:
	// Magisk, KernelSU or APatch; "" for none. PatcherSyntax is the number of the line with magiskpolicy's error about
	// a rule with colons or semicolons, 0 for none.
	Patcher       string
	PatcherSyntax int64
	// Unrecognised counts lines that are none of the above.
	Unrecognised int64
	// OnlyLogged and Enforced count the lines at the beginning of the input that have permissive=1 and permissive=0, in
	// records that are whole or cut.
	OnlyLogged int64
	Enforced   int64
	// Lost counts the notices about lost records: suppressed, over the rate limit, or backlog full. Denials may be
	// missing.
	Lost int64
	// LostRecords is the number of lost records according to these notices: the count of the last audit_lost=, and
	// the records that were suppressed. It is a lower bound.
	LostRecords int64
	// Malformed has one entry for each kind that occurred, in a fixed order.
	Malformed []Malformed
}

// Malformed counts the malformed input of one kind.
type Malformed struct {
	Kind  string
	Count int64
	// Line and Sample are the number and the start of the first malformed line.
	Line   int64
	Sample string
	// Has are the parts that a first AVC which was cut still has: permissions (with blanks between), comm, path or
	// name, scontext, tcontext, tclass, permissive.
	Has []Field
}

// maxSample bounds the sample of malformed input, in bytes.
const maxSample = 200

// MalformedCount returns the number of malformed inputs of all kinds.
func (s *Stats) MalformedCount() int64 {
	var n int64
	for _, m := range s.Malformed {
		n += m.Count
	}
	return n
}

// malformed counts one malformed input.
func (s *Stats) malformed(kind string, line int64, sample string) {
	at := 0
	for _, k := range [...]string{MalformedAVC, MalformedRecord, MalformedJSON, MalformedLong, MalformedSummary,
		MalformedEmpty} {
		if at < len(s.Malformed) && s.Malformed[at].Kind == k {
			if k == kind {
				m := &s.Malformed[at]
				m.Count++
				// Events are parsed when they are complete, so their lines do not come in order.
				if line < m.Line {
					m.Line, m.Sample, m.Has = line, cutSample(sample), nil
				}
				return
			}
			at++
			continue
		}
		if k == kind {
			break
		}
	}
	s.Malformed = append(s.Malformed, Malformed{})
	copy(s.Malformed[at+1:], s.Malformed[at:])
	s.Malformed[at] = Malformed{Kind: kind, Count: 1, Line: line, Sample: cutSample(sample)}
}

// modes counts a line with the mode of a record.
func (s *Stats) modes(line []byte) {
	_, rest, found := bytes.Cut(line, []byte(" permissive="))
	if !found {
		return
	}
	switch digit, ok := permissiveDigit(string(rest[:min(len(rest), 8)])); {
	case !ok:
	case digit == '1':
		s.OnlyLogged++
	default:
		s.Enforced++
	}
}

// malformedAVC counts an AVC that was cut, and keeps what is left of the first.
func (s *Stats) malformedAVC(a *AVC, line int64, sample string) {
	s.malformed(MalformedAVC, line, sample)
	for i := range s.Malformed {
		if m := &s.Malformed[i]; m.Kind == MalformedAVC && m.Line == line && m.Has == nil {
			m.Has = a.parts()
		}
	}
}

// parts returns what an AVC that was cut has.
func (a *AVC) parts() (list []Field) {
	permissive := ""
	if a.Permissive != nil {
		permissive = "0"
		if *a.Permissive {
			permissive = "1"
		}
	}
	for _, f := range [...]Field{{"permissions", strings.Join(a.Permissions, " ")}, {"comm", a.Comm}, {"path", a.Path},
		{"name", a.Name}, {"scontext", a.SContext}, {"tcontext", a.TContext}, {"tclass", a.TClass},
		{"permissive", permissive}} {
		if f.Value != "" {
			list = append(list, Field{f.Key, cutSample(f.Value)})
		}
	}
	return list
}

func cutSample(s string) string { return strings.Clone(s[:min(len(s), maxSample)]) }
