// Bench times senet beside the tools and the library it is to be faster than,
// on the same input in the same run, and prints the ratios. It asserts nothing.
//
// Usage: bench SENET-BINARY [why|semanage|port|module|compile|diff|interfaces|faults]
package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
	"github.com/senet-selinux/senet/test/pagefaults"
	"github.com/senet-selinux/senet/test/policies"
)

const (
	pairs = 20 // runs of each whole process, in turn
	loads = 60 // loads in process
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == runFlag {
		runChild(os.Args[2], os.Args[3:])
	}
	if len(os.Args) > 4 && os.Args[1] == storeFlag {
		runInStore(os.Args[2], os.Args[3], os.Args[4:])
	}
	start := run
	switch {
	case len(os.Args) == 2:
	case len(os.Args) == 3 && os.Args[2] == "why":
		start = benchWhy
	case len(os.Args) == 3 && os.Args[2] == "semanage":
		start = benchSemanage
	case len(os.Args) == 3 && os.Args[2] == "port":
		start = benchPort
	case len(os.Args) == 3 && os.Args[2] == "diff":
		start = benchDiff
	case len(os.Args) == 3 && os.Args[2] == "faults":
		start = benchFaults
	case len(os.Args) == 3 && os.Args[2] == "compile":
		start = benchCompile
	case len(os.Args) == 3 && os.Args[2] == "interfaces":
		start = benchInterfaces
	case len(os.Args) == 3 && os.Args[2] == "module":
		start = benchModules
	default:
		fmt.Fprintln(os.Stderr, "usage: bench SENET-BINARY [why|semanage|port|module|compile|diff|interfaces|faults]")
		os.Exit(64)
	}
	if err := start(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type namedPolicy struct{ name, path string }

func debianDefault() namedPolicy {
	return namedPolicy{"Debian default", "/etc/selinux/default/policy/policy.33"}
}

func run(senet string) error {
	senet, err := filepath.Abs(senet)
	if err != nil {
		return err
	}
	debian := debianDefault()
	mls := namedPolicy{"Debian mls", "/etc/selinux/mls/policy/policy.33"}
	path, err := policies.FedoraSize()
	if err != nil {
		return err
	}
	fedora := namedPolicy{"Fedora-size", path}

	fmt.Printf("Whole processes, %d paired runs, by the minima.\n\n", pairs)
	fmt.Printf("%-52s %10s %10s %8s %9s %7s\n", "command", "peer ms", "senet ms", "ratio", "RSS MiB", "faults")
	processes := []struct {
		policy namedPolicy
		peer   string
		own    string
		args   []string
	}{
		{debian, "sesearch", "search", []string{"-A", "-s", "httpd_t", "-p", "name_bind,name_connect"}},
		{mls, "sesearch", "search", []string{"-A", "-s", "httpd_t", "-p", "name_bind,name_connect"}},
		{debian, "sesearch", "search", []string{"-A"}},
		{fedora, "sesearch", "search", []string{"-A"}},
		{fedora, "sesearch", "search", []string{"-T"}},
		{debian, "seinfo", "info", nil},
		{debian, "seinfo", "info", []string{"-t", "-x"}},
		{fedora, "seinfo", "info", nil},
	}
	for _, c := range processes {
		args := append(slices.Clone(c.args), c.policy.path)
		peer := measured{time: time.Hour}
		own := measured{time: time.Hour, faults: math.MaxInt64}
		for range pairs {
			p, err := measure(c.peer, args)
			if err != nil {
				return err
			}
			o, err := measure(senet, append([]string{c.own}, args...))
			if err != nil {
				return err
			}
			peer, own = peer.best(p), own.best(o)
		}
		label := c.peer
		for _, a := range c.args {
			label += " " + a
		}
		fmt.Printf("%-52s %10.1f %10.2f %7.1fx %9.1f %7d\n", label, ms(peer.time), ms(own.time),
			float64(peer.time)/float64(own.time), float64(own.rss)/1024, own.faults)
		fmt.Printf("   on %s\n", c.policy.name)
	}

	if err := benchFaults(senet); err != nil {
		return err
	}
	if err := benchModules(senet); err != nil {
		return err
	}
	if err := benchSemanage(senet); err != nil {
		return err
	}

	fmt.Printf("\nDecode and index, in process, median of %d, libsepol's policydb load of the same bytes beside "+
		"it.\n\n", loads)
	fmt.Printf("%-52s %10s %10s %8s\n", "policy", "libsepol", "senet ms", "ratio")
	for _, p := range []namedPolicy{debian, mls, fedora} {
		times, err := oracle.LoadTimes(p.path, loads)
		if err != nil {
			return err
		}
		own, err := loadTimes(p.path)
		if err != nil {
			return err
		}
		a, b := median(times), median(own)
		fmt.Printf("%-52s %10.2f %10.2f %7.1fx\n", p.name, ms(a), ms(b), float64(a)/float64(b))
	}
	if err := benchPort(senet); err != nil {
		return err
	}
	if err := benchCompile(senet); err != nil {
		return err
	}
	if err := benchDiff(senet); err != nil {
		return err
	}
	if err := benchInterfaces(senet); err != nil {
		return err
	}
	return benchWhy(senet)
}

// benchFaults prints the costs of the commands that have no peer.
func benchFaults(senet string) error {
	policy := debianDefault().path
	fmt.Printf("\n%-52s %10s %7s\n", "senet alone, Debian default", "senet ms", "faults")
	for _, args := range [][]string{
		{"--help"}, {"can", "httpd_t", "connect", "tcp/5601"}, {"ports", "httpd_t"}, {"who", "connect", "tcp/5601"},
		{"who", "bind", "tcp/5601"}, {"fix", "httpd_t", "bind", "tcp/5601"}, {"fix", "httpd_t", "connect", "tcp/5601"},
	} {
		own := measured{time: time.Hour, faults: math.MaxInt64}
		label := strings.Join(args, " ")
		if len(args) > 1 {
			args = append(args, "--policy", policy)
		}
		for range pairs {
			m, err := measure(senet, args)
			if err != nil {
				return err
			}
			own = own.best(m)
		}
		fmt.Printf("%-52s %10.2f %7d\n", label, ms(own.time), own.faults)
	}
	return nil
}

// measured holds the costs of one process.
type measured struct {
	time time.Duration
	rss  int64 // KiB at the peak
	cpu  time.Duration
	// faults are the page faults: a measure of the memory that is touched, which does not
	// depend on how busy the machine is.
	faults int64
}

// best keeps the shorter times and the larger memory.
func (m measured) best(o measured) measured {
	return measured{min(m.time, o.time), max(m.rss, o.rss), min(m.cpu, o.cpu), min(m.faults, o.faults)}
}

// runFlag makes this program run one command and print its costs.
const runFlag = "-run"

// measure runs a command from a small process of its own: the kernel counts the
// memory that a process has before it executes a program to that program's peak,
// and this one is large.
func measure(name string, args []string) (measured, error) {
	self, err := os.Executable()
	if err != nil {
		return measured{}, err
	}
	out, err := exec.Command(self, append([]string{runFlag, name}, args...)...).Output()
	if err != nil {
		return measured{}, fmt.Errorf("%s %v: %w", name, args, err)
	}
	var m measured
	if _, err := fmt.Sscan(string(out), &m.time, &m.rss, &m.cpu, &m.faults); err != nil {
		return measured{}, fmt.Errorf("%s %v: %w", name, args, err)
	}
	return m, nil
}

// runChild runs a command, throws its output away and prints the nanoseconds, the
// peak memory in KiB, the nanoseconds of processor time and the page faults.
func runChild(name string, args []string) {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	cmd := exec.Command(name, args...)
	cmd.Stdin = os.Stdin
	out, err := cmd.StdoutPipe()
	if err != nil {
		fail(err)
	}
	var elapsed time.Duration
	faults, err := pagefaults.Of(func() error {
		start := time.Now()
		if err := cmd.Start(); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, out); err != nil {
			return err
		}
		var refused *exec.ExitError // the answer no is an exit status too
		if err := cmd.Wait(); err != nil && !(errors.As(err, &refused) && refused.ExitCode() == 1) {
			return err
		}
		elapsed = time.Since(start)
		return nil
	})
	if err != nil {
		fail(err)
	}
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	fmt.Println(int64(elapsed), usage.Maxrss, usage.Utime.Nano()+usage.Stime.Nano(), faults)
	os.Exit(0)
}

// loadTimes times what makes a policy ready for any question: decoding, the
// symbol tables, the index of rules and the members of attributes.
func loadTimes(path string) ([]time.Duration, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	times := make([]time.Duration, loads)
	for i := range times {
		start := time.Now()
		db, err := policydb.Decode(b)
		if err != nil {
			return nil, err
		}
		p := policy.New(db)
		for class := range p.MaxClass() + 1 {
			for range p.RulesFrom(1, class, policy.Set[policy.TypeID]{}) {
				break
			}
		}
		p.Members(1)
		times[i] = time.Since(start)
	}
	return times, nil
}

func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }
