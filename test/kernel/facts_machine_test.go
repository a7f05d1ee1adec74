package kernel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/kernel/wire"
)

// factsPrograms are programs of this machine that make packet filters in the
// other one, and what prints a file.
var factsPrograms = [...]string{"/usr/sbin/nft", "/usr/sbin/xtables-legacy-multi", "/usr/sbin/xtables-nft-multi",
	"/bin/cat", "/usr/sbin/ip"}

// factsFiles returns the programs, senet among them, for a machine whose facts
// senet saves.
func factsFiles(t *testing.T) Files {
	t.Helper()
	files := Files{"/root/.keep": {0o600, nil}, "/run/.keep": {0o600, nil}}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range factsPrograms {
		real, err := filepath.EvalSymlinks(name)
		if err != nil {
			testenv.Missing(t, err.Error())
		}
		check(files.AddProgram(real, "/"))
		files[name] = files[real]
	}
	for _, name := range []string{"iptables-legacy", "ip6tables-legacy", "iptables-legacy-save",
		"ip6tables-legacy-save",
		"iptables-legacy-restore", "ip6tables-legacy-restore"} {
		files["/usr/sbin/"+name] = files["/usr/sbin/xtables-legacy-multi"]
	}
	for _, name := range []string{"iptables-nft", "ip6tables-nft", "iptables-nft-restore", "ip6tables-nft-restore"} {
		files["/usr/sbin/"+name] = files["/usr/sbin/xtables-nft-multi"]
	}
	for _, dir := range []string{"/usr/lib/x86_64-linux-gnu/xtables"} {
		for _, name := range []string{"SECMARK", "CONNSECMARK", "conntrack", "multiport", "tcp", "udp", "standard",
			"state", "sctp",
			"comment", "iprange", "CT"} {
			file := filepath.Join(dir, "libxt_"+name+".so")
			if _, err := os.Stat(file); err == nil {
				check(files.Add(file, file))
			}
		}
	}
	senet := filepath.Join(t.TempDir(), "senet")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", senet,
		"github.com/senet-selinux/senet/cmd/senet")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building senet: %v: %s", err, out)
	}
	check(files.Add("/usr/bin/senet", senet))
	return files
}

// bootFacts starts a machine that can be set up and asked for its facts.
func bootFacts(t *testing.T, v Version) *VM {
	t.Helper()
	vm, err := BootWith(context.Background(), v, factsFiles(t))
	if errors.Is(err, ErrUnavailable) {
		testenv.Missing(t, err.Error())
	} else if err != nil {
		t.Fatal(err)
	}
	return vm
}

// feed runs a program of the machine with a standard input.
func (vm *VM) feed(stdin string, args ...string) error {
	reply, err := vm.system(wire.System{Command: &wire.Command{Args: args, Stdin: []byte(stdin), Limit: time.Minute}})
	if err != nil {
		return err
	}
	if e := reply.Command; e.Code != 0 {
		return fmt.Errorf("%s: exit %d: %s%s\n%s", strings.Join(args, " "), e.Code, e.Stdout, e.Stderr, stdin)
	}
	return nil
}

// savedFacts has senet save the facts of the machine, enforcing or not, and
// returns the file's content.
func (vm *VM) savedFacts(enforcing bool) ([]byte, error) {
	const file = "/root/facts.json"
	mode := "off"
	if enforcing {
		mode = "on"
	}
	reply, err := vm.system(wire.System{Enforce: mode, Command: &wire.Command{Args: []string{"/usr/bin/senet", "host",
		"--save", file, "--quiet"}, Limit: time.Minute}})
	if _, off := vm.system(wire.System{Enforce: "off"}); err == nil {
		err = off
	}
	if err != nil {
		return nil, err
	}
	if e := reply.Command; e.Code != 0 {
		return nil, fmt.Errorf("senet host: exit %d: %s%s", e.Code, e.Stdout, e.Stderr)
	}
	out, err := vm.Command(time.Minute, "/bin/cat", file)
	if err != nil {
		return nil, err
	}
	return out.Stdout, nil
}

// sysctl writes parameters of the first network namespace.
func (vm *VM) sysctl(list ...Sysctl) error {
	var s script
	for _, ctl := range list {
		s.write("/proc/sys/"+ctl.Name, ctl.Value)
	}
	reply, err := vm.call(wire.Request{Run: &wire.Run{Prepare: s}}, limitOfCall)
	if err != nil {
		return err
	}
	for i, r := range reply.Run.Prepare {
		if !r.Made || r.Ret < 0 {
			return fmt.Errorf("sysctl %s: %s", list[i/3].Name, errnoText(r))
		}
	}
	return nil
}

// runsLoaded loads the policy of a file and compares it with the policy that the kernel says it
// runs.
func (vm *VM) runsLoaded(t *testing.T, file string) {
	t.Helper()
	image, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	db, err := policydb.Decode(image)
	if err != nil {
		t.Fatal(err)
	}
	if db, err = Permissive(db); err != nil {
		t.Fatal(err)
	}
	if err := vm.Load(policy.New(db)); err != nil {
		t.Fatal(err)
	}
	vm.runsPolicy(t, db)
}

// runsPolicy holds the policy that the kernel says it runs against the one that it was
// given: senet store check is to find no difference.
func (vm *VM) runsPolicy(t *testing.T, loaded *policydb.Policy) {
	t.Helper()
	out, err := vm.Command(time.Minute, "/bin/cat", "/sys/fs/selinux/policy")
	if err != nil {
		t.Fatal(err)
	}
	runs, err := policydb.Decode(out.Stdout)
	if err != nil {
		t.Fatal(err)
	}
	if d, found := policydb.FirstDifference(loaded, runs); found {
		t.Errorf("Linux %s does not say it runs what it was given: %+v", vm.Release, d)
	}
}
