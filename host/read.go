package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"github.com/senet-selinux/senet/internal/sysroot"
)

const maxText = 8 << 20 // a configuration file, a table of /proc, a command's output

// Options choose the system that Read reads, and the way. The zero Options are the running
// system.
type Options struct {
	Root Root
	// NetNS is the network namespace whose facts are read: a process id or a name
	// of ip netns; "" for that of the calling thread. Only the running system has
	// any, and entering one takes CAP_SYS_ADMIN.
	NetNS string
	// Routes has the routing tables read even where no check depends on them.
	Routes bool
	// Timeout bounds each command that is run; 0 for ten seconds.
	Timeout time.Duration
}

// A reader reads facts. Its functions are the ways to the system, which tests
// replace.
type reader struct {
	routes     bool // Options.Routes
	root       Root
	live       bool
	netlink    func(netlinkRequest) ([]netlinkMessage, error)
	command    func(name string, args ...string) ([]byte, error)
	interfaces func() ([]Interface, error)
	release    func() (string, error)
	enter      func(file string, do func() error) error
}

// Read reads the facts of a system. What cannot be read is listed in
// Facts.Unknown and is no error; an error is a network namespace that does not
// exist or cannot be entered.
func Read(o Options) (Facts, error) {
	timeout := o.Timeout
	if timeout <= 0 {
		timeout = 10 * time.Second // a busy machine is slow to start a program
	}
	r := &reader{
		root: o.Root, live: o.Root.Live(), routes: o.Routes, netlink: askNetlink, interfaces: systemInterfaces,
		release: kernelRelease, enter: inNetNS,
		command: func(name string, args ...string) ([]byte, error) { return run(timeout, name, args...) },
	}
	return r.read(o.NetNS)
}

func (r *reader) read(netns string) (Facts, error) {
	f := &facts{Facts: Standard()}
	f.Assumed = false
	f.Source = "this machine"
	if !r.live {
		f.Source = "files under " + r.root.Dir()
		if netns != "" {
			return Facts{}, errors.New("only the running system has network namespaces")
		}
	}
	r.readKernel(f)
	r.readSELinux(f)
	// NetLabel answers in the initial namespace only: ask before another is entered.
	r.readNetLabel(f)
	var err error
	if netns == "" {
		r.readNetwork(f, "", "/proc/thread-self/ns/net")
	} else {
		var file string
		if file, err = r.root.netNSFile(netns); err == nil {
			f.Source += ", network namespace " + netns
			err = r.enter(file, func() error {
				r.readNetwork(f, netns, file)
				return nil
			})
		}
		if err != nil {
			return Facts{}, fmt.Errorf("network namespace %s: %w", netns, err)
		}
	}
	if r.live {
		r.readOtherNetNS(f)
		if netns == "" {
			r.readWays(f)
		} else if file, err := r.root.netNSFile(netns); err == nil {
			if err := r.enter(file, func() error { r.readWays(f); return nil }); err != nil {
				return Facts{}, fmt.Errorf("network namespace %s: %w", netns, err)
			}
		}
	}
	order := factOrder()
	slices.SortStableFunc(f.Origins, func(a, b Origin) int {
		return slices.Index(order, a.Fact) - slices.Index(order,
			b.Fact)
	})
	slices.SortStableFunc(f.Unknown, func(a, b Unknown) int {
		return slices.Index(order, a.Fact) - slices.Index(order,
			b.Fact)
	})
	return f.Facts, nil
}

func factOrder() []Fact {
	return []Fact{
		FactKernel, FactFastOpen, FactDCCP, FactSELinux, FactEnforcing, FactBooleans, FactPolicyCaps, FactNetNS,
		FactLocalPorts, FactUnprivilegedPortStart, FactSysctls, FactInterfaces, FactNetLabel, FactIPsec, FactSecmark,
		FactOtherNetNS, FactRoutes, FactFilter,
	}
}

// readWays reads what decides the interface and the label of a packet, in the
// network namespace of the calling thread: only where packets are checked.
func (r *reader) readWays(f *facts) {
	if r.routes || f.checksPackets() {
		r.readRoutes(f)
	}
	if f.ownSecmark {
		r.readFilter(f)
	}
}

// checksPackets reports whether the kernel checks packets, as far as the facts
// tell: the policy that is asked may be another than the one that is loaded.
func (f *facts) checksPackets() bool {
	if f.Secmark || f.PeerLabelling {
		return true
	}
	return f.SELinux != nil && slices.ContainsFunc(f.SELinux.PolicyCaps,
		func(c PolicyCap) bool { return c.On && c.Name == "always_check_network" })
}

