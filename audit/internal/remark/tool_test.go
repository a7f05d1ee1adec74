package remark

import (
	"slices"
	"testing"
)

// TestTools reads the errors of tools, one of each form, and lines that only look like them.
func TestTools(t *testing.T) {
	for _, tt := range []struct {
		line  string
		code  Code
		names []string
	}{
		// systemd, mac_selinux_init.
		{"Jun  7 14:59:07 web systemd-udevd[310]: Failed to initialize SELinux labeling handle: No such file or " +
			"directory",
			LabelHandle, []string{"systemd-udevd", "No such file or directory"}},
		{"Failed to initialize SELinux labeling handle", LabelHandle, []string{"", ""}},
		// systemd, mac_selinux_setup; dracut.
		{"[    4.7] systemd[1]: Failed to load SELinux policy. Freezing.", PolicyNotLoaded, nil},
		{"dracut: FATAL: Initial SELinux policy load failed. Machine in enforcing mode.", PolicyNotLoaded, nil},
		{"systemd[1]: Successfully loaded SELinux policy in 210.4ms.", "", nil},
		// libsepol, cil_resolve_ast.c; the store of a module.
		{"Failed to resolve typeattributeset statement at /var/lib/selinux/targeted/tmp/modules/200/foo/cil:7",
			Unresolved,
			[]string{"typeattributeset", "/var/lib/selinux/targeted/tmp/modules/200/foo/cil", "7", "foo", "200"}},
		{"Failed to resolve allow statement at local.cil:3", Unresolved, []string{"allow", "local.cil", "3"}},
		{"Failed to resolve AST", Unbuilt, nil},
		{"Failed to resolve host name: try again", "", nil},
		{"ValueError: Could not commit semanage transaction", Unbuilt, nil},
		// libsepol, link.c; Ansible puts all lines into one.
		{`"stderr": "libsepol.link_modules: Tried to link in a non-MLS module with an MLS base. (No such file).\n` +
			`ValueError: Could not commit semanage transaction"`, OtherMLS, []string{"policy"}},
		{"libsepol.link_modules: Tried to link in an MLS module with a non-MLS base.", OtherMLS, []string{"module"}},
		// libsepol, context.c.
		{"libsepol.context_from_record: type foo_port_t is not defined (No such file or directory).", LocalContext,
			[]string{"type", "foo_port_t"}},
		{`libsepol.context_from_record: invalid security context: "system_u:object_r:foo_t:s0"`, LocalContext,
			[]string{"context", "system_u:object_r:foo_t:s0"}},
		{"libsepol.context_from_record: MLS is enabled, but no MLS context found", LocalContext, []string{"level", ""}},
		// libsepol, policydb.c.
		{"libsepol.policydb_read: policydb version 33 does not match my version range 15-31", OtherVersion,
			[]string{"33", "15", "31"}},
		{"libsepol.policydb_read: policydb module version 21 does not match my version range 4-19", OtherVersion,
			[]string{"21", "4", "19", "module"}},
		// CIL that libsepol makes of the require block of a module.
		{"(typeattributeset cil_gen_require foo_t)", Required, []string{"foo_t"}},
		{"1:(roleattributeset cil_gen_require foo_r)", Required, []string{"foo_r"}},
		{"(typeattributeset cil_gen_require (foo_t))", "", nil},
		// checkpolicy, policy_scan.l.
		{"foo.te:12:ERROR 'unknown type foo_t' at token ';' on line 12:", UnknownName, []string{"type", "foo_t", "12"}},
		{"foo.te:9:ERROR 'permission mmap is not defined for class file' at token ';' on line 9:", UnknownName,
			[]string{"permission", "mmap", "9"}},
		{"foo.te:3:ERROR 'syntax error' at token 'files_read_etc_files' on line 3:", Syntax,
			[]string{"files_read_etc_files", "3", "syntax error"}},
		// libsepol, assertion.c, and CIL.
		{"libsepol.report_failure: neverallow on line 7 of a.te (or line 9 of policy.conf) violated by allow a_t " +
			"b_t:file { read };",
			Neverallow, []string{"allow a_t b_t:file { read };"}},
		{"neverallow check failed at /var/lib/selinux/targeted/tmp/modules/100/base/cil:9", Neverallow, []string{""}},
		// semanage, seobject.py.
		{"ValueError: SELinux policy is not managed or store cannot be accessed.", NoStore, nil},
		{"libsemanage.semanage_create_store: Could not read from module store. (Permission denied).", NoStore, nil},
		{"libsemanage.semanage_read_policydb: Could not open kernel policy /var/lib/selinux/a/active/policy.kern " +
			"for reading. (No such file or directory).", NeverBuilt, nil},
		{"ValueError: Port tcp/8443 already defined", Defined, []string{"port", "tcp/8443"}},
		{"ValueError: File context for /srv/www(/.*)? already defined", Defined, []string{"fcontext",
			"/srv/www(/.*)?"}},
		{"Port tcp/8443 already defined, modifying instead", "", nil},
		{"error: symbol Port already defined in this scope", "", nil},
		{"ValueError: Type foo_t is invalid, must be a port type", WrongType, []string{"foo_t", "port type"}},
		{"ValueError: Type foo_t is invalid, must be a file or device type", WrongType,
			[]string{"foo_t", "file or device type"}},
		{"ValueError: Boolean httpd_can_conect is not defined", NoBoolean, []string{"httpd_can_conect"}},
		// setsebool.c.
		{"Could not change active booleans: Invalid boolean", NoBoolean, []string{""}},
		{"Could not change active booleans.  Please try as root: Permission denied", BooleansKept, nil},
		// restorecon and chcon.
		{"Warning no default label for /tmp/x", NoEntry, []string{"/tmp/x"}},
		{"chcon: failed to change context of '/mnt/x' to 'system_u:object_r:a_t:s0': Operation not supported", NoLabels,
			[]string{"/mnt/x"}},
		{"restorecon: Could not set context for /mnt/y:  Operation not supported", NoLabels, []string{"/mnt/y"}},
		{"mount: /mnt: Operation not supported", "", nil},
		{`"msg": "Aborting, target uses selinux but python bindings (libselinux-python) aren't installed!"`,
			NoBindings, nil},
		// A record is none, whatever a program has put into it.
		{`avc:  denied  { read } for comm="Failed to resolve AST" scontext=a:b:c_t tcontext=a:b:d_t tclass=file`, "",
			nil},
	} {
		code, names := tool(tt.line)
		if code != tt.code || !slices.Equal(names, tt.names) {
			t.Errorf("%s: %s %q, want %s %q", tt.line, code, names, tt.code, tt.names)
		}
	}
}

