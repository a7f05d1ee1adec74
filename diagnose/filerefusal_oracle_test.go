package diagnose_test

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/oracle"
)

// TestFileRefusalIsTheKernels: for random complaints the answer is that of libsepol on the labels of matchpathcon:
// search on each directory of the path, then what the call asks. 20 complaints, 1,000 with SENET_TEST_LONG=1.
func TestFileRefusalIsTheKernels(t *testing.T) {
	oracle.Need(t)
	testenv.Need(t, "matchpathcon")
	file := testenv.Policy(t, "default")
	p := testpolicy.Open(t, file)
	table, err := fcontext.Load(host.Root{}, "default")
	if err != nil {
		t.Fatal(err)
	}
	g := diagnose.New(access.NewDecider(p),
		network.Question{Machine: network.Machine{Host: host.Standard()}}).Labels(table)
	n := 20
	if testenv.Long() {
		n = 1000
	}
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 0))
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	denied := 0
	for range n {
		program := pick("nginx", "sshd", "named", "mysqld", "postgres", "rsyslogd", "dovecot", "squid", "chronyd",
			"smbd")
		name := pick("/var/www/html", "/srv/app", "/var/lib/mysql", "/etc", "/home/u", "/home/u/.ssh", "/root",
			"/data/x",
			"/var/log", "/var/lib/postgresql", "/var/lib/x", "/var/cache/x", "/opt/app/lib", "/usr/share/x",
			"/etc/ssl/private") + "/" +
			pick("x", "y.conf", "z.pem", "a/b", "x.db")
		call := pick("cannot read ", "cannot write to ", "cannot remove ", "cannot stat ")
		d := g.Symptom(one(t, program+": "+call+name+": Permission denied"))
		if d.Subject.Context.Type == 0 || d.File == nil {
			t.Fatalf("%s: %+v", program, d)
		}
		class := "file"
		if call == "cannot stat " && path.Ext(name) == "" {
			class = "dir"
		}
		asked := []string{class + " " + name}
		wants := [][]string{map[string][]string{"cannot read ": {"open", "read"}, "cannot write to ": {"open", "write"},
			"cannot remove ": {"unlink"}, "cannot stat ": {"getattr"}}[call]}
		for dir := path.Dir(name); ; dir = path.Dir(dir) {
			asked, wants = append(asked, "dir "+dir), append(wants, []string{"search"})
			if call == "cannot remove " && dir == path.Dir(name) {
				wants[len(wants)-1] = []string{"search", "write", "remove_name"}
			}
			if dir == "/" {
				break
			}
		}
		want := diagnose.NowAllowed
		if !granted(t, p, file, p.FormatContext(d.Subject.Context), asked, wants) {
			want = diagnose.StillDenied
			denied++
		}
		if d.File.If != want {
			t.Errorf("%s: %s%s: %q, libsepol %q (%+v)", program, call, name, d.File.If, want, d.Refused())
		}
	}
	if denied == 0 || denied == n {
		t.Errorf("%d of %d refused: no comparison", denied, n)
	}
	t.Logf("%d complaints, %d refused", n, denied)
}

// granted asks matchpathcon for labels and libsepol for all permissions on them.
func granted(t *testing.T, p *policy.Policy, file, source string, asked []string, wants [][]string) bool {
	t.Helper()
	var queries []string
	for _, a := range asked {
		class, name, _ := strings.Cut(a, " ")
		out, err := exec.Command("matchpathcon", "-n", "-m", class, "-f",
			"/etc/selinux/default/contexts/files/file_contexts", name).Output()
		if err != nil {
			t.Fatal(name, err)
		}
		queries = append(queries, fmt.Sprintf("%s %s %s", source, strings.TrimSpace(string(out)), class))
	}
	decisions, err := oracle.Access(file, queries)
	if err != nil {
		t.Fatal(queries, err)
	}
	for i, d := range decisions {
		if d.Err != "" {
			t.Fatal(queries[i], d.Err)
		}
		class, _ := p.Class(strings.Fields(asked[i])[0])
		for _, perm := range wants[i] {
			bit, ok := p.Perm(class, perm)
			if !ok || d.Allowed&uint32(bit) == 0 {
				return false
			}
		}
	}
	return true
}
