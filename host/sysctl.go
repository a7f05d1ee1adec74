package host

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// A Sysctl is a kernel parameter of the network namespace.
type Sysctl struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"`
}

const (
	sysctlLocalPorts   = "net.ipv4.ip_local_port_range"
	sysctlUnprivileged = "net.ipv4.ip_unprivileged_port_start"
)

// sysctlNames returns the parameters that decide which checks are made, and some that
// help to understand an answer.
func sysctlNames() []string {
	return []string{
		sysctlLocalPorts,
		sysctlUnprivileged,
		"net.ipv4.ip_local_reserved_ports",
		"net.ipv4.ip_nonlocal_bind",
		"net.ipv4.ping_group_range",
		"net.ipv4.tcp_fastopen",
		"net.ipv6.bindv6only",
		"net.ipv6.conf.all.disable_ipv6",
		"net.mptcp.enabled",
	}
}

// parsePortRange reads a value of net.ipv4.ip_local_port_range, two ports.
func parsePortRange(s string) (PortRange, error) {
	fields := strings.Fields(s)
	if len(fields) != 2 {
		return PortRange{}, fmt.Errorf("%.40q is not two ports", s)
	}
	low, err := strconv.ParseUint(fields[0], 10, 16)
	if err != nil {
		return PortRange{}, fmt.Errorf("%.40q is not two ports", s)
	}
	high, err := strconv.ParseUint(fields[1], 10, 16)
	if err != nil || low > high {
		return PortRange{}, fmt.Errorf("%.40q is not a range of ports", s)
	}
	return PortRange{uint16(low), uint16(high)}, nil
}

// setSysctl sets the fact for a parameter that verdicts depend on.
func (f *facts) setSysctl(s Sysctl, how How) {
	switch s.Name {
	case sysctlLocalPorts:
		r, err := parsePortRange(s.Value)
		if err != nil {
			f.missing(FactLocalPorts, s.From, err)
			return
		}
		f.LocalPorts = r
		f.from(FactLocalPorts, how, s.From, "")
	case sysctlUnprivileged:
		n, err := strconv.ParseUint(strings.TrimSpace(s.Value), 10, 16)
		if err != nil {
			f.missing(FactUnprivilegedPortStart, s.From, fmt.Errorf("%.40q is not a port", s.Value))
			return
		}
		f.UnprivilegedPortStart = uint16(n)
		f.from(FactUnprivilegedPortStart, how, s.From, "")
	}
	f.Sysctls = append(f.Sysctls, s)
}

// readSysctls reads the parameters of the network namespace that the calling thread is
// in: /proc/sys/net shows the values of that namespace.
func (r *reader) readSysctls(f *facts) {
	if !r.live {
		r.configuredSysctls(f)
		return
	}
	for _, name := range sysctlNames() {
		file := "/proc/sys/" + strings.ReplaceAll(name, ".", "/")
		b, err := r.root.ReadFile(file, maxSmall)
		switch {
		case err == nil:
			f.setSysctl(Sysctl{name, strings.Join(strings.Fields(string(b)), " "), file}, HowRead)
		case name == sysctlLocalPorts:
			f.missing(FactLocalPorts, file, err)
		case name == sysctlUnprivileged && errors.Is(err, fs.ErrNotExist) && r.root.Exists("/proc/sys/net/ipv4"):
			// Linux before 4.11 has a fixed bound instead of this parameter.
			f.from(FactUnprivilegedPortStart, HowDefault, file, "the kernel has no such parameter: 1024")
		case name == sysctlUnprivileged:
			f.missing(FactUnprivilegedPortStart, file, err)
		}
	}
}

func (r *reader) configuredSysctls(f *facts) {
	settings, err := r.root.sysctlSettings()
	if err != nil {
		f.missing(FactSysctls, "/etc/sysctl.d", err)
	}
	for _, name := range sysctlNames() {
		if s, ok := settings.lookup(name); ok {
			f.setSysctl(s, HowConfigured)
			continue
		}
		switch name {
		case sysctlLocalPorts:
			f.from(FactLocalPorts, HowDefault, "the kernel's default", "no file under sysctl.d sets it")
		case sysctlUnprivileged:
			f.from(FactUnprivilegedPortStart, HowDefault, "the kernel's default", "no file under sysctl.d sets it")
		}
	}
}
