package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// bigLog writes a log of about size bytes: what a busy host logs, with the denials of a few domains
// among it, and now and then junk, a line that was cut in the middle, and a denial of a port that
// no line had before. It returns the counts of what it wrote.
func bigLog(w io.Writer, size int64) (denials, cut, kinds int64, err error) {
	b := bufio.NewWriterSize(w, 1<<20)
	fresh := int64(0)
	for n, written := int64(1), int64(0); written < size; n++ {
		id := fmt.Sprintf("audit(%d.%03d:%d)", 1_700_000_000+n/50, n%1000, n)
		var text string
		switch {
		case n%1_000 == 0:
			// Another port each time, as long as there are some.
			port := 1024 + fresh%60_000
			fresh++
			text = fmt.Sprintf(
				"type=AVC msg=%s: avc:  denied  { name_bind } for  pid=%d comm=\"kibana\" src=%d "+
					"scontext=system_u:system_r:haproxy_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 "+
					"tclass=udp_socket permissive=0\n", id, n%30_000+1, port)
			denials++
		case n%997 == 0:
			text = "\x00\xff\x01 junk \xfe\x02\n"
		case n%1_999 == 0:
			text = fmt.Sprintf("type=AVC msg=%s: avc:  denied  { name_connect } for  pid=812 comm=\"hapr\n", id)
			cut++
		case n%10 == 0:
			text = fmt.Sprintf(
				"type=AVC msg=%[1]s: avc:  denied  { name_connect } for  pid=%[2]d comm=\"haproxy\" dest=%[3]d "+
					"scontext=system_u:system_r:haproxy_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 "+
					"tclass=tcp_socket permissive=0\ntype=SYSCALL msg=%[1]s: arch=c000003e syscall=42 success=no "+
					"exit=-13 a0=b a1=7ffd1c3a8e10 a2=10 a3=0 items=0 ppid=810 pid=%[2]d auid=4294967295 uid=991 "+
					"gid=988 euid=991 suid=991 fsuid=991 egid=988 sgid=988 fsgid=988 tty=(none) ses=4294967295 "+
					"comm=\"haproxy\" exe=\"/usr/sbin/haproxy\" subj=system_u:system_r:haproxy_t:s0 "+
					"key=(null)\ntype=PROCTITLE msg=%[1]s: proctitle=2F7573722F7362696E2F686170726F7879002D5773\n", id,
				n%30_000+1, 5600+n/10%20)
			denials++
		default:
			text = fmt.Sprintf(
				"type=USER_ACCT msg=%s: pid=%d uid=0 auid=4294967295 ses=4294967295 "+
					"subj=system_u:system_r:crond_t:s0 msg='op=PAM:accounting acct=\"root\" exe=\"/usr/sbin/crond\" "+
					"hostname=? addr=? terminal=cron res=success'\n", id, n)
		}
		written += int64(len(text))
		if _, err := b.WriteString(text); err != nil {
			return 0, 0, 0, err
		}
	}
	return denials, cut, min(fresh, 60_000) + 20, b.Flush()
}

// A large log: the right counts, nothing lost, and memory that does not grow
// with it. 50 MB, or a gigabyte with SENET_TEST_LONG.
func TestWhyLargeLog(t *testing.T) {
	size := int64(50 << 20)
	if testenv.Long() {
		size = 1 << 30
	}
	path := filepath.Join(t.TempDir(), "audit.log")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	denials, cut, kinds, err := bigLog(file, size)
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, how := range []string{"file", "pipe"} {
		t.Run(how, func(t *testing.T) {
			args := []string{"why", "--policy", "example", "--json", path}
			var stdin io.Reader
			if how == "pipe" {
				args[len(args)-1] = "-"
				in, err := os.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				defer in.Close()
				stdin = io.MultiReader(in) // not a file: a pipe
			}
			out, rss := run(t, 1, stdin, args...)
			var got struct {
				Signatures []struct{ Count int64 }
				Hidden     int64
				Log        struct {
					Bytes, Denied int64
					Malformed     []struct {
						Kind  string
						Count int64
					}
				}
			}
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			if got.Log.Denied != denials || got.Log.Bytes < size || int64(len(got.Signatures))+got.Hidden != kinds {
				t.Errorf("%d denials of %d, %d kinds of %d, %d bytes", got.Log.Denied, denials,
					int64(len(got.Signatures))+got.Hidden, kinds, got.Log.Bytes)
			}
			if len(got.Log.Malformed) != 1 || got.Log.Malformed[0].Kind != "avc" || got.Log.Malformed[0].Count != cut {
				t.Errorf("malformed: %+v, want %d that were cut", got.Log.Malformed, cut)
			}
			t.Logf("%d MB, peak %d KiB", size>>20, rss)
			if rss > 64<<10 {
				t.Errorf("peak memory is %d KiB", rss)
			}
		})
	}
}

