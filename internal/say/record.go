package say

import (
	"strings"

	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

// RecordCommand returns the senet command for records of a kind.
func RecordCommand(k semanage.Kind) string {
	if k == semanage.Booleans {
		return "bool"
	}
	return k.String()
}

// DeleteCommand returns the command that deletes a local record: a senet command, or senet semanage
// if only that has one.
func DeleteCommand(k semanage.Key) shell.Command {
	switch k := k.(type) {
	case semanage.FileContextKey:
		c := shell.New("senet", "semanage", "fcontext", "-d")
		if k.Files != "" {
			c = c.Option("-f", semanage.FileLetter(k.Files))
		}
		return c.Arg(k.Path)
	case semanage.EquivalenceKey:
		return shell.New("senet", "semanage", "fcontext", "-d").Arg(string(k))
	case semanage.LoginKey, semanage.UserKey:
		return shell.New("senet", "semanage", k.Kind().String(), "-d").Arg(k.String())
	}
	return shell.New("senet", RecordCommand(k.Kind()), "delete").Arg(k.String())
}

// Record names the object of a record.
func Record(r semanage.Record) string {
	switch r := r.(type) {
	case semanage.Port, semanage.Boolean:
		return r.Key().String()
	case semanage.Node:
		return "node " + records.NodeName(r)
	case semanage.User:
		return "SELinux user " + r.Name
	case semanage.FileContext:
		if r.Files == "" {
			return "files " + r.Path
		}
		return semanage.FilesName(r.Files) + " " + r.Path
	case semanage.Equivalence:
		return "files below " + r.Path
	}
	return r.Kind().String() + " " + r.Key().String()
}

// Difference describes a changed record, as a line of a list.
func Difference(d semanage.Difference) string {
	switch {
	case d.Before == nil:
		return "+ " + Record(d.After) + " " + records.Value(d.After)
	case d.After == nil:
		return "- " + Record(d.Before) + " " + records.Value(d.Before)
	}
	return "~ " + Record(d.After) + " " + records.Value(d.Before) + " -> " + records.Value(d.After)
}

// maxChanges bounds the records of a change that are listed, unless all are wanted.
const maxChanges = 20

// Differences writes the changed records, a line each; all of them or the first twenty.
func Differences(b *words.Page, list []semanage.Difference, indent int, all bool, more string) {
	shown := list
	if len(shown) > maxChanges && !all {
		shown = shown[:maxChanges]
	}
	for _, d := range shown {
		b.Printf("%*s%s\n", indent, "", words.Wrap(Difference(d), indent+2))
	}
	if rest := len(list) - len(shown); rest > 0 {
		b.Printf("%*sand %s%s\n", indent, "", Plural(rest, "more record"), more)
	}
}

// HasWildcard reports whether the name of an interface may be a pattern.
func HasWildcard(name string) bool { return strings.ContainsAny(name, "*?") }

// Pattern explains how kernels treat an interface name with * or ?, which depends on whether the
// policy makes it a pattern.
func Pattern(name string, pattern bool) string {
	if pattern {
		return name + " is a pattern to Linux 6.15 and later, since the policy has netif_wildcard; " +
			"older kernels match only an interface of exactly that name"
	}
	return name + " is not a pattern: the policy does not have netif_wildcard, " +
		"so that only an interface of exactly that name gets the label"
}
