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

// Options choose the system and how to read it. The zero Options mean the running system.
type Options struct {
	Root Root
	// NetNS is the network namespace whose facts are read: a process id or a name of ip netns. "" means the
	// namespace of the calling thread. Only the running system has namespaces, and entering another one requires
	// CAP_SYS_ADMIN.
	NetNS string
	// Routes reads the routing tables even if no check depends on them.
	Routes bool
	// Timeout bounds each command; 0 means ten seconds.
	Timeout time.Duration
}

// A reader reads facts. Its functions access the system, and tests replace them.
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

// Read reads the facts of a system. Facts that cannot be read are listed in Facts.Unknown. The only error is a
// network namespace that does not exist or cannot be entered.
func Read(o Options) (Facts, error) {
	timeout := o.Timeout
	if timeout <= 0 {
		timeout = 10 * time.Second // a busy machine starts programs slowly
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
	// NetLabel answers only in the initial namespace: ask before entering another one.
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

// readWays reads the facts about the interface and the label of packets, in the network namespace of the calling
// thread. It does so only if packets are checked.
func (r *reader) readWays(f *facts) {
	if r.routes || f.checksPackets() {
		r.readRoutes(f)
	}
	if f.ownSecmark {
		r.readFilter(f)
	}
}

// checksPackets reports whether the kernel checks packets, as far as the facts tell. The policy of the question
// need not be the loaded one.
func (f *facts) checksPackets() bool {
	if f.Secmark || f.PeerLabelling {
		return true
	}
	return f.SELinux != nil && slices.ContainsFunc(f.SELinux.PolicyCaps,
		func(c PolicyCap) bool { return c.On && c.Name == "always_check_network" })
}

// readNetwork reads the facts of the calling thread's network namespace.
func (r *reader) readNetwork(f *facts, name, file string) {
	if r.live {
		link, err := r.root.ReadLink(file)
		inode, ok := parseNetNS(link)
		if !ok && name != "" {
			inode, err = r.root.inode(file) // ip netns stores a namespace as a file, not as a link
			ok = err == nil
		}
		if ok {
			f.NetNS = &NetNS{Inode: inode, Name: name, Initial: r.root.Exists(initialNetNSOnly)}
			f.from(FactNetNS, HowRead, file, "")
		} else {
			if err == nil {
				err = fmt.Errorf("%.40q is not a network namespace", link)
			}
			f.missing(FactNetNS, file, err)
		}
	}
	r.readSysctls(f)
	r.readInterfaces(f)
	r.readIPsec(f)
	r.readSecmark(f)
}

// readKernel reads the release and the facts derived from it.
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
		f.missing(fact, from, errors.New("the release number alone does not determine it"))
		return
	}
	f.from(fact, HowDerived, from, "")
}

// installedKernel returns the highest kernel release with installed modules.
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

// String returns the version in dotted form: 6.12.97.
func (v Version) String() string {
	return strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor) + "." + strconv.Itoa(v.Patch)
}

var errNotInstalled = errors.New("is not installed")

// run runs a program of the system with a fixed environment and returns its output. It kills the program at the end
// of the timeout or when the output is too large.
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

// A limitedBuffer accepts maxText bytes and stops a program that prints more.
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
