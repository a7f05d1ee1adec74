package incident_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
)

// TestRules: which rules of audit2allow are findings, a case for each rule.
func TestRules(t *testing.T) {
	record := denied("read", `comm="a" name="x"`, "httpd_t", "var_t", "file")
	for _, c := range []struct {
		what, log      string
		want           []string
		rules, repeats int64
	}{
		{"without a record", "allow httpd_t var_t:file { open read };\n",
			[]string{"rule httpd_t var_t:file open,read"}, 1, 0},
		{"of the same record, before it", "allow httpd_t var_t:file { open read };\n" + record,
			[]string{"httpd_t var_t:file read"}, 0, 1},
		{"of the same record, after it", record + "allow httpd_t var_t:file { open read };\n",
			[]string{"httpd_t var_t:file read"}, 0, 1},
		{"of another class", record + "allow httpd_t var_t:dir read;\n",
			[]string{"httpd_t var_t:file read", "rule httpd_t var_t:dir read"}, 1, 0},
		{"where the record was granted", strings.Replace(record, "denied", "granted", 1) +
			"allow httpd_t var_t:file read;\n", []string{"rule httpd_t var_t:file read"}, 1, 0},
		{"twice, the second with more permissions", "allow httpd_t var_t:file read;\n" +
			"allow httpd_t var_t:file { open read };\n",
			[]string{"rule httpd_t var_t:file open,read"}, 1, 1},
		{"for several capabilities, which the kernel asks for one by one",
			"allow httpd_t self:capability { net_admin sys_ptrace };\n",
			[]string{"rule httpd_t httpd_t:capability net_admin", "rule httpd_t httpd_t:capability sys_ptrace"}, 1, 0},
		{"for ports", "allow httpd_t port_t:tcp_socket { name_bind name_connect recv_msg };\n", []string{
			"rule httpd_t port_t:tcp_socket name_bind", "rule httpd_t port_t:tcp_socket name_connect",
			"rule httpd_t port_t:tcp_socket recv_msg"}, 1, 0},
		{"of two types", "allow { httpd_t sshd_t } var_t:file read;\n",
			[]string{"rule httpd_t var_t:file read", "rule sshd_t var_t:file read"}, 2, 0},
	} {
		r := caseReport(t, c.log, incident.Options{})
		var got []string
		for i := range r.Findings {
			f := &r.Findings[i]
			a := f.AVC
			text := fmt.Sprintf("%s %s:%s %s", audit.ContextType(a.SContext), audit.ContextType(a.TContext), a.TClass,
				strings.Join(f.Denial.Permissions, ","))
			if f.Event.Rule != nil {
				text = "rule " + text
			}
			if got = append(got, text); f.Count != 1 {
				t.Errorf("%s: %s counts %d", c.what, text, f.Count)
			}
		}
		slices.Sort(got)
		records := int64(len(got))
		for _, text := range got {
			if strings.HasPrefix(text, "rule") {
				records--
			}
		}
		if !slices.Equal(got, c.want) || r.Rules != c.rules || r.Log.Stats.Duplicates != c.repeats ||
			r.Denials != records {
			t.Errorf("%s: %q, %d rules, %d repeated, %d denials; want %q, %d, %d", c.what, got, r.Rules,
				r.Log.Stats.Duplicates, r.Denials, c.want, c.rules, c.repeats)
		}
		if r.Log.Refused() != int64(len(got)) {
			t.Errorf("%s: %d refused", c.what, r.Log.Refused())
		}
	}
}

// TestRuleIsAnswered: a rule gets the answer of a denial of its types, and the file of its comment.
func TestRuleIsAnswered(t *testing.T) {
	const mislabeled = "#!!!! The file '/var/www/x' is mislabeled on your system.\n"
	r := caseReport(t, mislabeled+"allow httpd_t user_home_t:file read;\n", incident.Options{})
	if len(r.Findings) != 1 {
		t.Fatalf("%d findings", len(r.Findings))
	}
	f := &r.Findings[0]
	if file := f.Denial.File; file == nil || file.Path != "/var/www/x" ||
		file.Wanted != "system_u:object_r:httpd_sys_content_t:s0" ||
		f.Fix.Way != incident.Relabel {
		t.Errorf("%+v, %+v", file, f.Fix)
	}
	// Without a comment no file is known.
	r = caseReport(t, "allow httpd_t shadow_t:file { open read };\n", incident.Options{})
	if v := r.Findings[0].Verdict(); v != diagnose.StillDenied {
		t.Errorf("the verdict is %s", v)
	}
}

// TestRuleWithComplaint: the complaint of a program belongs to the rule of its domain.
func TestRuleWithComplaint(t *testing.T) {
	const log = "nginx: [emerg] open() \"/var/lib/app/x\" failed (13: Permission denied)\n" +
		"#!!!! The file '/var/lib/app/x' is mislabeled on your system.\nallow httpd_t var_lib_t:file read;\n"
	r := caseReport(t, log, incident.Options{})
	if len(r.Findings) != 1 || len(r.Findings[0].Complaints) != 1 || r.Complaints != 0 {
		t.Errorf("%d findings, %d complaints alone", len(r.Findings), r.Complaints)
	}
}

// TestManyRules: the rules beyond the largest number are counted.
func TestManyRules(t *testing.T) {
	var text strings.Builder
	for i := range 8192 + 5 {
		fmt.Fprintf(&text, "allow n%d_t var_t:file read;\n", i)
	}
	log, err := incident.Read(strings.NewReader(text.String()), audit.Options{})
	if err != nil || log.Rules != 8192 || log.OtherRules != 5 || log.Others() != 5 || log.Refused() != 8197 {
		t.Errorf("%d rules, %d others, %d of all others, %d refused: %v", log.Rules, log.OtherRules, log.Others(),
			log.Refused(), err)
	}
}
