package incident

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// firstDone returns the first remedy of a kind that the text has as done and that fits, nil for none.
func (log *Log) firstDone(kind audit.DoneKind, fits func(*audit.Done) bool) *audit.Done {
	for i := range log.Done {
		if d := &log.Done[i]; d.Kind == kind && fits(d) {
			return d
		}
	}
	return nil
}

// BooleanDone returns where the text has a boolean as set to a value, nil for nowhere.
func (log *Log) BooleanDone(name string, on bool) *audit.Done {
	return log.firstDone(audit.DoneBoolean, func(d *audit.Done) bool { return d.Name == name && d.On == on })
}

// RestoreDone returns where the text has the label of a file put right, nil for nowhere. For a file without a path it
// is any place.
func (log *Log) RestoreDone(file string) *audit.Done {
	return log.firstDone(audit.DoneRestore, func(d *audit.Done) bool {
		return file == "" || d.Name == file || d.Tree && below(d.Name, file)
	})
}

// EntryDone returns where the text has an entry for file_contexts for a path, nil for nowhere. Of the patterns only
// those for a directory with all in it are understood, and those without signs.
func (log *Log) EntryDone(file string) *audit.Done {
	return log.firstDone(audit.DoneEntry, func(d *audit.Done) bool {
		pattern := strings.ReplaceAll(d.Name, `\.`, ".")
		for _, end := range [...]string{"(/.*)?", "/.*", ".*"} {
			if dir, ok := strings.CutSuffix(pattern, end); ok {
				return file != "" && !strings.ContainsAny(dir, "*?[]()|+^$\\") && below(dir, file)
			}
		}
		return file != "" && pattern == file
	})
}

// PortDone returns where the text has a port as labelled, nil for nowhere.
func (log *Log) PortDone(protocol string, port uint16) *audit.Done {
	return log.firstDone(audit.DonePort, func(d *audit.Done) bool {
		low, high, span := strings.Cut(d.Name, "-")
		if !span {
			high = low
		}
		from, err := strconv.ParseUint(low, 10, 16)
		to, err2 := strconv.ParseUint(high, 10, 16)
		return err == nil && err2 == nil && d.Protocol == protocol && port != 0 && uint64(port) >= from &&
			uint64(port) <= to
	})
}

// ModuleDone returns where the text has a module as loaded, nil for nowhere.
func (log *Log) ModuleDone() *audit.Done {
	return log.firstDone(audit.DoneModule, func(*audit.Done) bool { return true })
}

// PermissiveDone returns where the text has a domain as made permissive, nil for nowhere.
func (log *Log) PermissiveDone(domain string) *audit.Done {
	return log.firstDone(audit.DonePermissive, func(d *audit.Done) bool { return d.Name == domain })
}

// ModeDone returns where the text has the whole host as made permissive, nil for nowhere.
func (log *Log) ModeDone() *audit.Done {
	return log.firstDone(audit.DoneMode, func(d *audit.Done) bool { return d.On })
}

// RuleDone returns where the text has a rule of an Android module for a denial, nil for nowhere.
func (log *Log) RuleDone(a *audit.AVC) *audit.Done {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	return log.firstDone(audit.DoneRule, func(d *audit.Done) bool {
		return (d.Name == source || d.Name == "*") && (d.Type == target || d.Type == "*") && d.Protocol == a.TClass &&
			!slices.ContainsFunc(a.Permissions, func(p string) bool { return !slices.Contains(d.Permissions, p) })
	})
}

// below reports whether a file is a directory, or in it.
func below(dir, file string) bool {
	dir = path.Clean(dir)
	return path.IsAbs(dir) && (file == dir || strings.HasPrefix(file, strings.TrimSuffix(dir, "/")+"/"))
}
