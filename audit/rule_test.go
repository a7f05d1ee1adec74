package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
)

// rulesOf returns the rules in a text, each in a line.
func rulesOf(text string) (list []string, stats audit.Stats) {
	events, stats := audit.Parse(text, audit.Options{})
	for _, e := range events {
		if r := e.Rule; r != nil {
			line := fmt.Sprintf("%s %s:%s %s", r.SourceType, r.TargetType, r.Class, strings.Join(r.Permissions, ","))
			if r.Path != "" {
				line += " " + r.Path
			}
			if r.Constraint {
				line += " constraint"
			}
			list = append(list, line)
		}
	}
	return list, stats
}

// TestRules: what is a rule of audit2allow, and what is none, a case for each rule.
func TestRules(t *testing.T) {
	const file, want = "allow httpd_t var_t:file { open read };", "httpd_t var_t:file open,read"
	for _, c := range []struct {
		what, text string
		want       []string
	}{
		{"a list of permissions", file, []string{want}},
		{"a constraint, as audit2allow and audit2allow -l write it",
			"#!!!! This avc is a constraint violation.  You would need to modify attributes.\n#Constraint rule: \n" +
				"#\tmlsconstrain file { read } ((l1 dom l2 -Fail-) ); Constraint DENIED\n\n" + file + "\n" + file,
			[]string{want + " constraint", want}},
		{"the comment about a constraint far away", "#Constraint rule:\n" + strings.Repeat("x\n", 40) + file,
			[]string{want}},
		{"one permission", "allow httpd_t a_t:unix_stream_socket connectto;",
			[]string{"httpd_t a_t:unix_stream_socket connectto"}},
		{"self", "allow httpd_t self:process execmem;", []string{"httpd_t httpd_t:process execmem"}},
		{"lists of types and classes", "allow { a_t b_t } { c_t self }:{ file dir } read;", []string{
			"a_t c_t:file read", "a_t c_t:dir read", "a_t a_t:file read", "a_t a_t:dir read",
			"b_t c_t:file read", "b_t c_t:dir read", "b_t b_t:file read", "b_t b_t:dir read"}},
		{"blanks around the signs, and none", "allow  a_t\tb_t : file{read write} ;",
			[]string{"a_t b_t:file read,write"}},
		{"a permission twice", "allow a_t b_t:file { read read };", []string{"a_t b_t:file read"}},
		{"names with dots and dashes", "allow box.process my-app_t:file read;",
			[]string{"box.process my-app_t:file read"}},
		{"a class of a program", "allow a_t b_t:dbus send_msg;", []string{"a_t b_t:dbus send_msg"}},
		{"indented", "\t" + file, []string{want}},
		{"quoted in a mail", "> > " + file, []string{want}},
		{"numbered by grep", "12:" + file, []string{want}},
		{"numbered by grep, with the file", "local.te:12:" + file, []string{want}},
		{"the context that grep -n prints", "12-" + file, []string{want}},
		{"numbered by cat", "    12\t" + file, []string{want}},
		{"an item of a list", "* " + file, []string{want}},
		{"an item with a number", "2. " + file, []string{want}},
		{"code of Markdown", "`" + file + "`", []string{want}},
		{"with the escapes of Markdown", `allow httpd\_t var\_t:file { open read };`, []string{want}},
		{"a comment after it", file + " # needed", []string{want}},
		{"several on a line", file + " allow a_t b_t:dir search;", []string{want, "a_t b_t:dir search"}},
		{"the end of DOS", file + "\r\n", []string{want}},
		{"without the end of the line", file, []string{want}},

		{"after the comment of audit2allow, as forums join lines",
			"#============= httpd_t ============== " + file, []string{want}},
		{"after comments, with text behind",
			"#!!!! This avc is a constraint violation. ... to allow this access. " + file + " [root@h ~]# ls",
			[]string{want + " constraint"}},
		{"between comments", file + " #============= a_t ============== allow a_t b_t:dir search; #!!!! x allow c_t " +
			"d_t:dir search;", []string{want, "a_t b_t:dir search", "c_t d_t:dir search"}},
		{"another after a rule that is none", "#!!!! x allow a_t b_t:file x_perms; " + file, []string{want}},
		{"a comment of audit2allow alone", "#!!!! This avc is allowed in the current policy", nil},

		{"no semicolon", "allow httpd_t var_t:file { open read }", nil},
		{"cut in the list", "allow httpd_t var_t:file { open", nil},
		{"text after it", file + " is wrong", nil},
		{"text before it", "I added " + file, nil},
		{"within a comment", "# " + file, nil},
		{"a sentence", "allow httpd to read: this;", nil},
		{"dontaudit", "dontaudit httpd_t var_t:file read;", nil},
		{"neverallow", "neverallow httpd_t var_t:file read;", nil},
		{"auditallow", "auditallow httpd_t var_t:file read;", nil},
		{"allowxperm", "allowxperm a_t b_t:chr_file ioctl { 0x5401 };", nil},
		{"type_transition", "type_transition a_t b_t:process c_t;", nil},
		{"a role allow rule", "allow staff_r sysadm_r;", nil},
		{"the macro of permissions", "allow a_t b_t:file read_file_perms;", nil},
		{"the macro of classes", "allow a_t b_t:dir_file_class_set getattr;", nil},
		{"the parameter of a macro", "allow $1 b_t:file read;", nil},
		{"all permissions", "allow a_t b_t:file *;", nil},
		{"all permissions but some", "allow a_t b_t:file ~{ read };", nil},
		{"types without some", "allow { a_t -b_t } c_t:file read;", nil},
		{"an empty list", "allow a_t b_t:file { };", nil},
		{"a permission of another class", "allow a_t b_t:file name_bind;", nil},
		{"no class that kernels or programs have", "allow a_t b_t:nothing read;", nil},
		{"the block of a module", "module x 1.0;\nrequire {\n\ttype httpd_t;\n\tclass file { open read };\n}\n", nil},
		{"too many", "allow { " + strings.Join(numbered(65), " ") + " } b_t:file read;", nil},
		{"as many as there may be", "allow { " + strings.Join(numbered(64), " ") + " } self:file read;", selves(64)},
		{"too long", file + strings.Repeat(" ", 4096), nil},
	} {
		got, stats := rulesOf(c.text)
		if !slices.Equal(got, c.want) || stats.Rules != int64(len(c.want)) || stats.Denied != 0 {
			t.Errorf("%s: %q, %d counted, want %q", c.what, got, stats.Rules, c.want)
		}
	}
}

