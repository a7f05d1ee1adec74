package diagnose_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// debian decodes Debian's policy.
func debian(t *testing.T) *policydb.Policy {
	t.Helper()
	b, err := os.ReadFile(testenv.Policy(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := policydb.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// ask makes a Diagnoser of a policy.
func ask(db *policydb.Policy) (*diagnose.Diagnoser, *policy.Policy) {
	p := policy.New(db)
	return diagnose.New(access.NewDecider(p), network.Question{Machine: network.Machine{Host: host.Standard()}}), p
}

// withoutAliases returns Debian's policy without the older names of files in /run, and what each was a name of.
func withoutAliases(t *testing.T) (db *policydb.Policy, aliases map[string]string) {
	t.Helper()
	db = debian(t)
	names, values := make(map[uint32]string), make(map[string]uint32)
	var kept []policydb.Type
	for _, typ := range db.Types.Items {
		switch {
		case typ.IsAlias() && strings.HasSuffix(typ.Name, "_var_run_t"):
			values[typ.Name] = typ.Value
			continue
		case !typ.IsAlias():
			names[typ.Value] = typ.Name
		}
		kept = append(kept, typ)
	}
	db = db.Clone()
	db.Types.Items = kept
	aliases = make(map[string]string)
	for alias, value := range values {
		aliases[alias] = names[value]
	}
	return db, aliases
}

// TestTwins: the names that a label has in two families of policies, a case for each rule, and cases to which no rule
// applies.
func TestTwins(t *testing.T) {
	db, _ := withoutAliases(t)
	g, p := ask(db)
	for _, c := range []struct {
		rule, logged string
		want         string // "" for none
	}{
		{"files in /run", "init_var_run_t", "init_runtime_t"},
		{"files in /run with the name of a pid file", "ntpd_var_run_t", "ntpd_pid_t"},
		{"/run itself", "runtime_t", "var_run_t"},
		{"units", "sshd_unit_file_t", "sshd_unit_t"},
		{"units without a label of their own", "systemd_unit_file_t", "systemd_unit_t"},
		{"~/.cache", "cache_home_t", "xdg_cache_t"},
		{"~/.cache of a program", "telepathy_cache_home_t", "telepathy_xdg_cache_t"},
		{"~/.config", "config_home_t", "xdg_config_t"},
		{"~/.local/share", "data_home_t", "xdg_data_t"},
		{"~/bin", "home_bin_t", "user_bin_t"},
		{"~/.pki", "home_cert_t", "user_cert_t"},
		{"web applications", "munin_content_t", "httpd_munin_content_t"},
		{"their scripts", "nagios_script_exec_t", "httpd_nagios_script_exec_t"},
		{"the policy has the name", "sshd_unit_t", "sshd_unit_t"},
		{"no label is called so", "nosuch_unit_file_t", ""},
		{"a name that only ends alike", "outrun_t", ""},
		{"no short name of /run", "run_t", ""},
		{"a label without a regular name", "admin_home_t", ""},
	} {
		d := avc(t, g, line("read", `name="x"`, "httpd_t", c.logged, "file"))
		got := ""
		if d.Target.Type != 0 {
			got = p.TypeName(policy.TypeID(d.Target.Type))
		}
		if got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.rule, c.logged, got, c.want)
		}
		assumed := slices.ContainsFunc(d.Assumptions, func(a network.Assumption) bool {
			return a.Code == network.AssumedTypeName && strings.Contains(a.Text, c.logged) &&
				strings.Contains(a.Text, got)
		})
		if want := got != "" && got != c.logged; assumed != want {
			t.Errorf("%s: assumptions %v", c.rule, d.Assumptions)
		}
		if known := g.HasType(c.logged); known != (c.want != "") {
			t.Errorf("%s: known %v", c.rule, known)
		}
	}
	// Nothing is assumed where nothing is asked.
	if d := avc(t, g, line("read", "", "nosuch_t", "sshd_unit_file_t", "file")); d.Verdict != diagnose.UnknownHere ||
		len(d.Assumptions) > 0 {
		t.Errorf("an unknown domain: %s %v", d.Verdict, d.Assumptions)
	}
	// Only files have such labels: the domain of a process is never asked with another name.
	domain := line("connectto", "", "httpd_t", "system_u:system_r:sshd_unit_file_t:s0", "unix_stream_socket")
	if d := avc(t, g, domain); d.Verdict != diagnose.UnknownHere || len(d.Assumptions) > 0 {
		t.Errorf("a domain: %s %v", d.Verdict, d.Assumptions)
	}
}

// TestTwinsOfDebian: Debian's policy keeps the older names of files in /run as aliases, and so says itself which names
// are those of one label. Without the aliases the question is asked with the same label.
func TestTwinsOfDebian(t *testing.T) {
	db, aliases := withoutAliases(t)
	g, p := ask(db)
	asked := 0
	for alias, want := range aliases {
		stem := strings.TrimSuffix(alias, "var_run_t")
		if want != stem+"runtime_t" && want != stem+"pid_t" {
			continue // it has another first word now, which no rule tells
		}
		asked++
		d := avc(t, g, line("read", `name="x"`, "httpd_t", alias, "file"))
		if d.Target.Type == 0 || p.TypeName(policy.TypeID(d.Target.Type)) != want {
			t.Errorf("%s: %s %v, want %s", alias, d.Verdict, d.Missing, want)
		}
	}
	if asked < 200 {
		t.Errorf("only %d aliases", asked)
	}
}
