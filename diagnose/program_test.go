package diagnose_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/fcontext"
)

// TestProgramLabel: which program gets the label of a program of the same name, a case for each rule.
func TestProgramLabel(t *testing.T) {
	table, err := fcontext.Parse([]byte("/usr/bin/.*\tsystem_u:object_r:bin_t:s0\n"+
		"/usr/sbin/sshd\t--\tsystem_u:object_r:sshd_exec_t:s0\n/opt/.*/bin/.*\tsystem_u:object_r:bin_t:s0\n"+
		"/opt/own/bin/sshd\t--\tsystem_u:object_r:httpd_exec_t:s0\n"), "file_contexts")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rule, perm, fields, comm, source, target string
		program, starting                        string
	}{
		{"a program of that name", "execute", `name="sshd"`, "(sshd)", "init_t", "var_t", "sshd_exec_t", "sshd"},
		{"with a path for which file_contexts has the label of all programs", "execute", `path="/opt/x/bin/sshd"`,
			"(sshd)", "init_t", "var_t", "sshd_exec_t", "sshd"},
		{"with a path that has its own label", "execute", `path="/opt/own/bin/sshd"`, "(sshd)", "init_t", "unlabeled_t",
			"", "sshd"},
		{"a program that has the label of all", "execute", `name="jobrunner-main"`, "(ner-main)", "init_t", "var_t", "",
			"jobrunner-main"},
		{"a name of eight characters", "execute", `name="other"`, "(ner-main)", "init_t", "var_t", "", "ner-main"},
		{"what is read alone", "read", `name="sshd"`, "(sshd)", "init_t", "var_t", "", "sshd"},
		{"another domain", "execute", `name="sshd"`, "(sshd)", "httpd_t", "var_t", "", ""},
		{"systemd itself", "execute", `name="sshd"`, "systemd", "init_t", "var_t", "", ""},
		{"a file system with one label", "execute", `name="sshd"`, "(sshd)", "init_t", "nfs_t", "", "sshd"},
		{"a label of programs", "execute", `name="sshd"`, "(sshd)", "init_t", "httpd_exec_t", "", "sshd"},
	} {
		log := line(c.perm, c.fields, c.source, c.target, "file")
		d := avc(t, newDiagnoser(t).Labels(table), strings.Replace(log, `comm="x"`, `comm="`+c.comm+`"`, 1))
		program := ""
		if d.Program != nil {
			program = d.Program.Type
		}
		if program != c.program || d.Starting != c.starting {
			t.Errorf("%s: label %q, starting %q", c.rule, program, d.Starting)
		}
	}
}
