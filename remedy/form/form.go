// Package form writes a fix in the forms in which people deploy it: commands of
// policycoreutils, CIL, the language of policy modules, Ansible, Puppet, Butane.
package form

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/remedy"
)

// A Form is one way of deploying a fix.
type Form struct {
	Name string `json:"name"` // semanage, cil, te, ansible, puppet, butane
	Text string `json:"text"`
}

// A Target is what the fix is for.
type Target struct {
	Protocol string // tcp, udp, sctp, dccp, mptcp
	Port     uint16
	// Bools are the settings of a Boolean fix by name.
	Bools []Setting
}

// A Setting is a boolean and its value.
type Setting struct {
	Name string
	On   bool
}

// Forms returns the forms that can express a fix, semanage's first: Ansible's
// and Puppet's modules for ports know tcp and udp and the level s0 alone, CIL has
// no way to override a record.
func Forms(f *remedy.Fix, t Target) []Form {
	if t.Protocol == "mptcp" {
		t.Protocol = "tcp" // whose ports it has
	}
	switch f.Kind {
	case remedy.Label:
		return labelForms(f, t)
	case remedy.Boolean:
		return boolForms(t)
	case remedy.OwnType, remedy.Rule:
		return moduleForms(f, t)
	}
	return nil
}

// portCommand is the command that labels the port.
func portCommand(f *remedy.Fix, t Target) string {
	if f.Exists {
		return fmt.Sprintf("semanage port --modify --type %s --proto %s %d", f.Type, t.Protocol, t.Port)
	}
	levels := ""
	if f.Range != "" && f.Range != "s0" {
		levels = " --range " + f.Range // semanage takes s0 for granted
	}
	return fmt.Sprintf("semanage port --add --type %s%s --proto %s %d", f.Type, levels, t.Protocol, t.Port)
}

// simplePort reports whether the modules of Ansible and Puppet can label the
// port.
func simplePort(f *remedy.Fix, t Target) bool {
	return (t.Protocol == "tcp" || t.Protocol == "udp") && (f.Exists || f.Range == "" || f.Range == "s0")
}

func labelForms(f *remedy.Fix, t Target) []Form {
	forms := []Form{{"semanage", portCommand(f, t) + "\n"}}
	if !f.Local {
		forms = append(forms, Form{"cil", cil.Format(f.Module)})
	}
	if simplePort(f, t) {
		forms = append(forms, Form{"ansible", portAnsible(f, t)}, Form{"puppet", portPuppet(f, t)})
	}
	return append(forms, Form{"butane", "systemd:\n  units:\n" + unit(fmt.Sprintf("senet-port-%s-%d", t.Protocol, t.Port), "/usr/sbin/"+portCommand(f, t))})
}

func portAnsible(f *remedy.Fix, t Target) string {
	return fmt.Sprintf("- community.general.seport:\n    ports: %d\n    proto: %s\n    setype: %s\n    state: present\n", t.Port, t.Protocol, f.Type)
}

func portPuppet(f *remedy.Fix, t Target) string {
	return fmt.Sprintf("selinux::port { '%s-%s-%d':\n  ensure   => 'present',\n  seltype  => '%s',\n  protocol => '%s',\n  port     => %d,\n}\n",
		f.Type, t.Protocol, t.Port, f.Type, t.Protocol, t.Port)
}

func boolForms(t Target) []Form {
	var sets, ansible, puppet strings.Builder
	for _, b := range t.Bools {
		bit, on := "0", "off"
		if b.On {
			bit, on = "1", "on"
		}
		fmt.Fprintf(&sets, " %s=%s", b.Name, bit)
		fmt.Fprintf(&ansible, "- ansible.posix.seboolean:\n    name: %s\n    state: %t\n    persistent: true\n", b.Name, b.On)
		fmt.Fprintf(&puppet, "selboolean { '%s':\n  value      => '%s',\n  persistent => true,\n}\n", b.Name, on)
	}
	return []Form{
		{"semanage", "setsebool -P" + sets.String() + "\n"},
		{"ansible", ansible.String()},
		{"puppet", puppet.String()},
		{"butane", "systemd:\n  units:\n" + unit("senet-booleans", "/usr/sbin/setsebool -P"+sets.String())},
	}
}

// moduleName names the module and its file: after the type it makes, or after
// the subject and port that its rules are for, so that one fix does not replace
// the module of another.
func moduleName(f *remedy.Fix, t Target) string {
	if f.Kind == remedy.OwnType {
		return "senet_" + strings.TrimSuffix(f.Type, "_t")
	}
	subject := strings.TrimSuffix(f.Module[0].List[1].Atom, "_t")
	return fmt.Sprintf("senet_%s_%s_%d", strings.ReplaceAll(subject, ".", "_"), t.Protocol, t.Port)
}

func moduleForms(f *remedy.Fix, t Target) []Form {
	name, text := moduleName(f, t), cil.Format(f.Module)
	file := "/etc/selinux/" + name + ".cil"
	commands := fmt.Sprintf("cat > %s.cil <<'EOF'\n%sEOF\nsemodule -i %s.cil\n", name, text, name)
	ansible := fmt.Sprintf("- ansible.builtin.copy:\n    dest: %s\n    content: |\n%s  register: senet_module\n- ansible.builtin.command: semodule -i %s\n  when: senet_module is changed\n",
		file, indent(text, "      "), file)
	puppet := fmt.Sprintf("file { '%s':\n  content => @(CIL),\n%s    | CIL\n}\n~> exec { '/usr/sbin/semodule -i %s':\n  refreshonly => true,\n}\n",
		file, indent(text, "    "), file)
	butane := fmt.Sprintf("storage:\n  files:\n    - path: %s\n      contents:\n        inline: |\n%s", file, indent(text, "          "))
	starts := []string{"/usr/sbin/semodule -i " + file}
	simple := true
	if f.Kind == remedy.OwnType && f.Local {
		commands += portCommand(f, t) + "\n"
		starts = append(starts, "/usr/sbin/"+portCommand(f, t))
		simple = simplePort(f, t)
		ansible += portAnsible(f, t)
		puppet += "-> " + portPuppet(f, t)
	}
	forms := []Form{{"semanage", commands}}
	if f.Kind == remedy.Rule || !f.Local {
		forms = append(forms, Form{"cil", text})
	}
	if te, ok := moduleTE(f, t, name); ok {
		forms = append(forms, Form{"te", te})
	}
	if simple {
		forms = append(forms, Form{"ansible", ansible}, Form{"puppet", puppet})
	}
	return append(forms, Form{"butane", butane + "systemd:\n  units:\n" + unit(name, starts...)})
}

// unit is one unit of a Butane snippet: it runs commands once, at the first boot.
func unit(name string, commands ...string) string {
	var starts strings.Builder
	for _, c := range commands {
		starts.WriteString("        ExecStart=" + c + "\n")
	}
	return fmt.Sprintf("    - name: %s.service\n      enabled: true\n      contents: |\n        [Unit]\n        ConditionFirstBoot=true\n        [Service]\n        Type=oneshot\n%s        [Install]\n        WantedBy=multi-user.target\n", name, starts.String())
}

func indent(text, prefix string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(prefix + line)
	}
	return b.String()
}
