package diagnose_test

import (
	"strings"
	"testing"
)

// TestInheritedPipe: a pipe without a name is its maker's, a named one and its own are not told.
func TestInheritedPipe(t *testing.T) {
	for _, c := range []struct {
		file, target string
		want         bool
	}{
		{`path="pipe:[77]" dev="pipefs"`, "system_u:system_r:sshd_t:s0", true},
		{`path="pipe:[77]" dev="pipefs"`, "system_u:system_r:httpd_t:s0", false},
		{`path="/run/x.fifo" dev="tmpfs"`, "system_u:object_r:var_run_t:s0", false},
	} {
		said := false
		for _, n := range avc(t, newDiagnoser(t), line("read", c.file, "httpd_t", c.target, "fifo_file")).Notes {
			said = said || strings.Contains(n.Text, "a pipe without a name")
		}
		if said != c.want {
			t.Errorf("%s of %s: said %v", c.file, c.target, said)
		}
	}
}

// TestInheritedFile: a file that a program gets from its caller is told by the system call that starts the program,
// a case for each rule.
func TestInheritedFile(t *testing.T) {
	const execve, openat = "arch=c000003e syscall=59 ", "arch=c000003e syscall=257 "
	for _, c := range []struct {
		what, perms, file, call string
		want                    bool
	}{
		{"a file", "read write", `path="/tmp/x"`, execve, true},
		{"a file that is opened", "read open", `path="/tmp/x"`, execve, false},
		{"a file without a path", "read", `name="x"`, execve, false},
		{"another call", "read write", `path="/tmp/x"`, openat, false},
	} {
		log := "type=AVC msg=audit(1.1:1): " + line(c.perms, c.file, "httpd_t", "tmp_t", "file") +
			"\ntype=SYSCALL msg=audit(1.1:1): " + c.call +
			"success=yes exit=0 a0=0 a1=0 a2=0 a3=0 items=2 ppid=1 pid=812\n"
		d := avc(t, newDiagnoser(t), log)
		said := false
		for _, n := range d.Notes {
			said = said || strings.Contains(n.Text, "its caller had the file open")
		}
		if said != c.want || d.Harmless != c.want {
			t.Errorf("%s: said %v, harmless %v, want %v", c.what, said, d.Harmless, c.want)
		}
	}
}
