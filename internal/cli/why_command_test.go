package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/testenv"
)

// why returns the answer of senet why about a log, under a policy of its own.
func why(t *testing.T, policyFile, log string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := cli.Main([]string{"senet", "why", "--policy", policyFile, "-"}, strings.NewReader(log), &out,
		&errs); code != 0 {
		t.Fatalf("status %d: %s%s", code, out.String(), errs.String())
	}
	return out.String()
}

func policyWith(t *testing.T, statements string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(file, exampleWith(t, statements).DB().Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestWhyCommand: an ioctl command that no allowxperm rule names is refused,
// though the permission ioctl is granted; and the rule that is written allows it.
func TestWhyCommand(t *testing.T) {
	testenv.Need(t, "secilc")
	const base = "(allow haproxy_t self (tcp_socket (ioctl)))\n(allowx haproxy_t self (ioctl tcp_socket " +
		"(0x8901)))\n(allowx haproxy_t sshd_t (ioctl tcp_socket (0x8901)))\n"
	file := policyWith(t, base)
	log := func(command, target string) string {
		return `avc:  denied  { ioctl } for  pid=7 comm="haproxy" path="socket:[9]" dev="sockfs" ino=9 ioctlcmd=` +
			command +
			" scontext=system_u:system_r:haproxy_t:s0 tcontext=system_u:system_r:" + target +
			":s0 tclass=tcp_socket permissive=0\n"
	}
	for _, c := range []struct {
		command, target, verdict string
		says, rules              []string
	}{
		// The command that a rule names.
		{"0x8901", "haproxy_t", "YES ", nil, nil},
		// Another; old kernels write it without 0x.
		{"0x8927", "haproxy_t", "NO ",
			[]string{"a rule allows haproxy_t self:tcp_socket ioctl, but not the command 0x8927",
				"senet search --allowxperm -s haproxy_t"},
			[]string{"(allowx haproxy_t self (ioctl tcp_socket (0x8927)))"}},
		{"8927", "haproxy_t", "NO ", []string{"the command 0x8927"}, nil},
		// Neither the permission nor the command.
		{"0x8927", "sshd_t", "NO ", []string{"no rule allows haproxy_t sshd_t:tcp_socket ioctl",
			"the command 0x8927 also needs an allowxperm rule"},
			[]string{"(allow haproxy_t sshd_t (tcp_socket (ioctl)))",
				"(allowx haproxy_t sshd_t (ioctl tcp_socket (0x8927)))"}},
		// Without rules of extended permissions an allow rule does.
		{"0x8927", "squid_t", "NO ", nil, []string{"(allow haproxy_t squid_t (tcp_socket (ioctl)))"}},
	} {
		text := why(t, file, log(c.command, c.target))
		flat := strings.Join(strings.Fields(text), " ")
		for _, s := range c.says {
			if !strings.Contains(flat, s) {
				t.Errorf("%s %s: no %q in\n%s", c.command, c.target, s, text)
			}
		}
		if !strings.HasPrefix(text, c.verdict) {
			t.Errorf("%s %s: not %s in\n%s", c.command, c.target, c.verdict, text)
		}
		if c.rules == nil {
			continue
		}
		module := allowForm(t, file, "cil", log(c.command, c.target))
		for _, s := range c.rules {
			if !strings.Contains(module, s) {
				t.Errorf("%s %s: no %q in\n%s", c.command, c.target, s, module)
			}
		}
		if n := strings.Count(module, "\n(allow"); n != len(c.rules) {
			t.Errorf("%s %s: %d rules in\n%s", c.command, c.target, n, module)
		}
		for _, module := range []string{module, asCIL(t, allowForm(t, file, "te", log(c.command, c.target)))} {
			if text := why(t, policyWith(t, base+module), log(c.command, c.target)); !strings.HasPrefix(text, "YES ") {
				t.Errorf("%s %s: with\n%s\n%s", c.command, c.target, module, text)
			}
		}
	}
}

// TestWhyValidTransition: a refused relabelling is asked of the validatetrans rules
// of the policy, with the context of the task.
func TestWhyValidTransition(t *testing.T) {
	testenv.Need(t, "secilc")
	record := func(task, level string) string {
		return "type=SELINUX_ERR msg=audit(1700000000.000:2): op=security_validate_transition seresult=denied " +
			"oldcontext=system_u:object_r:etc_t:s0 newcontext=system_u:object_r:etc_t:" + level +
			" taskcontext=system_u:system_r:" + task + ":s0 tclass=fifo_file\n"
	}
	plain := policyWith(t, "")
	rules := policyWith(t, "(mlsvalidatetrans fifo_file (or (eq l1 l2) (eq t3 sshd_t)))\n")
	nested := policyWith(t,
		"(mlsvalidatetrans fifo_file (and (domby l1 h2) (not (and (neq l1 l2) (neq t3 sshd_t)))))\n")
	for _, c := range []struct{ file, task, level, verdict, says string }{
		{plain, "httpd_t", "s0:c1", "YES ", "the policy has none for the class fifo_file"},
		{rules, "httpd_t", "s0:c1", "NO ", "refuses the new label to a process of httpd_t"},
		{rules, "httpd_t", "s0", "YES ", "the rules of this policy allow it"},
		{rules, "sshd_t", "s0:c1", "YES ", "the rules of this policy allow it"},
		{nested, "httpd_t", "s0:c1", "NO ", "refuses"},
		{nested, "sshd_t", "s0:c1", "YES ", "allow it"},
	} {
		text := why(t, c.file, record(c.task, c.level))
		if !strings.HasPrefix(text, c.verdict) || !strings.Contains(strings.Join(strings.Fields(text), " "), c.says) {
			t.Errorf("%s to %s: no %s with %q in\n%s", c.task, c.level, c.verdict, c.says, text)
		}
	}
}

// TestWhyBoundedTransition: with the permission nnp_transition no bounds are needed.
func TestWhyBoundedTransition(t *testing.T) {
	testenv.Need(t, "secilc")
	const record = "type=SELINUX_ERR msg=audit(1700000000.000:2): op=security_bounded_transition seresult=denied " +
		"oldcontext=system_u:system_r:httpd_t:s0 newcontext=system_u:system_r:sshd_t:s0\n"
	const class = "(class process2 (nnp_transition nosuid_transition))\n(classorder (unordered process2))\n"
	for statements, verdict := range map[string]string{
		class: "NO ",
		// the capability of the policy is off
		class + "(allow httpd_t sshd_t (process2 (nnp_transition)))\n":                                    "NO ",
		class + "(allow httpd_t sshd_t (process2 (nnp_transition)))\n(policycap nnp_nosuid_transition)\n": "YES ",
	} {
		if text := why(t, policyWith(t, statements), record); !strings.HasPrefix(text, verdict) {
			t.Errorf("with %q\n%s", statements, text)
		}
	}
}

// TestWhySeveral: of a record with several permissions that are refused for
// different reasons each reason is told, a boolean is named only where it allows
// all, and --allow writes what a rule can allow.
func TestWhySeveral(t *testing.T) {
	testenv.Need(t, "secilc")
	const record = `avc:  denied  { read write } for  pid=7 comm="squid" path="socket:[9]" dev="sockfs" ino=9 ` +
		`scontext=system_u:system_r:squid_t:s0` +
		" tcontext=system_u:system_r:sshd_t:s0 tclass=unix_dgram_socket permissive=0\n"
	const booleans = "(boolean one false)\n(boolean two false)\n"
	under := func(boolean, perms string) string {
		return "(booleanif " + boolean + " (true (allow squid_t sshd_t (unix_dgram_socket (" + perms + ")))))\n"
	}
	for _, c := range []struct {
		name, statements string
		says, not        []string
		rule             string
	}{
		{"no rule for either", "",
			[]string{"no rule allows squid_t sshd_t:unix_dgram_socket { read write } [SN-NO-RULE]"}, []string{"bool "},
			"(unix_dgram_socket (read write))"},
		{"a boolean for one", booleans + under("one", "read"),
			[]string{"no rule allows squid_t sshd_t:unix_dgram_socket write [SN-NO-RULE]; and the rule",
				"is active only if one [SN-BOOL-OFF]"},
			[]string{"one=on would allow it", "--bool"}, "(unix_dgram_socket (read write))"},
		{"a boolean for both", booleans + under("one", "read write"), []string{"bool one=on would allow it"}, nil,
			"(unix_dgram_socket (read write))"},
		{"a boolean for each", booleans + under("one", "read") + under("two", "write"),
			[]string{"only if one [SN-BOOL-OFF]"}, []string{"=on would allow it"}, "(unix_dgram_socket (read write))"},
		{"a constraint on one",
			"(allow squid_t sshd_t (unix_dgram_socket (read)))\n(constrain (unix_dgram_socket (read)) (neq t1 " +
				"squid_t))\n",
			[]string{"but a constraint refuses it",
				"[SN-CONSTRAINT]; and no rule allows squid_t sshd_t:unix_dgram_socket write [SN-NO-RULE]"},
			[]string{"bool "}, "(unix_dgram_socket (write))"},
	} {
		file := policyWith(t, c.statements)
		text := strings.Join(strings.Fields(why(t, file, record)), " ")
		for _, s := range c.says {
			if !strings.Contains(text, s) {
				t.Errorf("%s: no %q in\n%s", c.name, s, text)
			}
		}
		for _, s := range c.not {
			if strings.Contains(text, s) {
				t.Errorf("%s: %q in\n%s", c.name, s, text)
			}
		}
		if module := allowForm(t, file, "cil", record); !strings.Contains(module, c.rule) {
			t.Errorf("%s: no %s in\n%s", c.name, c.rule, module)
		}
	}
	// What the policy does not define can be named by no rule.
	const undefined = "avc:  denied  { newconn } for  pid=7 comm=\"squid\" scontext=system_u:system_r:squid_t:s0 " +
		"tcontext=system_u:system_r:squid_t:s0 tclass=tcp_socket permissive=0\n"
	if module := allowForm(t, policyWith(t, ""), "te", undefined); strings.Contains(module, "newconn;") ||
		!strings.Contains(module, "left out: squid_t may not newconn") {
		t.Error(module)
	}
}
