package sepolgencli

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/oracle"
)

// A randomLog makes logs of random records about a policy.
type randomLog struct {
	r       *rand.Rand
	p       *policy.Policy
	domains []string
	types   []string
	classes []policy.ClassID
}

func newRandomLog(t testing.TB, p *policy.Policy, seed uint64) *randomLog {
	x := &randomLog{r: rand.New(rand.NewPCG(seed, 18)), p: p}
	domain, ok := p.Attribute("domain")
	if !ok {
		t.Fatal("no attribute domain")
	}
	for id := range p.Members(domain).All() {
		x.domains = append(x.domains, p.TypeName(id))
	}
	for id := range p.Types() {
		x.types = append(x.types, p.TypeName(id))
	}
	for id := range p.Classes() {
		x.classes = append(x.classes, id)
	}
	return x
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// record returns one line: mostly a denial, seldom something else.
func (x *randomLog) record(n int) string {
	r := x.r
	head := fmt.Sprintf("msg=audit(17000000%02d.123:%d):", n, 100+n)
	source := pick(r, x.domains[:40])
	if r.IntN(5) == 0 {
		source = pick(r, x.domains)
	}
	target := pick(r, x.types)
	targetContext := "system_u:object_r:" + target + pick(r, []string{":s0", ":s0", ":s0", ":s0:c3", ":s0-s0:c0.c1023"})
	class := pick(r, x.classes)
	name := x.p.ClassName(class)
	switch r.IntN(4) {
	case 0:
		name = pick(r, []string{"file", "dir", "tcp_socket", "process", "capability"})
		class, _ = x.p.Class(name)
	case 1:
		targetContext = "system_u:system_r:" + pick(r, []string{source, source, pick(r, x.domains)}) + ":s0"
		name = pick(r, []string{"process", "capability", "unix_stream_socket", "fd", "dbus"})
		class, _ = x.p.Class(name)
	}
	perms := slices.DeleteFunc(slices.Clone(x.p.Perms(class)), func(s string) bool { return s == "" })
	var chosen []string
	for range 1 + r.IntN(3) {
		if p := pick(r, perms); !slices.Contains(chosen, p) {
			chosen = append(chosen, p)
		}
	}
	sourceContext := "system_u:system_r:" + source + pick(r, []string{":s0", ":s0", ":s0", ":s0-s0:c0.c1023"})
	more := ""
	switch r.IntN(30) {
	case 0:
		name = "nosuch"
	case 1:
		chosen = []string{"nosuch"}
	case 2:
		sourceContext = "system_u:system_r:nosuch_t:s0"
	case 3:
		targetContext = "system_u:object_r:nosuch_t:s0"
	case 4:
		return "type=MAC_POLICY_LOAD " + head + " policy loaded auid=0 ses=1\n"
	case 5:
		return "type=DAEMON_START " + head + " auditd start, ver=3 format=raw\n"
	case 6:
		return "type=AVC_PATH " + head + "  path=\"/srv/x\"\n"
	case 7:
		return "type=SYSCALL " + head + " arch=c000003e syscall=42 success=no exit=-13\n"
	case 8:
		return "type=AVC " + head + " avc:  granted  { " + strings.Join(chosen, " ") + " } for  pid=8 scontext=" +
			sourceContext + " tcontext=" + targetContext + " tclass=" + name + "\n"
	case 9:
		return "type=AVC " + head + " avc:  denied  { read for  pid=8 scontext=" + sourceContext + " tclass=file\n"
	case 10:
		return "type=SELINUX_ERR " + head + " security_compute_sid: invalid context staff_u:staff_r:" + source +
			":s0 for scontext=staff_u:staff_r:" + source + ":s0 tcontext=system_u:object_r:" + target +
			":s0 tclass=process\n"
	case 11:
		sourceContext = "system_u:system_r"
	case 12, 13:
		name, chosen = pick(r, []string{"chr_file", "tcp_socket"}), []string{"ioctl"}
		more = fmt.Sprintf(" ioctlcmd=%#x", 0x5400+r.IntN(4))
	case 14:
		head = "Nov 30 10:00:00 web kernel: audit(1700000000.5:7):"
	}
	return "type=AVC " + head + " avc:  denied  { " + strings.Join(chosen, " ") + " } for  pid=812 comm=\"prog-one\" " +
		"exe=\"/usr/bin/prog\" name=\"x\" dev=\"sda1\" ino=5" + more + " scontext=" + sourceContext + " tcontext=" +
		targetContext + " tclass=" + name + " permissive=0\n"
}

// peer runs one of the real programs, or returns its stored answer.
func peer(t testing.TB, program, dir string, args []string, input string) oracle.Answer {
	t.Helper()
	library, err := filepath.Glob("/usr/lib/python3/dist-packages/sepolgen/*.py")
	if err != nil || len(library) == 0 {
		testenv.Missing(t, "package python3-sepolgen is not installed")
	}
	key := strings.Join([]string{program, testenv.Program(t, program), testenv.Files(t, library...),
		testenv.Files(t, testenv.Policy(t, "default")), strings.Join(args, "\x00"), input}, "\x01")
	return testenv.KeptJSON(t, "sepolgen-answers", key, func() oracle.Answer {
		cmd := exec.Command(program, args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(input)
		return oracle.Run(t, cmd)
	})
}

// lines are the lines on which both programs must agree, sorted. Empty lines and the text of constraints, which
// differs (docs/audit2allow-differences.md), are left out.
func lines(text string) (list []string) {
	skip := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if skip && strings.TrimLeft(line, "#\t ") != "" {
			if strings.Contains(line, "Possible cause") || strings.Contains(line, " avc: ") ||
				!strings.HasPrefix(line, "#\t") && !strings.ContainsRune("\t(C ", rune(line[0])) {
				skip = false
			} else {
				continue
			}
		}
		if strings.HasPrefix(line, "#Constraint rule") {
			skip = true
		}
		if strings.TrimSpace(line) != "" {
			list = append(list, line)
		}
	}
	slices.Sort(list)
	return list
}

// TestPeer: for random logs and flags, both programs print the same rules, remarks and headings, with the same exit
// code.
func TestPeer(t *testing.T) {
	testenv.Need(t, "audit2allow", "audit2why")
	file := testenv.Policy(t, "default")
	x := newRandomLog(t, testpolicy.Debian(t, "default"), 1)
	flags := [][]string{nil, {"-r"}, {"-m", "local"}, {"-D"}, {"-x"}, {"-v"}, {"-w"}, {"-l"}, {"-t", "initrc"}, {"-e"},
		{"-N", "-m", "my.mod"}, {"-x", "-D", "--req"}, {"-w", "-l"}}
	dir := t.TempDir()
	for n := range testenv.Rounds(26, 250) {
		var log strings.Builder
		for i := range 1 + x.r.IntN(25) {
			log.WriteString(x.record(i))
		}
		args := append([]string{"-p", file}, flags[n%len(flags)]...)
		compare(t, "audit2allow", dir, args, log.String())
		if n%7 == 0 {
			compare(t, "audit2why", dir, []string{"-p", file}, log.String())
		}
		if t.Failed() {
			return
		}
	}
}

func compare(t *testing.T, program, dir string, args []string, input string) {
	t.Helper()
	want := peer(t, program, dir, args, input)
	main := Audit2allow
	if program == "audit2why" {
		main = Audit2why
	}
	var out, errs bytes.Buffer
	if got := main(args, strings.NewReader(input), &out, &errs); got != want.Status {
		t.Errorf("%s %q: exit %d, %s exits %d: %s", program, args, got, program, want.Status, errs.Bytes())
	}
	own, theirs := lines(out.String()), lines(want.Stdout)
	if !slices.Equal(own, theirs) {
		t.Errorf("%s %q:\nonly senet:\n%s\nonly %s:\n%s\nlog:\n%s", program, args,
			strings.Join(minus(own, theirs), "\n"), program, strings.Join(minus(theirs, own), "\n"), input)
	}
}

func minus(a, b []string) (list []string) {
	b = slices.Clone(b)
	for _, line := range a {
		if i := slices.Index(b, line); i >= 0 {
			b = slices.Delete(b, i, i+1)
			continue
		}
		list = append(list, line)
	}
	return list
}
