package form

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// semanageRecords writes changes of records as semanage commands: a single one as its own command,
// several as one transaction, so that no port is without its label in between. levels says that the
// range changes.
func semanageRecords(records []remedy.RecordChange, levels bool) string {
	switch len(records) {
	case 0:
		return ""
	case 1:
		return "semanage " + portCommand(&records[0], levels, "") + "\n"
	}
	return "semanage import <<'EOF'\n" + importLines(records) + "EOF\n"
}

// importLines returns records as input of semanage import.
func importLines(records []remedy.RecordChange) string {
	var b strings.Builder
	for i := range records {
		r := &records[i]
		if r.Action == remedy.DeleteRecord {
			fmt.Fprintf(&b, "port -d -p %s %s\n", r.Protocol, ports(r))
			continue
		}
		flag, levels := "-a", ""
		if r.Action == remedy.ModifyRecord {
			flag = "-m"
		}
		if r.Context.Range != "" {
			levels = " -r '" + r.Context.Range + "'"
		}
		fmt.Fprintf(&b, "port %s -t %s%s -p %s %s\n", flag, r.Context.Type, levels, r.Protocol, ports(r))
	}
	return b.String()
}

// portCommand returns the arguments of semanage for a record. A modified record keeps its range
// unless levels is set; an added one has s0 unless another range is given. flags come before all
// others.
func portCommand(r *remedy.RecordChange, levels bool, flags string) string {
	text := "port " + flags + "--" + string(r.Action)
	if r.Action != remedy.DeleteRecord {
		text += " --type " + r.Context.Type
		if r.Context.Range != "" && (levels || r.Action == remedy.AddRecord && r.Context.Range != "s0") {
			text += " --range " + r.Context.Range
		}
	}
	return text + " --proto " + r.Protocol.String() + " " + ports(r)
}

// ports returns the ports of a record: 80, 8000-8100.
func ports(r *remedy.RecordChange) string { return r.Port.Range().String() }

// simpleRecords reports whether the modules of Ansible and Puppet can make all
// records.
func simpleRecords(f *remedy.Fix) bool {
	return !slices.ContainsFunc(f.Records, func(r remedy.RecordChange) bool {
		return r.Protocol != semanage.TCP && r.Protocol != semanage.UDP ||
			f.Kind == remedy.Level || r.Action != remedy.ModifyRecord && r.Context.Range != "" &&
			r.Context.Range != "s0"
	})
}

func permissiveCommands(f *remedy.Fix, flag string) string {
	var b strings.Builder
	for _, domain := range f.Domains {
		b.WriteString("semanage permissive " + flag + " " + domain + "\n")
	}
	return b.String()
}

func ansibleForm(f *remedy.Fix, t Target) string {
	if f.Kind == remedy.Permissive {
		return ansiblePermissive(f)
	}
	text := ""
	if installs(f) {
		file := moduleFile(f)
		source := "content: |\n" + indent(moduleText(f), "      ")
		if t.Beside {
			source = "src: " + f.ModuleName + ".cil\n"
		}
		text = fmt.Sprintf("- ansible.builtin.copy:\n    dest: %s\n    %s  register: senet_module\n- "+
			"ansible.builtin.command: semodule -i %s\n  when: senet_module is changed\n",
			file, source, file)
	}
	return text + ansibleRecords(f.Records)
}

func ansiblePermissive(f *remedy.Fix) string {
	var b strings.Builder
	for _, domain := range f.Domains {
		fmt.Fprintf(&b, "- community.general.selinux_permissive:\n    domain: %s\n    permissive: true\n", domain)
	}
	return b.String()
}

func ansibleRecords(records []remedy.RecordChange) string {
	text := ""
	for i := range records {
		r := &records[i]
		text += fmt.Sprintf("- community.general.seport:\n    ports: %s\n    proto: %s\n    setype: %s\n", ports(r),
			r.Protocol, r.Context.Type)
		if r.Action == remedy.DeleteRecord {
			text += "    state: absent\n"
		} else {
			text += "    state: present\n"
		}
		if len(records) > 1 {
			text += "    local: true\n" // else a record of the policy counts as present
		}
	}
	return text
}

func puppetForm(f *remedy.Fix, t Target) string {
	if f.Kind == remedy.Permissive {
		return puppetPermissive(f)
	}
	var parts []string
	if installs(f) {
		source := "content => @(CIL),\n" + indent(moduleText(f), "    ") + "    | CIL\n"
		if t.Beside {
			source = "source => 'puppet:///modules/profile/" + f.ModuleName + ".cil',\n"
		}
		parts = append(parts,
			fmt.Sprintf("file { '%s':\n  %s}\n~> exec { '/usr/sbin/semodule -i %s':\n  refreshonly => true,\n}\n",
				moduleFile(f), source, moduleFile(f)))
	}
	return strings.Join(append(parts, puppetRecords(f.Records)...), "-> ")
}

func puppetPermissive(f *remedy.Fix) string {
	var b strings.Builder
	for _, domain := range f.Domains {
		fmt.Fprintf(&b, "selinux::permissive { '%s':\n  ensure => 'present',\n}\n", domain)
	}
	return b.String()
}

func puppetRecords(records []remedy.RecordChange) []string {
	var parts []string
	for i := range records {
		r := &records[i]
		number := fmt.Sprintf("port     => %d", r.Low)
		if r.Low != r.High {
			number = fmt.Sprintf("port_range => [%d, %d]", r.Low, r.High)
		}
		ensure := "present"
		if r.Action == remedy.DeleteRecord {
			ensure = "absent"
		}
		parts = append(parts,
			fmt.Sprintf("selinux::port { '%s-%s-%s':\n  ensure   => '%s',\n  seltype  => '%s',\n  protocol => "+
				"'%s',\n  %s,\n}\n",
				r.Context.Type, r.Protocol, ports(r), ensure, r.Context.Type, r.Protocol, number))
	}
	return parts
}