// TestUnit joins the lines of a status to one remark.
func TestUnit(t *testing.T) {
	var s Scanner
	for i, line := range []string{
		"    Process: 3458 ExecStart=/home/ann/web/run.sh (code=exited, status=203/EXEC)",
		"   Main PID: 3458 (code=exited, status=203/EXEC)",
		"Jun 19 19:00:14 host systemd[1]: web.service: Main process exited, code=exited, status=203/EXEC",
	} {
		s.Line(int64(i+1), []byte(line))
	}
	list := s.Remarks()
	if len(list) != 1 || list[0].Code != NotStarted || list[0].Count != 3 ||
		list[0].Names[0] != "/home/ann/web/run.sh" {
		t.Errorf("%+v", list)
	}
}

// FuzzLine checks that no line breaks the bounds.
func FuzzLine(f *testing.F) {
	for _, line := range []string{"Failed to resolve x statement at :", "libsepol.context_from_record: type ", "' " +
		"at token '",
		"does not match my version range -", "set context ->", "setenforce 0", "no selinux", "without selinux"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		var s Scanner
		for i := range 20 {
			s.Line(int64(i+1), []byte(line))
			s.Add(AppArmor, int64(i+1), line, line, string(rune('a'+i)))
		}
		list := s.Remarks()
		if len(list) > maxRemarks {
			t.Fatalf("%d remarks", len(list))
		}
		for _, r := range list {
			if len(r.Text) > maxText || r.Count < 1 || r.Line < 1 {
				t.Fatalf("%+v", r)
			}
			for _, n := range r.Names {
				if len(n) > maxText {
					t.Fatalf("a name of %d bytes", len(n))
				}
			}
		}
	})
}