// run runs senet in a process of its own and returns its output and its peak memory in KiB.
func run(t *testing.T, status int, stdin io.Reader, args ...string) (stdout []byte, rss int64) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The test binary is senet where it is called so.
	dir := t.TempDir()
	link, peak := filepath.Join(dir, "senet"), filepath.Join(dir, "peak")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(link, args...)
	cmd.Env = append(os.Environ(), peakVariable+"="+peak)
	cmd.Stdin = stdin
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != status {
		t.Fatalf("exit status %d, want %d: %s", got, status, errs.String())
	}
	text, err := os.ReadFile(peak)
	if err != nil {
		t.Fatal(err)
	}
	if rss, err = strconv.ParseInt(string(text), 10, 64); err != nil {
		t.Fatal(err)
	}
	return out, rss
}

// peakVariable names the file that a test's senet writes its peak memory to.
const peakVariable = "SENET_TEST_PEAK"

// writePeak writes the peak memory of this process, in KiB, to the file that
// peakVariable names. Its parent cannot ask for it: what wait4 says counts the
// parent's own memory, which the process has until it is executed.
func writePeak() error {
	name := os.Getenv(peakVariable)
	if name == "" {
		return nil
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib, _, ok := strings.Cut(rest, " kB")
	if !ok {
		return errors.New("/proc/self/status has no VmHWM")
	}
	return os.WriteFile(name, []byte(strings.TrimSpace(kib)), 0o600)
}

// Bad input: a clear word and a right count, and no crash.
func TestWhyBadInput(t *testing.T) {
	line := func(n int, source string) string {
		return fmt.Sprintf(
			"type=AVC msg=audit(1700000000.%03d:%d): avc:  denied  { name_connect } for  pid=1 comm=\"x\" dest=5601 "+
				"scontext=system_u:system_r:%s:s0 tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket "+
				"permissive=0\n", n, n, source)
	}
	var mixed strings.Builder
	for n := range 300 {
		mixed.WriteString(line(n, "haproxy_t"))
		mixed.WriteString(strings.Repeat("\x00\xff\x1b[2J", n) + "\n")
	}
	var other strings.Builder
	for n := range 500 {
		other.WriteString(line(n, fmt.Sprintf("gone%d_t", n%50)))
	}
	half := line(1, "haproxy_t")
	for _, c := range []struct {
		name, text string
		status     int
		want       []string // in stdout
	}{
		{"junk between denials", mixed.String(), 0, []string{"NO    haproxy_t may not connect to tcp/5601\n",
			"seen  300 times"}},
		{"a policy without the types", other.String(), 1, []string{"gone0_t was refused",
			"the policy does not have the type gone0_t", "total 500 denials, 50 kinds; 10 shown",
			"50 kinds not understood"}},
		{"some of each", other.String() + half, 1, []string{"total 501 denials, 51 kinds; 10 shown",
			"50 kinds not understood"}},
		{"the last line cut in the middle", half + half[:len(half)/2], 1,
			[]string{"NO    haproxy_t", "1 record malformed: cut in the middle, the first in line 2"}},
		{"a line without its end", half[:len(half)-1], 0, []string{"NO    haproxy_t"}},
		{"a line of a megabyte", half + "type=AVC msg=audit(1700000000.000:2): avc:  denied  { " + strings.Repeat("x ",
			1<<19) + "}\n" + half, 1, []string{"seen  2 times", "1 record malformed: too long, the first in line 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, _ := run(t, c.status, strings.NewReader(c.text), "why", "--policy", "example", "-")
			text := strings.Join(strings.Fields(string(out)), " ")
			for _, want := range c.want {
				if !strings.Contains(text, strings.Join(strings.Fields(want), " ")) {
					t.Errorf("no %q in:\n%s", want, out)
				}
			}
		})
	}
}
