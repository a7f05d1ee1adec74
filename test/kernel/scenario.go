package kernel

import (
	"fmt"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// A Scenario is what one process does, and in what surroundings.
type Scenario struct {
	// Context is that of the process, Socket that of the sockets it makes, "" for
	// the one that the policy gives them (setsockcreatecon).
	Context, Socket string
	Enforcing       bool
	// NetNS gives the process a network namespace of its own, with the loopback
	// interface up. Sysctls are written in it, in their order.
	NetNS bool
	// UserNS makes it one of a user namespace of its own.
	UserNS bool
	// Addresses are more IPv4 addresses of the loopback interface, of a network
	// namespace of its own.
	Addresses []netip.Addr
	Sysctls   []Sysctl
	// Secmark, if not "", is the label that every packet gets which leaves the
	// network namespace, which has to be one of its own.
	Secmark string
	// UID is the user that the process runs as.
	UID int
	// Helpers are made before, with the label Helper, or that of the kernel itself
	// where it is "": the kernel asks the process nothing about those.
	Helpers []wire.Call
	Helper  string
	// Giver is the context of the process when it makes the helpers, "" for the kernel's.
	Giver string
	// Directory, if not "", is the label of a directory of tmpfs that the process is in, alone. File
	// is that of the file socketName in it, which a helper makes; "" for none.
	Directory, File string
	Calls           []wire.Call
}

// A Sysctl is a file below /proc/sys with what is written to it.
type Sysctl struct{ Name, Value string }

// Portable arguments.

// Int is an argument that is a number.
func Int(n int) wire.Arg { return wire.Arg{Value: int64(n)} }

// Bytes is an argument that is the address of a buffer.
func Bytes(b []byte) wire.Arg { return wire.Arg{Kind: wire.ArgBuf, Buf: b} }

func cString(s string) wire.Arg { return Bytes(append([]byte(s), 0)) }

// resultOf is an argument that is the result of the call at an index of the
// same list: of Scenario.Helpers, or, as HelperResult, of it from Calls.
func resultOf(i int) wire.Arg { return wire.Arg{Kind: wire.ArgResult, Value: int64(i)} }

// HelperResult is an argument of a call of Scenario.Calls: what the call at
// position i of Scenario.Helpers returned.
func HelperResult(i int) wire.Arg { return wire.Arg{Kind: argHelper, Value: int64(i)} }

// argHelper does not go over the wire: it becomes an ArgResult.
const argHelper wire.ArgKind = 100

// a script is a list of calls under construction.
type script []wire.Call

// do appends a call and returns its position.
func (s *script) do(number int, args ...wire.Arg) int {
	*s = append(*s, wire.Call{Number: number, Args: args})
	return len(*s) - 1
}

// write appends the calls that write a file.
func (s *script) write(file, text string) {
	const atFDCWD = -100
	fd := s.do(syscall.SYS_OPENAT, Int(atFDCWD), cString(file), Int(syscall.O_WRONLY), Int(0))
	s.do(syscall.SYS_WRITE, resultOf(fd), Bytes([]byte(text)), Int(len(text)))
	s.do(syscall.SYS_CLOSE, resultOf(fd))
}

func (s *script) netns() {
	s.do(syscall.SYS_UNSHARE, Int(syscall.CLONE_NEWNET))
	fd := s.do(syscall.SYS_SOCKET, Int(syscall.AF_INET), Int(syscall.SOCK_DGRAM), Int(0))
	request := make([]byte, 40) // struct ifreq
	copy(request, "lo")
	request[syscall.IFNAMSIZ] = syscall.IFF_UP
	s.do(syscall.SYS_IOCTL, resultOf(fd), Int(syscall.SIOCSIFFLAGS), Bytes(request))
	s.do(syscall.SYS_CLOSE, resultOf(fd))
}

// address appends the calls that give the loopback interface an address; name
// is "lo:" and a label.
func (s *script) address(name string, addr netip.Addr) {
	fd := s.do(syscall.SYS_SOCKET, Int(syscall.AF_INET), Int(syscall.SOCK_DGRAM), Int(0))
	request := make([]byte, 40) // struct ifreq
	copy(request, name)
	copy(request[syscall.IFNAMSIZ:], sockaddr(syscall.AF_INET, addr, 0))
	s.do(syscall.SYS_IOCTL, resultOf(fd), Int(syscall.SIOCSIFADDR), Bytes(request))
	s.do(syscall.SYS_CLOSE, resultOf(fd))
}

// socketName is the file of a unix socket with a path.
const socketName = "socket"

// directory appends the calls that give the process a directory of its own: a tmpfs over one that
// every machine has, in a mount namespace of the process.
func (s *script) directory() {
	const at = "/modules"
	s.do(syscall.SYS_UNSHARE, Int(syscall.CLONE_NEWNS))
	s.do(syscall.SYS_MOUNT, cString("tmpfs"), cString(at), cString("tmpfs"), Int(0), Int(0))
	s.do(syscall.SYS_CHDIR, cString(at))
}

// label appends the call that labels a file.
func (s *script) label(name, context string) {
	s.do(syscall.SYS_SETXATTR, cString(name), cString("security.selinux"), cString(context), Int(len(context)+1),
		Int(0))
}

// build returns the calls of both phases; helpers is where those of
// Scenario.Helpers begin.
func (sc *Scenario) build(kernel string) (prepare, calls script, helpers int) {
	if sc.UserNS {
		prepare.do(syscall.SYS_UNSHARE, Int(syscall.CLONE_NEWUSER))
	}
	if sc.NetNS {
		prepare.netns()
	}
	for i, addr := range sc.Addresses {
		prepare.address("lo:"+strconv.Itoa(i+1), addr)
	}
	if sc.Secmark != "" {
		prepare.exchange(syscall.NETLINK_NETFILTER, nftBatch(secmarkRules(sc.Secmark)...))
	}
	for _, ctl := range sc.Sysctls {
		prepare.write("/proc/sys/"+ctl.Name, ctl.Value)
	}
	move := func(list []wire.Call, by int) (moved script) {
		for _, c := range list {
			c.Args = append([]wire.Arg(nil), c.Args...)
			for i := range c.Args {
				switch a := &c.Args[i]; a.Kind {
				case wire.ArgResult:
					a.Value += int64(by)
				case argHelper:
					a.Kind, a.Value = wire.ArgResult, a.Value+int64(helpers)
				}
			}
			moved = append(moved, c)
		}
		return moved
	}
	if sc.Directory != "" {
		prepare.directory()
	}
	if sc.Giver != "" {
		prepare.write("/proc/self/attr/current", sc.Giver)
	}
	if len(sc.Helpers) > 0 {
		if sc.Helper != "" {
			kernel = sc.Helper
		}
		prepare.write("/proc/self/attr/sockcreate", kernel)
		helpers = len(prepare)
		prepare = append(prepare, move(sc.Helpers, helpers)...)
		prepare.write("/proc/self/attr/sockcreate", "\n")
	}
	if sc.File != "" {
		prepare.label(socketName, sc.File)
	}
	if sc.Directory != "" {
		prepare.label(".", sc.Directory)
	}
	if sc.UID != 0 {
		prepare.do(syscall.SYS_SETUID, Int(sc.UID))
	}
	prepare.write("/proc/self/attr/current", sc.Context)
	if sc.Socket != "" {
		prepare.write("/proc/self/attr/sockcreate", sc.Socket)
	}
	return prepare, move(sc.Calls, len(prepare)), helpers
}

// Ran holds the results of a scenario's Calls.
type Ran struct {
	Results []wire.Result
	// Denials are the AVC denials in their order, with the call that ran, -1 for
	// one outside of all calls.
	Denials []Denial
	// Other are all audit records of the calls but AVC denials: "TYPE text".
	Other []string
}

// limitOfCall is the time limit for a scenario.
const limitOfCall = 2 * time.Minute

// Run runs a scenario under the policy that is loaded. kernel is the context of
// the initial SID kernel.
func (vm *VM) Run(sc *Scenario, kernel string) (*Ran, error) {
	prepare, calls, helpers := sc.build(kernel)
	reply, err := vm.call(wire.Request{Run: &wire.Run{Prepare: prepare, Calls: calls, Enforcing: sc.Enforcing}},
		limitOfCall)
	if err != nil {
		return nil, err
	}
	acked := false
	for i, r := range reply.Run.Prepare {
		pending := r.Ret == -int64(syscall.EINPROGRESS) || i < helpers+len(sc.Helpers) &&
			r.Ret == -int64(syscall.EAGAIN)
		if !r.Made || r.Ret < 0 && !pending {
			return nil, fmt.Errorf("preparing, call %d (system call %d): %s", i, prepare[i].Number, errnoText(r))
		}
		if prepare[i].Number == syscall.SYS_RECVFROM && sc.Secmark != "" && !acked {
			acked = true
			if err := acknowledged(r); err != nil {
				return nil, fmt.Errorf("preparing SECMARK rules: %w", err)
			}
		}
	}
	ran := &Ran{Results: reply.Run.Calls}
	take := func(call int, records []string) error {
		for _, text := range records {
			d, ok, err := parseDenial(text)
			if err != nil {
				return err
			}
			if d.Call = call; ok {
				ran.Denials = append(ran.Denials, d)
			} else {
				ran.Other = append(ran.Other, text)
			}
		}
		return nil
	}
	for i, r := range ran.Results {
		if err := take(i, r.Audit); err != nil {
			return nil, err
		}
	}
	return ran, take(-1, reply.Run.Late)
}

func errnoText(r wire.Result) string {
	if !r.Made {
		return "was not made"
	}
	if r.Ret >= 0 {
		return "returned " + strconv.FormatInt(r.Ret, 10)
	}
	return syscall.Errno(-r.Ret).Error()
}
