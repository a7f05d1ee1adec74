package form

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/remedy"
)

// moduleFile is the path of a module on a machine for semodule.
func moduleFile(f *remedy.Fix) string { return "/etc/selinux/" + f.ModuleName + ".cil" }

func moduleText(f *remedy.Fix) string { return cil.Format(f.Module) }

// shellForm is for systems with semodule but without Python, and to build their images:
// nothing is loaded into a kernel. There, records that no module can make need senet
// itself.
func shellForm(f *remedy.Fix, t Target) string {
	text := ""
	if len(f.Module) > 0 && (installs(f) || asModule(f)) {
		text = writeModule(f, t) + "semodule -n -i " + f.ModuleName + ".cil\n"
	}
	if asModule(f) {
		return text
	}
	return text + senetRecords(f.Records, f.Kind == remedy.Level)
}

// senetRecords writes changes of records as senet commands.
func senetRecords(records []remedy.RecordChange, levels bool) string {
	switch len(records) {
	case 0:
		return ""
	case 1:
		r := &records[0]
		action := "set"
		if r.Action == remedy.DeleteRecord {
			action = "delete"
		}
		command := portCommand(r, levels, "")
		return "senet " + strings.Replace(command, "--"+string(r.Action), action, 1) + " --root /\n"
	}
	return "senet port import --root / <<'EOF'\n" + importLines(records) + "EOF\n"
}

// butane is the beginning of every Butane config.
const butane = "variant: fcos\nversion: 1.5.0\n"

func butaneForm(f *remedy.Fix, t Target) string {
	text := butane
	name := f.ModuleName
	var starts []string
	if len(f.Module) > 0 {
		source := "inline: |\n" + indent(moduleText(f), "          ")
		if t.Beside {
			source = "local: " + f.ModuleName + ".cil\n"
		}
		text += fmt.Sprintf("storage:\n  files:\n    - path: %s\n      contents:\n        %s", moduleFile(f), source)
		starts = append(starts, "/usr/sbin/semodule -i "+moduleFile(f))
	} else {
		name = fmt.Sprintf("senet-port-%s-%d", t.Protocol, t.Port)
	}
	if !asModule(f) {
		for i := range f.Records {
			starts = append(starts, "/usr/sbin/semanage "+portCommand(&f.Records[i], f.Kind == remedy.Level, ""))
		}
	}
	return text + "systemd:\n  units:\n" + unit(name, starts...)
}

// unit returns one unit of a Butane config: it runs commands once, at the first boot.
func unit(name string, commands ...string) string {
	var starts strings.Builder
	for _, c := range commands {
		starts.WriteString("        ExecStart=" + c + "\n")
	}
	return fmt.Sprintf(
		"    - name: %s.service\n      enabled: true\n      contents: |\n        [Unit]\n        "+
			"ConditionFirstBoot=true\n        [Service]\n        Type=oneshot\n%s        [Install]\n        "+
			"WantedBy=multi-user.target\n", name, starts.String())
}

// bootcForm returns lines of a Containerfile.
func bootcForm(f *remedy.Fix, t Target) string {
	text := ""
	if len(f.Module) > 0 {
		source, after := "<<'EOF'", moduleText(f)+"EOF\n"
		if t.Beside {
			source, after = f.ModuleName+".cil", ""
		}
		text = fmt.Sprintf("COPY %s %s\n%sRUN semodule -n -i %s\n", source, moduleFile(f), after, moduleFile(f))
	}
	if asModule(f) {
		return text
	}
	var commands []string
	for i := range f.Records {
		commands = append(commands, "semanage "+portCommand(&f.Records[i], f.Kind == remedy.Level, "--noreload "))
	}
	return text + "RUN " + strings.Join(commands, " \\\n && ") + "\n"
}
