package daemonconf

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/testenv"
)

// A daemon is started by the oracle on configurations that are made for it.
type daemon struct {
	program string
	binary  string
	// usual says that the usual run starts it, not only the long one.
	usual bool
	// make writes a configuration to dir and returns the arguments.
	make func(g *generator) []string
	// connects says that the daemon connects without being asked for anything.
	connects bool
	// interfaces says that any address becomes one socket for each of the machine's.
	interfaces bool
	// user runs the daemon, "" for root.
	user string
}

// TestOracle: daemons started in a network namespace of their own, under strace, bind and
// connect to exactly the endpoints that their configuration is read to have.
func TestOracle(t *testing.T) {
	for _, d := range daemons() {
		t.Run(d.program, func(t *testing.T) {
			if !d.usual && !testenv.Long() {
				t.Skip("started in the long run")
			}
			testenv.Need(t, d.binary, "strace", "ip")
			if os.Geteuid() != 0 {
				testenv.Missing(t, "only root may make network namespaces")
			}
			seed := testenv.Seed(t)
			for i := range testenv.Rounds(2, 100) {
				compare(t, d, seed+uint64(i))
			}
		})
	}
}

// compare starts a daemon once.
func compare(t *testing.T, d daemon, seed uint64) {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "senet-oracle") // the daemons get a /dev/shm of their own
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1)), t: t, dir: dir, used: map[int]bool{}}
	argv := append([]string{d.binary}, d.make(g)...)
	r := OfBinary(d.binary).Read(sysroot.Root{}, Start{Argv: argv, Dir: dir, Pos: Pos{File: "unit"}})
	want := map[string]bool{}
	for _, e := range r.Endpoints {
		if e.Open != "" || e.If != "" || e.Op == Send || e.Op == Connect && (!d.connects || elsewhere(r, e)) {
			continue
		}
		host := e.Host
		if host == "localhost" {
			host = "127.0.0.1"
		}
		if addr, err := netip.ParseAddr(host); d.interfaces || host == "" || err == nil && addr.IsUnspecified() {
			host = "any"
			if d.interfaces {
				host = ""
			}
			if err == nil && addr.Is6() && !d.interfaces {
				host = "any6"
			}
		}
		op := "bind"
		if e.Op == Connect {
			op = "connect"
		}
		for p := int(e.Low); p <= int(e.High); p++ {
			want[fmt.Sprintf("%s %s/%d %s", op, e.Protocol, p, host)] = true
		}
	}
	got, output := g.trace(d, argv, want)
	if len(r.Problems) > 0 || !slices.Equal(sorted(want), sorted(got)) {
		t.Errorf("SENET_TEST_SEED=%d: %q\nread  %q\ntrace %q\nproblems %+v\n%s\n%s", seed, argv, sorted(want),
			sorted(got), r.Problems, g.all.String(), output)
	}
}

// elsewhere reports whether a server's health is checked at another port: without clients
// it is not connected to then.
func elsewhere(r *Result, e Endpoint) bool {
	return e.Directive == "server" && slices.ContainsFunc(r.Endpoints, func(other Endpoint) bool {
		return other.Directive == "check port" && other.Pos == e.Pos
	})
}

func sorted(set map[string]bool) []string {
	var list []string
	for s := range set {
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}

// trace runs a daemon until it made the calls that are wanted and a while longer, and
// returns those that it made.
func (g *generator) trace(d daemon, argv []string, want map[string]bool) (map[string]bool, string) {
	g.t.Helper()
	log := filepath.Join(g.dir, "strace.log")
	if d.user != "" {
		argv = append([]string{"setpriv", "--reuid=" + d.user, "--regid=" + d.user, "--clear-groups"}, argv...)
	}
	cmd := exec.Command("sh", append([]string{"-c",
		`mount --make-rprivate / && mount -t tmpfs tmpfs /run &&
		mount -t tmpfs tmpfs /dev/shm && mkdir -p /run/sshd /run/named && ip link set lo up &&
		ip route add default dev lo && exec strace -f -yy -e trace=bind,connect -o "$0" "$@"`, log},
		argv...)...)
	cmd.Dir = g.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Setpgid: true}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		testenv.Missing(g.t, "a network namespace cannot be made: "+err.Error())
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	defer func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
	}()
	var got map[string]bool
	settled := 0
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline) && settled < 3; {
		b, _ := os.ReadFile(log)
		got = calls(string(b), d)
		if isSubset(want, got) {
			settled++ // what it does beyond that comes at once
		}
		select {
		case <-ended:
			b, _ := os.ReadFile(log)
			return calls(string(b), d), out.String()
		case <-time.After(150 * time.Millisecond):
		}
	}
	return got, out.String()
}

func isSubset(a, b map[string]bool) bool {
	for s := range a {
		if !b[s] {
			return false
		}
	}
	return true
}

var call = regexp.MustCompile(`(?m)^\d+ +(bind|connect)\(\d+<(TCP|UDP)[^>]*(?:>|$)` +
	`.*?sa_family=AF_INET6?, .*?port=htons\((\d+)\).*?` +
	`(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)"`)

// calls reads what strace wrote.
func calls(log string, d daemon) map[string]bool {
	got := map[string]bool{}
	for _, m := range call.FindAllStringSubmatch(log, -1) {
		op, protocol, port, host := m[1], strings.ToLower(m[2]), m[3], m[4]
		if n, _ := strconv.Atoi(port); n == 0 || op == "connect" && !d.connects {
			continue // a port of the kernel's choice; what a client makes it do
		}
		switch {
		case d.interfaces:
			host = ""
		case host == "0.0.0.0":
			host = "any"
		case host == "::":
			host = "any6"
		}
		got[fmt.Sprintf("%s %s/%s %s", op, protocol, port, host)] = true
	}
	return got
}

// A generator makes the configuration of one daemon.
type generator struct {
	*rand.Rand
	t    *testing.T
	dir  string
	used map[int]bool
	all  strings.Builder // the files, for messages
}

// port returns a port that the configuration does not have yet.
func (g *generator) port() int {
	for {
		if p := 1024 + g.IntN(30000); !g.used[p] && !g.used[p+10000] && !g.used[p-10000] {
			g.used[p] = true
			return p
		}
	}
}

func (g *generator) pick(list ...string) string { return list[g.IntN(len(list))] }

// run runs a program that prepares what the daemon needs.
func (g *generator) run(name string, args ...string) {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		g.t.Fatalf("%s: %v: %s", name, err, out)
	}
}

func (g *generator) write(name, text string) string {
	file := filepath.Join(g.dir, name)
	g.all.WriteString("--- " + name + "\n" + text)
	for _, err := range []error{os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)} {
		if err != nil {
			g.t.Fatal(err)
		}
	}
	return file
}
