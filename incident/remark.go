package incident

import (
	"slices"

	"github.com/senet-selinux/senet/audit"
)

// ofTool reports whether a remark tells of something that was refused or that failed.
func ofTool(r audit.Remark) bool {
	switch r.Code {
	case audit.RemarkRequired, audit.RemarkOtherSystem, audit.RemarkWorksOff, audit.RemarkFailsOff, audit.RemarkSaidOff,
		audit.RemarkLockedOut, audit.RemarkRequireBlock:
		return false
	}
	return true
}

// remarks chooses the remarks of a log that tell what its findings do not. Errors of tools are told always, the last
// lines of their output alone only if there are no others. What a text says of the mode, and of a program that was not
// started, is of use where no denial is in it.
func (x *examination) remarks() (list []audit.Remark) {
	r, log := x.report, x.log
	denials := r.Denials+r.Errors > 0
	findings := denials || len(r.Findings) > 0 || log.Stats.MalformedCount()+log.Vague > 0
	for _, m := range log.Remarks {
		if slices.ContainsFunc(log.Remarks, func(o audit.Remark) bool { return o.Code == m.Code && lessNamed(m, o) }) {
			continue // a title repeats the line without its names
		}
		switch m.Code {
		case audit.RemarkUnbuilt:
			if slices.ContainsFunc(log.Remarks, func(o audit.Remark) bool {
				return o.Code != audit.RemarkUnbuilt && building(o.Code)
			}) {
				continue
			}
		case audit.RemarkOtherSystem, audit.RemarkRequired:
			continue
		case audit.RemarkUnfitCrontab:
			if m.Names[3] == "" && slices.ContainsFunc(log.Remarks, func(o audit.Remark) bool {
				return o.Code == audit.RemarkNoUserContext || o.Code == m.Code && o.Names[3] != ""
			}) {
				continue // the line after the cause
			}
		case audit.RemarkAppArmor:
			if slices.ContainsFunc(list, func(o audit.Remark) bool { return o.Code == m.Code }) {
				continue // one is told, and all are counted
			}
		case audit.RemarkRequireBlock:
			if findings || len(list) > 0 {
				continue
			}
		case audit.RemarkNotStarted:
			if findings {
				continue
			}
		case audit.RemarkWorksOff, audit.RemarkLockedOut:
			if denials {
				continue
			}
		case audit.RemarkSaidOff:
			told := log.Stats.Disabled && len(r.Findings) > 0
			if denials || told || slices.ContainsFunc(log.Remarks, func(o audit.Remark) bool {
				return o.Code != m.Code && o.Code != audit.RemarkOtherSystem
			}) {
				continue
			}
		}
		list = append(list, m)
	}
	return list
}

// lessNamed reports whether a line names a part of what another names, and nothing else.
func lessNamed(m, o audit.Remark) bool {
	less := len(m.Names) < len(o.Names)
	for i, name := range m.Names {
		switch {
		case i >= len(o.Names) || name != "" && name != o.Names[i]:
			return false
		case name != o.Names[i]:
			less = true
		}
	}
	return less
}

// building reports whether a code is of what stops the building of a policy.
func building(code audit.RemarkCode) bool {
	switch code {
	case audit.RemarkUnresolved, audit.RemarkOtherMLS, audit.RemarkLocalContext, audit.RemarkOtherVersion,
		audit.RemarkNeverallow, audit.RemarkNoStore, audit.RemarkNeverBuilt:
		return true
	}
	return false
}

// Says returns the first line of a log with a remark of a code; 0 for none.
func (log *Log) Says(code audit.RemarkCode) int64 {
	for i := range log.Remarks {
		if log.Remarks[i].Code == code {
			return log.Remarks[i].Line
		}
	}
	return 0
}
