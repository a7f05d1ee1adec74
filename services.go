package senet

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// servicesFile maps the names of services to ports.
const servicesFile = "/etc/services"

// servicePort returns the port of a service for a protocol, as the system's
// table of services has it.
func servicePort(name, protocol string) (uint16, bool) {
	f, err := sysroot.Root{}.Open(servicesFile, sysroot.MaxRecords)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	if protocol == "mptcp" {
		protocol = "tcp" // whose ports these are
	}
	return findService(f, name, protocol)
}

func findService(r io.Reader, name, protocol string) (uint16, bool) {
	for s := bufio.NewScanner(r); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		port, proto, _ := strings.Cut(fields[1], "/")
		if proto != protocol {
			continue
		}
		for i, f := range fields {
			if i != 1 && f == name {
				n, err := strconv.ParseUint(port, 10, 16)
				return uint16(n), err == nil
			}
		}
	}
	return 0, false
}
