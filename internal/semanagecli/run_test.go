package semanagecli

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// FuzzCommandLine: no command line and no import makes the program panic, and every exit code is one of semanage's.
func FuzzCommandLine(f *testing.F) {
	for _, line := range tableLines(sameLines, "default") {
		args, stdin := cutInput(line)
		f.Add(strings.Join(args, "\x00"), stdin)
	}
	root := f.TempDir() // without a store; only reading and writing it is not tested
	f.Fuzz(func(t *testing.T, line, stdin string) {
		args := strings.Split(line, "\x00")
		for i, a := range args {
			// No file is read or written.
			if strings.HasPrefix(a, "-f") || strings.HasPrefix(a, "--out") || a == "-o" ||
				strings.HasPrefix(a, "-i") || strings.HasPrefix(a, "--in") {
				args[i] = "-n"
			}
		}
		if a := ours(root, stdin, args...); a.code < 0 || a.code > 2 || a.code == 0 && a.err != "" {
			t.Errorf("%q <<< %q: %+v", args, stdin, a)
		}
		for line := range strings.Lines(stdin) {
			if words, err := splitLine(line); err == nil {
				_, _ = parse(words)
			}
		}
	})
}

func benchmarkRun(b *testing.B, line string) {
	root := stores.Copy(b, "default")
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		tool := Tool{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Root: root}
		if code := tool.Run(strings.Fields(strings.ReplaceAll(line, "PORT", fmt.Sprint(2000+n%50000)))...); code != 0 {
			b.Fatal(code)
		}
	}
}

// BenchmarkAddPort is a whole change, on a store in memory.
func BenchmarkAddPort(b *testing.B) { benchmarkRun(b, "port -a -N -t http_port_t -p sctp PORT") }

// BenchmarkListPorts reads the kernel policy and lists its ports.
func BenchmarkListPorts(b *testing.B) { benchmarkRun(b, "port -l") }

// BenchmarkExport reads the local records.
func BenchmarkExport(b *testing.B) { benchmarkRun(b, "export") }

// TestLocked: a change waits for another transaction, and then reports its process; lists do not wait.
func TestLocked(t *testing.T) {
	root := stores.Copy(t, "default")
	s, err := semanage.Open(semanage.Options{Root: root, NoReload: true})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Close()
	var out, errs strings.Builder
	tool := Tool{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Root: root,
		LockTimeout: 10 * time.Millisecond}
	if code := tool.Run("port", "-d", "-N", "-p", "tcp", "80"); code != 1 ||
		!strings.HasPrefix(errs.String(),
			"ValueError: Could not start semanage transaction: the policy store is locked") {
		t.Errorf("exit %d %s", code, &errs)
	}
	if code := tool.Run("port", "-l"); code != 0 || out.Len() == 0 {
		t.Errorf("a list: exit %d %s", code, &errs)
	}
}

// TestListWithoutMLS: contexts without a range end where the range would begin.
func TestListWithoutMLS(t *testing.T) {
	c := semanage.Context{User: "system_u", Role: "object_r", Type: "x_t"}
	var r run
	addr := netip.MustParseAddr("10.0.0.0")
	nodeCommand{}.list(&r, []semanage.Record{semanage.Node{Addr: addr, Mask: addr, Context: c}}, false)
	interfaceCommand{}.list(&r, []semanage.Record{semanage.Interface{Name: "lo", Context: c}}, false)
	const want = "10.0.0.0           10.0.0.0           ipv4  system_u:object_r:x_t \n" +
		"lo                             system_u:object_r:x_t \n"
	if r.out.String() != want {
		t.Errorf("%q", r.out.String())
	}
}
