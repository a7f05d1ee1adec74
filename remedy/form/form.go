// Package form writes a fix in the forms in which people deploy it: commands of
// policycoreutils, CIL, Ansible, Puppet, Butane.
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
	Protocol string // tcp, udp, sctp, dccp
	Port     uint16
	// Bools are the settings of a Boolean fix by name.
	Bools []Setting
}

// A Setting is a boolean and its value.
type Setting struct {
	Name string
	On   bool
}

// Forms returns every form of a fix, semanage's first.
func Forms(f *remedy.Fix, t Target) []Form {
	switch f.Kind {
	case remedy.Label:
		return labelForms(f.Type, f.Exists, t)
	case remedy.Boolean:
		return boolForms(t)
	case remedy.OwnType:
		return append(moduleForms(f, t), teForm(f, t))
	case remedy.Rule:
		return moduleForms(f, t)
	}
	return nil
}

func verb(exists bool) string {
	if exists {
		return "--modify"
	}
	return "--add"
}

func labelForms(typ string, exists bool, t Target) []Form {
	return []Form{
		{"semanage", fmt.Sprintf("semanage port %s --type %s --proto %s %d\n", verb(exists), typ, t.Protocol, t.Port)},
		{"cil", fmt.Sprintf("; a port label of the policy itself wins only by its narrower range;\n; semanage port is the form that always wins\n(portcon %s %d (system_u object_r %s ((s0) (s0))))\n", t.Protocol, t.Port, typ)},
		{"ansible", fmt.Sprintf("- community.general.seport:\n    ports: %d\n    proto: %s\n    setype: %s\n    state: present\n", t.Port, t.Protocol, typ)},
		{"puppet", fmt.Sprintf("selinux::port { '%s-%s-%d':\n  ensure   => 'present',\n  seltype  => '%s',\n  protocol => '%s',\n  port     => %d,\n}\n", typ, t.Protocol, t.Port, typ, t.Protocol, t.Port)},
		{"butane", unit(fmt.Sprintf("senet-port-%s-%d", t.Protocol, t.Port), fmt.Sprintf("/usr/sbin/semanage port %s --type %s --proto %s %d", verb(exists), typ, t.Protocol, t.Port))},
	}
}

func boolForms(t Target) []Form {
	var sets, ansible, puppet strings.Builder
	for _, b := range t.Bools {
		on, yes := "off", "false"
		if b.On {
			on, yes = "on", "true"
		}
		fmt.Fprintf(&sets, " %s=%s", b.Name, map[string]string{"on": "1", "off": "0"}[on])
		fmt.Fprintf(&ansible, "- ansible.posix.seboolean:\n    name: %s\n    state: %s\n    persistent: true\n", b.Name, yes)
		fmt.Fprintf(&puppet, "selboolean { '%s':\n  value      => '%s',\n  persistent => true,\n}\n", b.Name, on)
	}
	return []Form{
		{"semanage", "setsebool -P" + sets.String() + "\n"},
		{"ansible", ansible.String()},
		{"puppet", puppet.String()},
		{"butane", unit("senet-booleans", "/usr/sbin/setsebool -P"+sets.String())},
	}
}

// moduleName names the module and its file.
func moduleName(f *remedy.Fix, t Target) string {
	if f.Kind == remedy.OwnType {
		return "senet_" + strings.TrimSuffix(f.Type, "_t")
	}
	return fmt.Sprintf("senet_%s_%d", t.Protocol, t.Port)
}

func moduleForms(f *remedy.Fix, t Target) []Form {
	name := moduleName(f, t)
	text := cil.Format(f.Module)
	commands := fmt.Sprintf("cat > %s.cil <<'EOF'\n%sEOF\nsemodule -i %s.cil\n", name, text, name)
	if f.Kind == remedy.OwnType && f.Exists {
		commands += fmt.Sprintf("semanage port --modify --type %s --proto %s %d\n", f.Type, t.Protocol, t.Port)
	}
	forms := []Form{
		{"semanage", commands},
		{"cil", text},
		{"ansible", fmt.Sprintf("- ansible.builtin.copy:\n    dest: /etc/selinux/%s.cil\n    content: |\n%s  register: senet_module\n- ansible.builtin.command: semodule -i /etc/selinux/%s.cil\n  when: senet_module is changed\n",
			name, indent(text, "      "), name)},
		{"puppet", fmt.Sprintf("file { '/etc/selinux/%s.cil':\n  content => @(CIL)\n%s    | CIL\n}\n~> exec { '/usr/sbin/semodule -i /etc/selinux/%s.cil':\n  refreshonly => true,\n}\n",
			name, indent(text, "    "), name)},
		{"butane", fmt.Sprintf("storage:\n  files:\n    - path: /etc/selinux/%s.cil\n      contents:\n        inline: |\n%s%s", name, indent(text, "          "), unit(name, "/usr/sbin/semodule -i /etc/selinux/"+name+".cil"))},
	}
	return forms
}

// teForm is the own type for those who write reference policy: a module that
// declares the type and its rules, and the label beside it, which a module of
// that language cannot hold.
func teForm(f *remedy.Fix, t Target) Form {
	var b strings.Builder
	fmt.Fprintf(&b, "policy_module(%s, 1.0)\n\n", moduleName(f, t))
	fmt.Fprintf(&b, "type %s;\n", f.Type)
	for _, n := range f.Module {
		if len(n.List) == 3 && n.List[0].Atom == "typeattributeset" {
			fmt.Fprintf(&b, "gen_require(` attribute %s; ')\ntypeattribute %s %s;\n", n.List[1].Atom, f.Type, n.List[1].Atom)
		}
	}
	for _, n := range f.Module {
		writeRuleTE(&b, n, "")
	}
	fmt.Fprintf(&b, "\n# after installing the module:\n# semanage port %s --type %s --proto %s %d\n", verb(f.Exists), f.Type, t.Protocol, t.Port)
	return Form{"te", b.String()}
}

func writeRuleTE(b *strings.Builder, n cil.Node, tab string) {
	if len(n.List) == 0 {
		return
	}
	switch n.List[0].Atom {
	case "allow":
		class := n.List[3].List
		source := n.List[1].Atom
		fmt.Fprintf(b, "%sallow %s %s:%s %s;\n", tab, source, n.List[2].Atom, class[0].Atom, permsTE(class[1]))
	case "booleanif":
		fmt.Fprintf(b, "# if (%s)\n", n.List[1])
		for _, branch := range n.List[2:] {
			not := ""
			if branch.List[0].Atom == "false" {
				not = "not "
			}
			fmt.Fprintf(b, "# %s:\n", not+"so")
			for _, inner := range branch.List[1:] {
				writeRuleTE(b, inner, "# ")
			}
		}
	}
}

func permsTE(n cil.Node) string {
	names := make([]string, len(n.List))
	for i, perm := range n.List {
		names[i] = perm.Atom
	}
	if len(names) == 1 {
		return names[0]
	}
	return "{ " + strings.Join(names, " ") + " }"
}

// unit is a Butane snippet that runs a command once at boot.
func unit(name, command string) string {
	return fmt.Sprintf("systemd:\n  units:\n    - name: %s.service\n      enabled: true\n      contents: |\n        [Unit]\n        ConditionFirstBoot=true\n        [Service]\n        Type=oneshot\n        ExecStart=%s\n        [Install]\n        WantedBy=multi-user.target\n", name, command)
}

func indent(text, prefix string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(prefix + line)
	}
	return b.String()
}
