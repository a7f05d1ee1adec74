package semanagecli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/policydoc"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/semanage"
)

// boolean carries out the subcommand boolean. semanage 3.4 does not audit its changes, and neither does senet: the
// kernel audits the booleans that it sets.
func (r *run) boolean(a *arguments) error {
	switch a.action() {
	case "list":
		return r.listBooleans(a)
	case "extract":
		return r.extract(semanage.Booleans)
	case "modify":
		return r.change(func() error { return r.setBoolean(a.text("boolean"), a.text("state") == "on") })
	}
	return r.change(func() error { return r.tx.DeleteAll(semanage.Booleans) })
}

func (r *run) setBoolean(name string, on bool) error {
	name = r.tx.BooleanName(name)
	if defined, _ := r.tx.Defined(semanage.BooleanKey(name)); !defined {
		return valueError("Boolean " + name + " is not defined")
	}
	b := semanage.Boolean{Name: name, On: on}
	if err := r.tx.Add(b); err != nil {
		return r.failed("modify", target{key: b.Key(), name: "boolean " + name}, err)
	}
	r.changed = append(r.changed, b)
	return nil
}

func (r *run) listBooleans(a *arguments) error {
	records, err := r.records(semanage.Booleans, a.given("locallist"))
	if err != nil || len(records) == 0 {
		return err
	}
	values := map[string]bool{}
	var names []string
	for _, record := range records {
		b := record.(semanage.Boolean)
		if _, ok := values[b.Name]; !ok {
			names = append(names, b.Name)
		}
		values[b.Name] = b.On
	}
	slices.SortFunc(names, strings.Compare)
	if !a.given("noheading") {
		fmt.Fprintf(&r.out, "%-30s %s  %s %s\n\n", "SELinux boolean", "State", "Default", "Description")
	}
	descriptions := policydoc.Booleans(sysroot.Root{}, r.tool.Descriptions)
	for _, name := range names {
		b := semanage.Boolean{Name: name, On: values[name]}
		text, ok := descriptions[name]
		if !ok {
			verb, rest, _ := strings.Cut(name, "_")
			text = "Allow " + verb + " to " + strings.ReplaceAll(rest, "_", " ")
		}
		fmt.Fprintf(&r.out, "%-30s (%-5s,%5s)  %s\n", name, onOff(r.running(b).On), onOff(b.On), text)
	}
	return nil
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// kernel returns the selinuxfs of the kernel if it has the store's policy loaded, else "".
func (r *run) kernel() semanage.SELinuxFS {
	if r.store == nil || !r.store.Configured() {
		return ""
	}
	if r.tool.SELinuxFS != "" {
		return semanage.SELinuxFS(r.tool.SELinuxFS)
	}
	const host = semanage.SELinuxFS("/sys/fs/selinux")
	if r.tool.Root != "" || !host.Enabled() {
		return ""
	}
	return host
}

// running returns a boolean with the value that is active in the kernel. semanage lists and exports that value if
// the kernel has the boolean.
func (r *run) running(b semanage.Boolean) semanage.Boolean {
	k := r.kernel()
	if k == "" || strings.ContainsRune(b.Name, '/') {
		return b
	}
	text, err := os.ReadFile(filepath.Join(string(k), "booleans", b.Name))
	if fields := strings.Fields(string(text)); err == nil && len(fields) == 2 {
		b.On = fields[0] == "1"
	}
	return b
}
