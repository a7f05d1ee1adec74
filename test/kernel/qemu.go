package kernel

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// A VM is a running kernel. Its methods must not be called by several
// goroutines at once.
type VM struct {
	// Version is the kernel that was asked for.
	Version Version
	// Release is the release that uname prints: "6.1.0-56-cloud-amd64".
	Release string
	// Accelerated says that the machine runs under KVM.
	Accelerated bool

	img     image
	dir     string
	cmd     *exec.Cmd
	done    chan error
	console *console
	conn    net.Conn
	enc     *gob.Encoder
	dec     *gob.Decoder
}

const qemu = "qemu-system-x86_64"

// commandLine is that of the kernel. The lsm= list makes SELinux the one that
// labels; audit=1 gives each system call an audit context from the start;
// without rcu_expedited each change to enforcing waits long for a grace period;
// and no_timer_check keeps a slow machine from finding its timer broken.
const commandLine = "console=ttyS0 quiet panic=-1 lsm=selinux enforcing=0 audit=1 audit_backlog_limit=65536 " +
	"mitigations=off no_timer_check rcupdate.rcu_expedited=1"

// Boot starts a machine with a kernel. It lives until it is closed or ctx ends.
func Boot(ctx context.Context, v Version) (*VM, error) { return BootWith(ctx, v, nil) }

// BootWith starts a machine with a kernel and files, which it unpacks into
// memory.
func BootWith(ctx context.Context, v Version, files Files) (*VM, error) {
	if _, err := exec.LookPath(qemu); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	img, err := fetch(ctx, v)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "senet-kernel-")
	if err != nil {
		return nil, err
	}
	vm := &VM{Version: v, img: img, dir: dir, console: new(console), done: make(chan error, 1)}
	if err := initramfs(ctx, filepath.Join(dir, "initramfs"), img, files); err != nil {
		vm.Close()
		return nil, err
	}
	// A user may be let open /dev/kvm where the machine has none.
	var errs []error
	for _, accelerator := range []string{"kvm", "tcg", "tcg"} { // a busy machine may not boot at once
		if accelerator == "kvm" && !opens("/dev/kvm") {
			continue
		}
		if err = vm.start(ctx, img, accelerator); err == nil {
			vm.Accelerated = accelerator == "kvm"
			return vm, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", accelerator, err))
		vm.stop()
	}
	vm.Close()
	return nil, fmt.Errorf("booting Linux %s: %w", v, errors.Join(errs...))
}

// Restart starts the machine anew, after its kernel died.
func (vm *VM) Restart(ctx context.Context) error {
	accelerator := "tcg"
	if vm.Accelerated {
		accelerator = "kvm"
	}
	var err error
	for range 2 {
		vm.stop()
		if err = vm.start(ctx, vm.img, accelerator); err == nil {
			return nil
		}
	}
	return fmt.Errorf("booting Linux %s again: %w", vm.Version, err)
}

func opens(file string) bool {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err == nil {
		f.Close()
	}
	return err == nil
}

// bootTime is the time limit until a machine's first message, and bootTimeKVM that for a machine
// that is not emulated: it takes a second, or hangs if KVM does not work as it should.
const (
	bootTime    = 60 * time.Second
	bootTimeKVM = 5 * time.Second
)

func (vm *VM) start(ctx context.Context, img image, accelerator string) error {
	socket := filepath.Join(vm.dir, "port")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	defer listener.Close()
	cpu, limit := "max", bootTime
	if accelerator == "kvm" {
		limit = bootTimeKVM
		cpu = "host,-arch-capabilities"
	}
	vm.console.reset()
	vm.cmd = exec.CommandContext(ctx, qemu, "-accel", accelerator, "-cpu", cpu, "-m", "1024", "-smp", "1",
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio", "-nic", "none",
		"-kernel", img.vmlinux, "-initrd", filepath.Join(vm.dir, "initramfs"), "-append", commandLine,
		"-device", "virtio-serial-pci", "-chardev", "socket,id=port,path="+socket, "-device",
		"virtserialport,chardev=port,name=senet")
	vm.cmd.Stdout, vm.cmd.Stderr = vm.console, vm.console
	vm.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // should these tests be killed
	if err := vm.cmd.Start(); err != nil {
		return err
	}
	vm.done = make(chan error, 1)
	go func(cmd *exec.Cmd, done chan<- error) { done <- cmd.Wait() }(vm.cmd, vm.done)
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			accepted <- conn
		}
	}()
	select {
	case vm.conn = <-accepted:
	case err := <-vm.done:
		vm.cmd = nil
		return fmt.Errorf("qemu: %w: %s", err, vm.lastWords())
	case <-time.After(limit):
		return errors.New("qemu did not open its port")
	}
	vm.enc, vm.dec = gob.NewEncoder(vm.conn), gob.NewDecoder(vm.conn)
	reply, err := vm.receive(limit)
	vm.Release = reply.Release
	return err
}

// processorTime returns how long the machine has kept a processor busy since it
// was started, 0 where that is not to be known.
func (vm *VM) processorTime() time.Duration {
	if vm.cmd == nil {
		return 0
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", vm.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	// pid (comm) state ppid ... utime stime, these two the 14th and 15th, in
	// hundredths of a second.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	utime, _ := strconv.Atoi(fields[11])
	stime, _ := strconv.Atoi(fields[12])
	return time.Duration(utime+stime) * (time.Second / 100)
}

// call sends a request and waits for its reply.
func (vm *VM) call(r wire.Request, limit time.Duration) (wire.Reply, error) {
	if err := vm.enc.Encode(r); err != nil {
		return wire.Reply{}, fmt.Errorf("asking the kernel: %w: %s", err, vm.lastWords())
	}
	return vm.receive(limit)
}

func (vm *VM) receive(limit time.Duration) (wire.Reply, error) {
	var reply wire.Reply
	if err := vm.conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return reply, err
	}
	if err := vm.dec.Decode(&reply); err != nil {
		return reply, fmt.Errorf("no answer from the kernel: %w: %s", err, vm.lastWords())
	}
	if reply.Err != "" {
		return reply, errors.New(reply.Err)
	}
	return reply, nil
}

// lastWords ends the machine and returns the end of its console's output.
func (vm *VM) lastWords() string {
	vm.stop()
	text := strings.TrimSpace(vm.console.from(0))
	return text[max(0, len(text)-2000):]
}

func (vm *VM) stop() {
	if vm.conn != nil {
		vm.conn.Close()
		vm.conn = nil
	}
	if vm.cmd != nil {
		_ = vm.cmd.Process.Kill()
		<-vm.done
		vm.cmd = nil
	}
}

// Close ends the machine.
func (vm *VM) Close() error {
	vm.stop()
	return os.RemoveAll(vm.dir)
}
