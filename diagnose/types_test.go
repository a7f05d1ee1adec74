package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/policy"
)

// TestTypesAlone: a record of types, as a rule of audit2allow has them, a case for each rule.
func TestTypesAlone(t *testing.T) {
	g, p := ask(debian(t))
	const source = "system_u:system_r:httpd_t:s0"
	for _, c := range []struct {
		what, target, class, perm string
		want                      string // the target of the question
		note                      string
	}{
		{"a file", "var_t", "file", "read", "system_u:object_r:var_t:s0",
			"only types are given: the question uses " + source + " and system_u:object_r:var_t:s0"},
		{"the process itself", "httpd_t", "process", "execmem", source,
			"only types are given: the question uses " + source},
		{"another process", "init_t", "unix_stream_socket", "connectto", "system_u:system_r:init_t:s0",
			"only types are given: the question uses " + source + " and system_u:system_r:init_t:s0"},
		{"a signal to another process", "init_t", "process", "signal", "system_u:system_r:init_t:s0",
			"only types are given: the question uses " + source + " and system_u:system_r:init_t:s0"},
		{"the file of a process in /proc", "init_t", "file", "read", "system_u:system_r:init_t:s0",
			"only types are given: the question uses " + source + " and system_u:system_r:init_t:s0"},
		{"a label that another policy names otherwise", "sshd_unit_file_t", "file", "read",
			"system_u:object_r:sshd_unit_t:s0",
			"only types are given: the question uses " + source + " and system_u:object_r:sshd_unit_t:s0"},
	} {
		d := g.AVC(&audit.Event{}, &audit.AVC{Result: audit.Denied, SContext: "httpd_t", TContext: c.target,
			TClass: c.class, Permissions: []string{c.perm}})
		var notes []string
		for _, n := range d.Notes {
			if n.Code == diagnose.NoteContext {
				notes = append(notes, n.Text)
			}
		}
		if got := p.FormatContext(d.Target); got != c.want || p.FormatContext(d.Source) != source {
			t.Errorf("%s: the question is about %s and %s", c.what, p.FormatContext(d.Source), got)
		}
		if !slices.Equal(notes, []string{c.note}) {
			t.Errorf("%s: %q", c.what, notes)
		}
	}

	// A name of an attribute is no gap of the policy: no denial has it.
	for _, c := range [][2]string{{"domain", "var_t"}, {"httpd_t", "domain"}} {
		d := g.AVC(&audit.Event{}, &audit.AVC{Result: audit.Denied, SContext: c[0], TContext: c[1], TClass: "file",
			Permissions: []string{"read"}})
		if want := (diagnose.Gap{Kind: diagnose.IsAttribute, Name: "domain"}); !slices.Equal(d.Missing,
			[]diagnose.Gap{want}) || d.Verdict != diagnose.UnknownHere || d.Step != "" {
			t.Errorf("%s: %+v, %s, %q", strings.Join(c[:], " "), d.Missing, d.Verdict, d.Step)
		}
	}
}

// TestFileLabelOfRoles: in some policies roles have file labels, as of homes. No process runs in them.
func TestFileLabelOfRoles(t *testing.T) {
	db := debian(t).Clone()
	id, ok := policy.New(db).Type("user_home_t")
	if !ok {
		t.Fatal("no user_home_t")
	}
	db.Roles.Items = slices.Clone(db.Roles.Items)
	for i := range db.Roles.Items {
		if r := &db.Roles.Items[i]; r.Name == "system_r" {
			r.Types = r.Types.With(uint32(id) - 1)
		}
	}
	g, p := ask(db)
	d := g.AVC(&audit.Event{}, &audit.AVC{Result: audit.Denied, SContext: "httpd_t", TContext: "user_home_t",
		TClass: "file", Permissions: []string{"read"}})
	if got := p.FormatContext(d.Target); got != "system_u:object_r:user_home_t:s0" {
		t.Errorf("the file is asked as %s", got)
	}
}

// TestCalledMislabeled: the file of a socket is not what connectto is about; audit2allow names it all the same.
func TestCalledMislabeled(t *testing.T) {
	g, _ := ask(debian(t))
	for _, c := range []struct {
		class, perm, path string
		want              bool
	}{
		{"unix_stream_socket", "connectto", "/run/app.sock", true},
		{"unix_dgram_socket", "sendto", "/run/app.sock", true},
		{"unix_stream_socket", "connectto", "", false},
		{"sock_file", "write", "/run/app.sock", false},
	} {
		rule := &audit.Rule{SourceType: "httpd_t", TargetType: "init_t", Class: c.class, Permissions: []string{c.perm},
			Path: c.path}
		a := rule.AVC()
		told := func(e *audit.Event) bool {
			return slices.ContainsFunc(g.AVC(e, &a).Notes, func(n diagnose.Note) bool {
				return strings.Contains(n.Text, "audit2allow calls /run/app.sock mislabeled")
			})
		}
		if told(&audit.Event{Rule: rule}) != c.want || told(&audit.Event{}) {
			t.Errorf("%s %s %q: told is not %t", c.class, c.perm, c.path, c.want)
		}
	}
}
