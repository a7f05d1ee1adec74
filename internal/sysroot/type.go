package sysroot

import (
	"cmp"
	"path/filepath"
	"strings"
)

// Size limits of files, by their kind. They are far beyond every file that was seen, and small
// enough that reading one does no harm.
const (
	// MaxPolicy is for binary policies: real ones have 2 to 10 MB, Debian's in
	// format 19 has 100.
	MaxPolicy = 1 << 30
	// MaxConfig is for configuration files of /etc/selinux.
	MaxConfig = 1 << 20
	// MaxRecords is for local records, journals and plans.
	MaxRecords = 64 << 20
)

// DefaultType is the policy type where the configuration does not say.
const DefaultType = "targeted"

// SELinuxType returns SELINUXTYPE of the system's /etc/selinux/config.
func (r Root) SELinuxType() string {
	text, err := r.ReadFile("/etc/selinux/config", MaxConfig)
	if err != nil {
		return DefaultType
	}
	return ParseSELinuxType(text)
}

// ParseSELinuxType reads SELINUXTYPE out of the text of /etc/selinux/config as
// libselinux does (init_selinux_config): the last line that sets it, whatever the
// case of its name, [DefaultType] if none does. The value becomes part of a path:
// one that would lead elsewhere counts as none.
func ParseSELinuxType(text []byte) string {
	const name = "SELINUXTYPE="
	value := DefaultType
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if len(line) >= len(name) && strings.EqualFold(line[:len(name)], name) {
			value = strings.TrimSpace(line[len(name):])
		}
	}
	if value == "" || strings.ContainsAny(value, "/\x00") || strings.HasPrefix(value, ".") {
		return DefaultType
	}
	return value
}

// TypeOf returns the tree and the policy type of an installed policy that is named by its file on this
// machine: DIR and NAME of DIR/etc/selinux/NAME/policy/FILE, with "/" for no DIR. ok is false for
// another path.
func TypeOf(file string) (tree, typ string, ok bool) {
	name, err := filepath.Abs(file)
	if err != nil {
		return "", "", false
	}
	dir := filepath.Dir(name)
	above, typ := filepath.Split(filepath.Dir(dir))
	tree, ok = strings.CutSuffix(filepath.ToSlash(above), "/etc/selinux/")
	if !ok || filepath.Base(dir) != "policy" {
		return "", "", false
	}
	return cmp.Or(tree, "/"), typ, true
}
