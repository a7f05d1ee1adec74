package systemd

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/testenv"
)

// refused stands for the commands of a unit that is not loaded.
const refused = "refused"

const manager = "/lib/systemd/systemd"

// TestOracle: systemd itself loads units, of this system and generated ones, and lists
// their command lines; they are those that this package reads.
func TestOracle(t *testing.T) {
	testenv.Need(t, manager)
	dir := t.TempDir()
	place := filepath.Join(dir, "etc/systemd/system")
	if err := os.MkdirAll(place, 0o755); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(testenv.Seed(t), 1))
	var names []string
	put := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(place, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range testenv.Rounds(150, 3000) {
		name := fmt.Sprintf("gen-%d.service", i)
		names = append(names, name)
		put(name, []byte("[Unit]\nDefaultDependencies=no\n[Service]\n"+randomCommands(r)))
	}
	installed, _ := filepath.Glob("/lib/systemd/system/*.service")
	for _, file := range installed {
		name := filepath.Base(file)
		// A copy of an alias would ask for the same name on the bus and be refused.
		info, err := os.Lstat(file)
		if err != nil || !info.Mode().IsRegular() || strings.HasSuffix(name, "@.service") {
			continue
		}
		if b, err := os.ReadFile(file); err == nil && len(b) > 0 {
			names = append(names, name)
			put(name, b)
		}
	}
	put("all.target", []byte("[Unit]\nWants="+strings.Join(names, " ")+"\n"))
	told := askManager(t, dir, place)
	root, err := sysroot.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	compared, wrong := 0, 0
	for _, name := range names {
		lines, loaded := told[name]
		if !loaded {
			continue // an alias, or not part of the transaction
		}
		u, err := Load(root, name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var own []string
		list, err := u.Commands("ExecStart", nil)
		for _, c := range list {
			own = append(own, strings.Join(c.Argv, "\x00"))
		}
		// A service without a command is refused too, unless it is for SuccessAction=.
		if err != nil || len(own) == 0 && slices.Equal(lines, []string{refused}) {
			own = []string{refused}
		}
		compared++
		if !slices.Equal(own, lines) {
			if wrong++; wrong < 5 {
				text, _ := os.ReadFile(filepath.Join(place, name))
				t.Errorf("%s: %q, systemd has %q\n%s", name, own, lines, text)
			}
		}
	}
	t.Logf("%d units compared, of %d", compared, len(names))
	if compared < len(names)/2 {
		t.Errorf("only %d of %d units were compared", compared, len(names))
	}
}

// askManager has systemd load what all.target wants, without starting anything, and
// returns the words of the ExecStart lines of each unit.
func askManager(t *testing.T, dir, place string) map[string][]string {
	t.Helper()
	for d := dir; d != "/" && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(manager, "--test", "--system", "--unit=all.target", "--log-level=err")
	cmd.Env = []string{"SYSTEMD_UNIT_PATH=" + place, "XDG_RUNTIME_DIR=/tmp", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	if os.Geteuid() == 0 { // it refuses to be tested as root
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	told := map[string][]string{}
	unit, key := "", ""
	for s := bufio.NewScanner(&out); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if name, ok := strings.CutPrefix(line, "-> Unit "); ok {
			unit, key = strings.TrimSuffix(name, ":"), ""
			if _, seen := told[unit]; !seen {
				told[unit] = nil
			}
		} else if line == "Unit Load State: bad-setting" {
			told[unit] = []string{refused}
		} else if name, ok := strings.CutPrefix(line, "-> Exec"); ok {
			key = "Exec" + strings.TrimSuffix(name, ":")
		} else if text, ok := strings.CutPrefix(line, "Command Line: "); ok {
			if key != "ExecStart" || slices.Equal(told[unit], []string{refused}) {
				continue
			}
			told[unit] = append(told[unit], strings.Join(shellWords(text), "\x00"))
		}
	}
	if len(told) == 0 {
		testenv.Missing(t, fmt.Sprintf("systemd --test lists nothing: %v %s", err, errs.String()))
	}
	return told
}

// shellWords splits what systemd quoted for a shell.
func shellWords(s string) []string {
	var list []string
	for s = strings.TrimLeft(s, " "); s != ""; s = strings.TrimLeft(s, " ") {
		var b strings.Builder
		quoted := false
		i := 0
		for ; i < len(s) && (quoted || s[i] != ' '); i++ {
			switch s[i] {
			case '"':
				quoted = !quoted
			case '\\':
				i++
				b.WriteByte(s[i])
			default:
				b.WriteByte(s[i])
			}
		}
		list, s = append(list, b.String()), s[i:]
	}
	return list
}

// randomCommands makes lines of ExecStart of what the syntax has.
func randomCommands(r *rand.Rand) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var b strings.Builder
	b.WriteString("Type=oneshot\n")
	for range 1 + r.IntN(3) {
		if r.IntN(10) == 0 {
			b.WriteString(pick("# comment\n", "ExecStart=\n", "[Service]\n", "nonsense\n", "; ExecStart=/no\n"))
		}
		b.WriteString("ExecStart" + pick("=", " = ") + pick("", "", "-", "@", "-@", ":", "+", "!", "!!") +
			pick("/bin/true", `"/bin/true"`, "/bin/tr'ue'", "/bin/%%", "/usr/%p"))
		for range r.IntN(6) {
			b.WriteString(pick(" ", "  ", " \\\n", " \\\n# c\n"))
			b.WriteString(pick("a", "-f", "$X", "${X}", "$$", `"a b"`, `'a "b'`, `\"`,
				`\x41`, `\101`, `\s`, `a'b c'd`, `""`, "%n", "%p", "%i", "%N", "%%", "%t", "%S", "%E", ";", `\;`,
				"; /bin/true x", `\\`, `"un`, `\q`, `a\;b`, ";x", "é", `\u00e9`, "%j", "%J", "%f", "%P", "%I"))
		}
		b.WriteString(pick("\n", " \n", "\r\n"))
	}
	return b.String()
}
