// Package form writes a fix in the forms in which people deploy it: commands of policycoreutils,
// CIL, the language of policy modules, Ansible, Puppet, a shell script for systems without Python,
// Butane, a Containerfile. It also writes how to undo a fix.
//
// The texts do not quote names: a fix with a name that no compiler makes has no form.
//
// Start here: [Forms].
package form

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/remedy"
)

// A Form is one way to deploy a fix.
type Form struct {
	// Name is semanage, cil, te, refpolicy, ansible, puppet, shell, butane or bootc; for a fix that does not
	// change the policy it is text, systemd or podman.
	Name string
	Text string
	// Undo reverts the deployment in this form, in the same language; "" if there is nothing to
	// revert.
	Undo string
}

// A Target is the purpose of a fix.
type Target struct {
	Protocol string // tcp, udp, sctp, dccp, mptcp
	Port     uint16
	// Bools are the settings of a Boolean fix by name.
	Bools []Setting
	// Beside says that the fix's module is in a separate file, ModuleName.cil, which the forms name
	// instead of including it.
	Beside bool
}

// A Setting is a boolean and its value.
type Setting struct {
	Name string
	On   bool
}

// Forms returns the forms that can express a fix, semanage's first. The port modules of Ansible and
// Puppet support only tcp, udp and the level s0, and CIL cannot override a record. There is no form
// for a fix with a name that could act where it is pasted.
func Forms(f *remedy.Fix, t Target) []Form {
	if !plain(f, t) {
		return nil
	}
	switch f.Kind {
	case remedy.OtherPort:
		return []Form{{Name: "text", Text: choices(f)}}
	case remedy.Boolean:
		return boolForms(t)
	case remedy.Level:
		if f.ProcessRange != "" {
			return processForms(f)
		}
	}
	var forms []Form
	add := func(name, text string) {
		if text != "" {
			forms = append(forms, Form{name, text, undo(name, f)})
		}
	}
	add("semanage", semanageForm(f, t))
	if installs(f) && !f.Local || f.Kind == remedy.Rule || f.Kind == remedy.Interfaces ||
		f.Kind == remedy.Label && !f.Local {
		add("cil", cil.Format(f.Module))
	}
	if f.Kind == remedy.Interfaces {
		add("refpolicy", refpolicyForm(f))
	} else if installs(f) {
		if te, ok := moduleTE(f, f.ModuleName); ok {
			add("te", te)
		}
	}
	if simpleRecords(f) {
		add("ansible", ansibleForm(f, t))
		add("puppet", puppetForm(f, t))
	}
	add("shell", shellForm(f, t))
	add("butane", butaneForm(f, t))
	add("bootc", bootcForm(f, t))
	return forms
}

// installs reports whether a fix is a module, with records or without.
func installs(f *remedy.Fix) bool { return len(f.Module) > 0 && f.Kind != remedy.Label }

// asModule reports whether a fix can be deployed as a module only.
func asModule(f *remedy.Fix) bool {
	return len(f.Module) > 0 && (f.Kind == remedy.Label || len(f.Records) == 0)
}

func choices(f *remedy.Fix) string {
	var b strings.Builder
	for _, c := range f.Choices {
		fmt.Fprintf(&b, "use port %d (%s)\n", c.Port, c.Type)
	}
	return b.String()
}

func processForms(f *remedy.Fix) []Form {
	return []Form{
		{Name: "text", Text: "run the process with the level " + f.ProcessRange + "\n"},
		{Name: "systemd", Text: "[Service]\nSELinuxContext=" + f.ProcessContext + "\n"},
		{Name: "podman", Text: "podman run --security-opt label=level:" + f.ProcessRange + "\n"},
	}
}

func boolForms(t Target) []Form {
	forms := settings(t.Bools)
	back := slices.Clone(t.Bools)
	for i := range back {
		back[i].On = !back[i].On
	}
	undo := settings(back)
	undo[0].Text, _, _ = strings.Cut(undo[0].Text, "#")
	for i := range forms {
		forms[i].Undo = undo[i].Text
		switch forms[i].Name {
		case "butane":
			forms[i].Undo = undo[0].Text
		case "bootc":
			forms[i].Undo = withoutLines
		}
	}
	return forms
}

func settings(bools []Setting) []Form {
	var sets, ansible, puppet strings.Builder
	for _, b := range bools {
		bit, on := "0", "off"
		if b.On {
			bit, on = "1", "on"
		}
		fmt.Fprintf(&sets, " %s=%s", b.Name, bit)
		fmt.Fprintf(&ansible, "- ansible.posix.seboolean:\n    name: %s\n    state: %t\n    persistent: true\n",
			b.Name, b.On)
		fmt.Fprintf(&puppet, "selboolean { '%s':\n  value      => '%s',\n  persistent => true,\n}\n", b.Name, on)
	}
	return []Form{
		{Name: "semanage", Text: "setsebool -P" + sets.String() + "\n# until the next boot only: setsebool" +
			sets.String() + "\n"},
		{Name: "ansible", Text: ansible.String()},
		{Name: "puppet", Text: puppet.String()},
		{Name: "shell", Text: "setsebool -N -P" + sets.String() + "\n"},
		{Name: "butane", Text: butane + "systemd:\n  units:\n" +
			unit("senet-booleans", "/usr/sbin/setsebool -P"+sets.String())},
		{Name: "bootc", Text: "RUN setsebool -N -P" + sets.String() + "\n"},
	}
}

func semanageForm(f *remedy.Fix, t Target) string {
	if f.Kind == remedy.Permissive {
		return permissiveCommands(f, "-a")
	}
	text := ""
	if installs(f) {
		text = writeModule(f, t) + "semodule -i " + f.ModuleName + ".cil\n"
	}
	return text + semanageRecords(f.Records, f.Kind == remedy.Level)
}

// writeModule returns shell commands that write the module to a file, "" if it is already in one.
func writeModule(f *remedy.Fix, t Target) string {
	if t.Beside {
		return ""
	}
	return fmt.Sprintf("cat > %s.cil <<'EOF'\n%sEOF\n", f.ModuleName, cil.Format(f.Module))
}

func indent(text, prefix string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(prefix + line)
	}
	return b.String()
}
