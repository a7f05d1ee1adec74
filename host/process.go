package host

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Process is a process of the running system.
type Process struct {
	PID  int    `json:"pid"`
	PPID int    `json:"ppid"`
	Comm string `json:"comm"`
	// Exe is the program's file, "" for kernel threads and if it is not visible.
	Exe string `json:"exe,omitempty"`
	// Context is the security context. It is "" if SELinux is off or the context is not visible.
	Context string `json:"context,omitempty"`
	// Unit is the systemd unit from the control group: haproxy.service.
	Unit string `json:"unit,omitempty"`
	// NetNS is the inode of the network namespace, 0 if it is not visible.
	NetNS uint64 `json:"netns,omitempty"`
	// UserNS is the inode of the user namespace, 0 if it is not visible.
	UserNS uint64 `json:"userns,omitempty"`
	UID    int    `json:"uid"`
	// Kernel is true for a thread of the kernel.
	Kernel bool   `json:"kernel,omitempty"`
	TTY    string `json:"tty"` // as ps prints it: pts/0, tty1, ?
	// CPU is the processor time used.
	CPU time.Duration `json:"cpu_ns"`
}

// initialUserNS is the inode of the first user namespace (PROC_USER_INIT_INO).
const initialUserNS = 0xEFFFFFFD

// InUserNamespace reports whether the process is known to be in another user namespace than the
// initial one, as in rootless containers.
func (p *Process) InUserNamespace() bool { return p.UserNS != 0 && p.UserNS != initialUserNS }

// maxProcesses is pid_max of 64-bit machines.
const maxProcesses = 1 << 22

// pids returns the ids of all processes, ascending.
func (r Root) pids() ([]int, error) {
	names, err := r.ReadDir("/proc", maxProcesses)
	if err != nil {
		return nil, err
	}
	var list []int
	for _, name := range names {
		if n, err := strconv.Atoi(name); err == nil && n > 0 {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return list, nil
}

// Processes lists the processes of the system, by id. It skips processes that end meanwhile, and leaves invisible
// fields empty.
func (r Root) Processes() ([]Process, error) {
	pids, err := r.pids()
	if err != nil {
		return nil, err
	}
	list := make([]Process, 0, len(pids))
	for _, pid := range pids {
		if p, err := r.Process(pid); err == nil {
			list = append(list, p)
		}
	}
	return list, nil
}

// Process returns one process; the error is fs.ErrNotExist if there is none.
func (r Root) Process(pid int) (Process, error) {
	dir := "/proc/" + strconv.Itoa(pid)
	stat, err := r.ReadFile(dir+"/stat", maxSmall)
	if err != nil {
		return Process{}, err
	}
	p, err := parseStat(stat)
	if err != nil {
		return Process{}, fmt.Errorf("%s/stat: %w", dir, err)
	}
	if status, err := r.ReadFile(dir+"/status", maxSmall); err == nil {
		p.UID = parseUID(status)
	}
	if label, err := r.ReadFile(dir+"/attr/current", maxSmall); err == nil {
		// Other security modules have their own labels here.
		if s := trimLabel(label); strings.Count(s, ":") >= 2 {
			p.Context = s
		}
	}
	if cgroup, err := r.ReadFile(dir+"/cgroup", maxSmall); err == nil {
		p.Unit = parseUnit(cgroup)
	}
	p.Exe, _ = r.ReadLink(dir + "/exe")
	p.Exe = strings.TrimSuffix(p.Exe, " (deleted)")
	link, _ := r.ReadLink(dir + "/ns/net")
	p.NetNS, _ = parseNetNS(link)
	link, _ = r.ReadLink(dir + "/ns/user")
	p.UserNS, _ = parseNamespace(link, "user")
	return p, nil
}

// parseStat reads /proc/PID/stat. The name is in parentheses and may have any character, including
// parentheses.
func parseStat(b []byte) (Process, error) {
	open, end := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if open < 1 || end < open {
		return Process{}, fmt.Errorf("no name in parentheses")
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b[:open])))
	fields := strings.Fields(string(b[end+1:]))
	if err != nil || len(fields) < 13 {
		return Process{}, fmt.Errorf("too few fields")
	}
	number := func(i int) int64 { // by its field number in proc(5), from 3
		n, _ := strconv.ParseInt(fields[i-3], 10, 64)
		return n
	}
	const (
		kernelThread = 0x00200000            // PF_KTHREAD
		tick         = 10 * time.Millisecond // USER_HZ is 100 on every machine
	)
	return Process{
		PID: pid, PPID: int(number(4)), Comm: string(b[open+1 : end]), UID: -1,
		Kernel: number(9)&kernelThread != 0, TTY: ttyName(number(7)),
		CPU: time.Duration(max(0, number(14)+number(15))) * tick,
	}, nil
}

// ttyName names a terminal by its device number as ps does.
func ttyName(dev int64) string {
	major, minor := dev>>8&0xfff, dev&0xff|dev>>12&0xfff00
	switch {
	case major == 4 && minor < 64:
		return fmt.Sprintf("tty%d", minor)
	case major == 4:
		return fmt.Sprintf("ttyS%d", minor-64)
	case major == 5 && minor == 1:
		return "console"
	case major >= 136 && major <= 143:
		return fmt.Sprintf("pts/%d", (major-136)<<8+minor)
	case major == 204 && minor >= 64 && minor < 128:
		return fmt.Sprintf("ttyAMA%d", minor-64)
	case major == 229:
		return fmt.Sprintf("hvc%d", minor)
	}
	return "?"
}

// parseUID reads the effective user of /proc/PID/status, -1 if it has none.
func parseUID(b []byte) int {
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "Uid:"); ok {
			if fields := strings.Fields(rest); len(fields) > 1 {
				if n, err := strconv.Atoi(fields[1]); err == nil {
					return n
				}
			}
		}
	}
	return -1
}

// parseUnit returns the innermost systemd unit in a control group path, "" if there is none. b is /proc/PID/cgroup,
// of either version.
func parseUnit(b []byte) string {
	unit := ""
	for line := range strings.Lines(string(b)) {
		// hierarchy:controllers:path; the path may contain colons.
		_, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		controllers, group, ok2 := strings.Cut(rest, ":")
		if !ok || !ok2 || controllers != "" && controllers != "name=systemd" {
			continue
		}
		for part := range strings.SplitSeq(group, "/") {
			switch path.Ext(part) {
			case ".service", ".scope", ".socket", ".mount", ".swap":
				// A name that would collide with a file of the kernel begins with _.
				unit = strings.TrimPrefix(part, "_")
			}
		}
		if unit != "" {
			return unit
		}
	}
	return unit
}
