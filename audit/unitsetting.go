package audit

import (
	"bytes"
	"slices"
	"strings"
)

// A UnitSetting is a setting of a systemd unit that an input has: in the text of the unit or of a drop-in, or in the
// command that writes one.
type UnitSetting struct {
	// Unit is the service that the line, or the last line before it that names one, has; "" for none.
	Unit string
	// Key is NoNewPrivileges, or DynamicUser, which implies it, set to true; or one of those that imply it where the
	// unit has a User= (systemd.exec(5)); or User, set to another than root.
	Key  string
	Line int64
}

// maxUnitSettings bounds the settings that are kept.
const maxUnitSettings = 16

// units has the settings of units in a log, and the last service that was named.
type units struct {
	settings []UnitSetting
	last     string
}

// UnitSettings returns the settings of units in the first lines of the input that keep a service from its domain, in
// its order, at most 16.
func (r *Reader) UnitSettings() []UnitSetting { return slices.Clone(r.units.settings) }

// unitLine reads the setting in a line, and the service that it names.
func (r *Reader) unitLine(line []byte) {
	u := &r.units
	if name := serviceIn(line); name != "" {
		u.last = name
	}
	if bytes.IndexByte(line, '=') < 0 {
		return
	}
	for _, key := range [...]string{"NoNewPrivileges", "DynamicUser", "User", "LockPersonality",
		"MemoryDenyWriteExecute", "PrivateDevices", "ProtectClock", "ProtectHostname", "ProtectKernelLogs",
		"ProtectKernelModules", "ProtectKernelTunables", "RestrictAddressFamilies", "RestrictNamespaces",
		"RestrictRealtime", "RestrictSUIDSGID", "SystemCallArchitectures", "SystemCallFilter", "SystemCallLog"} {
		i := bytes.Index(line, []byte(key+"="))
		if i < 0 || i > 0 && line[i-1] != 'n' && unitByte(line[i-1]) || comment(line, i) ||
			!isSet(key, line[i+len(key)+1:]) || len(u.settings) == maxUnitSettings {
			continue
		}
		if !slices.ContainsFunc(u.settings, func(s UnitSetting) bool { return s.Unit == u.last && s.Key == key }) {
			u.settings = append(u.settings, UnitSetting{u.last, key, r.stats.Lines})
		}
	}
}

// isSet reports whether a value sets an option: to true, to another user than root, or to any list.
func isSet(key string, value []byte) bool {
	switch key {
	case "User":
		return len(value) > 0 && unitByte(value[0]) && !bytes.HasPrefix(value, []byte("root")) && value[0] != '0'
	case "RestrictAddressFamilies", "RestrictNamespaces", "SystemCallArchitectures", "SystemCallFilter",
		"SystemCallLog":
		return len(value) > 0 && (unitByte(value[0]) || value[0] == '~') && !bytes.HasPrefix(value, []byte("no"))
	}
	return isTrue(value)
}

// comment reports whether a unit's file has a setting only as a comment: only signs stand before it.
func comment(line []byte, at int) bool {
	return at > 0 && len(bytes.Trim(line[:at], "#; \t")) == 0
}

// isTrue reports whether a value is one that systemd reads as true.
func isTrue(value []byte) bool {
	n := 0
	for n < len(value) && unitByte(value[n]) && value[n] != '.' {
		n++
	}
	switch strings.ToLower(string(value[:min(n, 8)])) {
	case "1", "yes", "y", "true", "t", "on":
		return true
	}
	return false
}

// serviceIn returns the service that a line names, "" for none.
func serviceIn(line []byte) string {
	end := bytes.Index(line, []byte(".service"))
	if end <= 0 {
		return ""
	}
	from := end
	for from > 0 && unitByte(line[from-1]) {
		from--
	}
	if end-from == 0 || end-from > 64 {
		return ""
	}
	return string(line[from:end]) + ".service"
}

func unitByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '-' || c == '_' || c == '.' || c == '@'
}
