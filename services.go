package senet

import (
	"github.com/senet-selinux/senet/internal/services"
	"github.com/senet-selinux/senet/internal/sysroot"
)

// servicePort returns the port of a service for a protocol, from the system's table of
// services.
func servicePort(name, protocol string) (uint16, bool) {
	text, err := sysroot.Root{}.ReadFile(services.File, sysroot.MaxRecords)
	if err != nil {
		return 0, false
	}
	if protocol == "mptcp" {
		protocol = "tcp" // they use TCP's ports
	}
	for s := range services.Each(string(text)) {
		if s.Name == name && s.Protocol == protocol {
			return s.Port, true
		}
	}
	return 0, false
}