// readNetwork reads what belongs to the network namespace that the calling
// thread is in.
func (r *reader) readNetwork(f *facts, name, file string) {
	if r.live {
		link, err := r.root.ReadLink(file)
		inode, ok := parseNetNS(link)
		if !ok && name != "" {
			inode, err = r.root.inode(file) // ip netns keeps a namespace as a file, not as a link
			ok = err == nil
		}
		if ok {
			f.NetNS = &NetNS{Inode: inode, Name: name, Initial: r.root.Exists(initialNetNSOnly)}
			f.from(FactNetNS, HowRead, file, "")
		} else {
			if err == nil {
				err = fmt.Errorf("%.40q is no network namespace", link)
			}
			f.missing(FactNetNS, file, err)
		}
	}
	r.readSysctls(f)
	r.readInterfaces(f)
	r.readIPsec(f)
	r.readSecmark(f)
}

// readKernel reads the release and what follows from it.
func (r *reader) readKernel(f *facts) {
	from, how := "uname", HowRead
	release, err := "", error(nil)
	if r.live {
		release, err = r.release()
	} else {
		release, err = r.root.installedKernel()
		from, how = "/lib/modules", HowConfigured
	}
	if err != nil {
		f.missing(FactKernel, from, err)
		return
	}
	k := newKernel(release)
	derivedFrom := "the release " + release
	if r.live {
		if b, err := r.root.ReadFile("/proc/version", maxSmall); err == nil && k.patched(string(b)) {
			derivedFrom = "/proc/version: " + k.Version.String()
		}
		if b, err := r.root.ReadFile("/proc/net/protocols", maxText); err == nil && k.DCCP == StateUnknown &&
			parseProtocols(b, "DCCP") {
			k.DCCP = Yes
		}
	}
	f.Kernel = &k
	f.from(FactKernel, how, from, "")
	f.derived(FactFastOpen, k.FastOpenCheck, derivedFrom)
	f.derived(FactDCCP, k.DCCP, derivedFrom)
}

// derived records a fact that follows from the kernel's version.
func (f *facts) derived(fact Fact, s State, from string) {
	if s == StateUnknown {
		f.missing(fact, from, errors.New("the release number alone does not tell"))
		return
	}
	f.from(fact, HowDerived, from, "")
}

// installedKernel returns the highest kernel release that has modules.
func (r Root) installedKernel() (string, error) {
	names, err := r.ReadDir("/lib/modules", maxConfFiles)
	if err != nil {
		names, err = r.ReadDir("/usr/lib/modules", maxConfFiles)
	}
	if err != nil {
		return "", err
	}
	best, found := "", Version{}
	for _, name := range names {
		v, ok := ParseRelease(name)
		if ok && (best == "" || v.compare(found) > 0) {
			best, found = name, v
		}
	}
	if best == "" {
		return "", errors.New("no kernel is installed")
	}
	return best, nil
}

func (v Version) compare(w Version) int {
	if v.Major != w.Major {
		return v.Major - w.Major
	}
	if v.Minor != w.Minor {
		return v.Minor - w.Minor
	}
	return v.Patch - w.Patch
}

// String writes the version as it is spoken: 6.12.97.
func (v Version) String() string {
	return strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor) + "." + strconv.Itoa(v.Patch)
}

var errNotInstalled = errors.New("is not installed")

// run runs a program of the system with a fixed environment and returns what it
// prints. It is killed when the time is over or it prints too much.
func run(timeout time.Duration, name string, args ...string) ([]byte, error) {
	file := ""
	for _, dir := range programDirs() {
		if (Root{}).Exists(dir + "/" + name) {
			file = dir + "/" + name
			break
		}
	}
	if file == "" {
		return nil, fmt.Errorf("%s %w", name, errNotInstalled)
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	out := &limitedBuffer{cancel: cancel}
	cmd := exec.CommandContext(ctx, file, args...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}
	cmd.Stdout = out
	cmd.WaitDelay = timeout
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out.Bytes(), nil
}

// A limitedBuffer takes maxText bytes and stops the program that prints more.
type limitedBuffer struct {
	bytes.Buffer
	cancel context.CancelFunc
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxText {
		b.cancel()
		return 0, sysroot.ErrTooLarge
	}
	return b.Buffer.Write(p)
}
