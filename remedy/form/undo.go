package form

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/remedy"
)

// withoutLines is the undo for an image that was built with a fix.
const withoutLines = "# build the image without these lines\n"

// Undo returns the commands that undo a fix made with policycoreutils, "" if there is nothing to
// undo. Each of [Forms] has its own undo.
func Undo(f *remedy.Fix, t Target) string {
	if forms := Forms(f, t); len(forms) > 0 {
		return forms[0].Undo
	}
	return ""
}

// undo reverts a form of a fix that is not a boolean.
func undo(name string, f *remedy.Fix) string {
	records := f.Undo
	module := installs(f)
	switch name {
	case "cil", "shell", "butane":
		if asModule(f) { // a label too may be the portcon of a module
			records, module = nil, true
		}
	case "te":
		if len(f.Records) == 0 {
			records = nil
			if r, ok := portconRecord(f); ok { // made by a command, since the language has no portcon
				r.Action = remedy.DeleteRecord
				records = []remedy.RecordChange{r}
			}
		}
	case "bootc":
		return withoutLines
	}
	// The module is removed last in every form: no record may keep its type.
	levels := f.Kind == remedy.Level
	switch name {
	case "ansible":
		return ansibleUndo(f, records, module)
	case "puppet":
		return puppetUndo(f, records, module)
	case "shell":
		text := senetRecords(records, levels)
		if module {
			text += "semodule -n -r " + f.ModuleName + "\n"
		}
		return text
	}
	if name == "semanage" && f.Kind == remedy.Permissive {
		return permissiveCommands(f, "-d")
	}
	text := semanageRecords(records, levels)
	if module {
		text += "semodule -r " + f.ModuleName + "\n"
	}
	return text
}

func ansibleUndo(f *remedy.Fix, records []remedy.RecordChange, module bool) string {
	if f.Kind == remedy.Permissive {
		return strings.ReplaceAll(ansiblePermissive(f), "permissive: true", "permissive: false")
	}
	text := ansibleRecords(records)
	if module {
		text += fmt.Sprintf(
			"- ansible.builtin.command: semodule -r %s\n- ansible.builtin.file:\n    path: %s\n    state: absent\n",
			f.ModuleName, moduleFile(f))
	}
	return text
}

func puppetUndo(f *remedy.Fix, records []remedy.RecordChange, module bool) string {
	if f.Kind == remedy.Permissive {
		return strings.ReplaceAll(puppetPermissive(f), "'present'", "'absent'")
	}
	parts := puppetRecords(records)
	if module {
		parts = append(parts,
			fmt.Sprintf("selmodule { '%s':\n  ensure => 'absent',\n}\n", f.ModuleName),
			fmt.Sprintf("file { '%s':\n  ensure => 'absent',\n}\n", moduleFile(f)))
	}
	return strings.Join(parts, "-> ")
}
