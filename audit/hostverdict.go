package audit

import (
	"bytes"
	"slices"
	"strings"
)

// A HostVerdict is what a text has of the policy of its host about a denial: the words of audit2why below the record,
// or the boolean that a report of setroubleshoot suggests.
type HostVerdict struct {
	// SourceType, TargetType and Class are those of the denial, Permissions its permissions with a blank between. A
	// report of setroubleshoot has no types, and one permission.
	SourceType, TargetType, Class, Permissions string
	Kind                                       HostAnswer
	// Booleans are those of AnswerBoolean, at most four.
	Booleans []string
	// Suggested says that it is a suggestion of setroubleshoot.
	Suggested bool
	Line      int64
}

// A HostAnswer is the kind of an answer of audit2why.
type HostAnswer string

// The answers of audit2why (policycoreutils).
const (
	AnswerAllowed    HostAnswer = "allowed"    // the policy that is loaded there allows it
	AnswerDontAudit  HostAnswer = "dontaudit"  // a dontaudit rule hides it there
	AnswerNoRule     HostAnswer = "no-rule"    // an allow rule is missing there
	AnswerConstraint HostAnswer = "constraint" // a constraint refuses it there
	AnswerRole       HostAnswer = "role"       // a role allow rule is missing there
	AnswerBoolean    HostAnswer = "boolean"    // a boolean refuses it there
)

// maxHostVerdicts bounds the answers that are kept, and maxHostBooleans the booleans of one.
const (
	maxHostVerdicts = 32
	maxHostBooleans = 4
)

// maxBooleanLines is how many lines after an answer the commands for its booleans may stand.
const maxBooleanLines = 40

// HostVerdicts returns what the first lines of the input have of the policy of their host, in its order, at most 32.
func (r *Reader) HostVerdicts() []HostVerdict { return slices.Clone(r.verdicts) }

// answers are the sentences of audit2why.
var answers = [...]struct {
	text string
	kind HostAnswer
}{
	{"would be allowed by active policy", AnswerAllowed}, {"should be dontaudit'd by active policy", AnswerDontAudit},
	{"Missing type enforcement (TE) allow rule", AnswerNoRule}, {"Policy constraint violation", AnswerConstraint},
	{"Missing role allow rule", AnswerRole}, {"was set incorrectly", AnswerBoolean},
}

// verdictLine reads a line of audit2why.
func (r *Reader) verdictLine(line []byte) {
	const longest = 256
	if len(line) > longest || !pasted(r.stats.Lines) {
		return
	}
	if i := bytes.Index(line, []byte("setsebool -P ")); i >= 0 {
		if n := len(r.verdicts); n > 0 && r.stats.Lines-r.verdicts[n-1].Line <= maxBooleanLines {
			name, _, _ := strings.Cut(string(line[i+len("setsebool -P "):]), " ")
			r.verdicts[n-1].boolean(name)
		}
		return
	}
	for _, a := range answers {
		i := bytes.Index(line, []byte(a.text))
		if i < 0 {
			continue
		}
		v, ok := r.deniedBefore()
		if !ok || len(r.verdicts) == maxHostVerdicts {
			return
		}
		v.Kind, v.Line = a.kind, r.stats.Lines
		if _, name, ok := strings.Cut(string(line[:i]), "The boolean "); ok {
			v.boolean(strings.TrimSpace(name))
		}
		r.verdicts = append(r.verdicts, v)
		return
	}
}

// boolean adds a boolean to an answer that has some.
func (v *HostVerdict) boolean(name string) {
	if v.Kind == AnswerBoolean && isSmallName(name) && len(v.Booleans) < maxHostBooleans &&
		!slices.Contains(v.Booleans, name) {
		v.Booleans = append(v.Booleans, name)
	}
}

// deniedBefore returns the types, the class and the permissions of the nearest record above a line.
func (r *Reader) deniedBefore() (v HostVerdict, ok bool) {
	for line := range r.lines.before() {
		if !bytes.Contains(line, []byte("denied")) || !bytes.Contains(line, []byte("scontext=")) {
			continue
		}
		text := string(line[:min(len(line), keptBefore)])
		_, rest, _ := strings.Cut(text, "{")
		perms, rest, found := strings.Cut(rest, "}")
		v.Permissions = strings.Join(strings.Fields(perms), " ")
		v.SourceType, v.TargetType = ContextType(valueOf(rest, "scontext=")), ContextType(valueOf(rest, "tcontext="))
		v.Class = valueOf(rest, "tclass=")
		return v, found && v.SourceType != "" && v.TargetType != "" && v.Class != ""
	}
	return v, false
}

// valueOf returns the word behind a key.
func valueOf(text, key string) string {
	_, rest, _ := strings.Cut(text, key)
	fields := strings.Fields(rest[:min(len(rest), 512)])
	if len(fields) == 0 {
		return ""
	}
	return fields[0]
}

// suggested keeps the boolean of a report whose denial is in the text as well.
func (r *Reader) suggested(p *Report, s *seenAVC) {
	if p.Boolean == "" || len(r.verdicts) == maxHostVerdicts {
		return
	}
	r.verdicts = append(r.verdicts, HostVerdict{Class: s.class, Permissions: s.permission, Kind: AnswerBoolean,
		Booleans: []string{p.Boolean}, Suggested: true, Line: r.stats.Lines})
}
