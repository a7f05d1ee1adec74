package audit

import (
	"slices"

	"github.com/senet-selinux/senet/audit/internal/remark"
)

// A Remark is a line about SELinux itself that is no denial: an error of its tools, a record of AppArmor, or a
// sentence about SELinux's mode.
type Remark = remark.Remark

// A RemarkCode names what a Remark says.
type RemarkCode = remark.Code

// The codes of remarks. Package remark says what the lines are, and what their names.
const (
	RemarkLabelHandle      = remark.LabelHandle
	RemarkPolicyNotLoaded  = remark.PolicyNotLoaded
	RemarkUnresolved       = remark.Unresolved
	RemarkRequired         = remark.Required
	RemarkRequireBlock     = remark.RequireBlock
	RemarkUnbuilt          = remark.Unbuilt
	RemarkOtherMLS         = remark.OtherMLS
	RemarkLocalContext     = remark.LocalContext
	RemarkOtherVersion     = remark.OtherVersion
	RemarkUnknownName      = remark.UnknownName
	RemarkSyntax           = remark.Syntax
	RemarkNeverallow       = remark.Neverallow
	RemarkNoStore          = remark.NoStore
	RemarkNeverBuilt       = remark.NeverBuilt
	RemarkDefined          = remark.Defined
	RemarkWrongType        = remark.WrongType
	RemarkNoBoolean        = remark.NoBoolean
	RemarkBooleansKept     = remark.BooleansKept
	RemarkNoEntry          = remark.NoEntry
	RemarkNoLabels         = remark.NoLabels
	RemarkNoBindings       = remark.NoBindings
	RemarkNoUserContext    = remark.NoUserContext
	RemarkUnfitCrontab     = remark.UnfitCrontab
	RemarkContextNotSet    = remark.ContextNotSet
	RemarkDomainNotEntered = remark.DomainNotEntered
	RemarkNoMapping        = remark.NoMapping
	RemarkAppArmor         = remark.AppArmor
	RemarkPolkit           = remark.Polkit
	RemarkNotStarted       = remark.NotStarted
	RemarkOtherSystem      = remark.OtherSystem
	RemarkWorksOff         = remark.WorksOff
	RemarkFailsOff         = remark.FailsOff
	RemarkLockedOut        = remark.LockedOut
	RemarkSaidOff          = remark.SaidOff
)

// A Done is a remedy that the text has as done, by a command behind a prompt or by a sentence of its writer.
type Done = remark.Done

// A DoneKind is the kind of a [Done].
type DoneKind = remark.DoneKind

// The kinds of remedies. Package remark says what a Done of each has.
const (
	DoneBoolean    = remark.DoneBoolean
	DoneRestore    = remark.DoneRestore
	DoneEntry      = remark.DoneEntry
	DonePort       = remark.DonePort
	DoneModule     = remark.DoneModule
	DonePermissive = remark.DonePermissive
	DoneMode       = remark.DoneMode
	DoneRule       = remark.DoneRule
)

// Done returns the remedies that the beginning of the input has as done, in its order, at most 384.
func (r *Reader) Done() []Done { return r.remarks.Done() }

// Remarks returns the remarks of the input up to now, in its order, at most 12. All lines are read for them at the
// beginning of the input, later only those that name SELinux.
func (r *Reader) Remarks() []Remark { return slices.Clone(r.remarks.Remarks()) }

// remarkLine reads a remark at the beginning of the input. It reports whether the line is one of a tool. The source
// that checkmodule shows after its message has no rules of audit2allow.
func (r *Reader) remarkLine(line []byte) bool {
	if !r.remarks.Line(r.stats.Lines, line) {
		return false
	}
	r.sourceShown = r.stats.Lines
	return true
}

// maxRemarkLine is the most bytes of a line that are read for a remark.
const maxRemarkLine = 4096

// maxShown is how many lines of the source checkmodule shows after a message.
const maxShown = 2

// otherRecord counts a record of another security module.
func (r *Reader) otherRecord(pairs []pair, text string, line int64) {
	r.stats.Foreign++
	var profile, operation, name string
	denied := false
	for _, p := range pairs {
		switch p.key {
		case "apparmor":
			denied = p.val == "DENIED"
		case "profile":
			profile = p.val
		case "operation":
			operation = p.val
		case "name":
			name = p.val
		}
	}
	if denied {
		r.remarks.Add(RemarkAppArmor, line, text, profile, operation, name)
	}
}

// textPairs returns the fields of a message, decoded.
func textPairs(body string, st style) (pairs []pair) {
	f := fieldScanner{s: body, style: st}
	for p, more := f.next(); more && len(pairs) < maxPairs; p, more = f.next() {
		pairs = append(pairs, pair{key: p.key, val: p.text(st)})
	}
	return pairs
}

// maxPairs bounds the fields of a record of another module.
const maxPairs = 32