func numbered(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("n%d_t", i))
	}
	return names
}

func selves(n int) (rules []string) {
	for _, name := range numbered(n) {
		rules = append(rules, name+" "+name+":file read")
	}
	return rules
}

// TestRuleOfFile: a comment names the file of the next rule alone, and no rule far below.
func TestRuleOfFile(t *testing.T) {
	const comment = "#!!!! The file '/run/app.sock' is mislabeled on your system.  \n" +
		"#!!!! Fix with $ restorecon -R -v /run/app.sock\n"
	const rule = "allow a_t b_t:sock_file write;\n"
	const bare, named = "a_t b_t:sock_file write", "a_t b_t:sock_file write /run/app.sock"
	for _, c := range []struct {
		what, text string
		want       []string
	}{
		{"before its rule", comment + rule, []string{named}},
		{"with another comment between", comment + "#!!!! This avc can be allowed using the boolean 'x'\n" + rule,
			[]string{named}},
		{"before two rules", comment + rule + rule, []string{named, bare}},
		{"far above", comment + strings.Repeat("\n", 20) + rule, []string{bare}},
		{"the log of the audit system", "#!!!! The file '/var/log/audit/a' is mislabeled on your system.\n" + rule,
			[]string{bare + " /var/log/audit/a"}},
		{"no whole path", "#!!!! The file 'app.sock' is mislabeled on your system.\n" + rule, []string{bare}},
		{"on the line of the rule", "#!!!! The file '/x' is mislabeled on your system. #!!!! Fix with $ " +
			"restorecon -R -v /x allow c_t b_t:sock_file write; " + rule, []string{"c_t b_t:sock_file write /x", bare}},
		{"for the line after it", rule[:len(rule)-1] + " #!!!! The file '/x' is mislabeled on your system.\n" + rule,
			[]string{bare, bare + " /x"}},
		{"in a list on one line", comment + "allow { a_t c_t } b_t:sock_file write;", []string{named,
			"c_t b_t:sock_file write /run/app.sock"}},
	} {
		if got, _ := rulesOf(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

// TestRuleAfterRecord: a rule is no part of a record that was cut in the line before it.
func TestRuleAfterRecord(t *testing.T) {
	const cut = "type=AVC msg=audit(1795161600.000:100): avc:  denied  { read } for  pid=7 comm=\"a\" name=\"x\" " +
		"scontext=system_u:system_r:a_t:s0\n"
	rules, stats := rulesOf(cut + "allow a_t b_t:file { open read };\n")
	if len(rules) != 1 || stats.MalformedCount() != 1 || stats.Denied != 0 {
		t.Errorf("%q, %+v", rules, stats)
	}
}

// TestRuleIsUnderstood: a rule tells of a refusal, so that a line of no known form is not told in its place.
func TestRuleIsUnderstood(t *testing.T) {
	const unclear = "failed: it said permission denied by SELinux\n"
	for text, want := range map[string]string{unclear: "program", unclear + "allow a_t b_t:file read;\n": "rule"} {
		events, _ := audit.Parse(text, audit.Options{})
		if len(events) != 1 || string(events[0].Format) != want {
			t.Errorf("%q: %d events, want one of %s", text, len(events), want)
		}
	}
}
