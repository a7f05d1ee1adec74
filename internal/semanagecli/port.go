package semanagecli

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

type portCommand struct{}

func (portCommand) kind() semanage.Kind { return semanage.Ports }
func (portCommand) typed() string       { return "a port type" }

func (portCommand) target(a *arguments) (target, error) {
	port, proto := a.text("port"), a.text("proto")
	protocol, err := semanage.ParseProtocol(proto)
	if err != nil {
		return target{}, valueError("Protocol has to be one of udp, tcp, dccp or sctp")
	}
	low, high, err := numberRange(strings.SplitN(port, "-", 2), 10, "Invalid Port")
	if err != nil {
		return target{}, err
	}
	return target{
		key:     semanage.PortKey{Protocol: protocol, Low: low, High: high},
		subject: "Port " + proto + "/" + port, name: "port " + proto + "/" + port,
		audit: portResource(port, protocol),
	}, nil
}

// numberRange reads a number or a range. A reversed range is invalid, like a number above 65535; semanage takes it,
// and libsepol refuses or wraps it.
func numberRange(parts []string, base int, invalid string) (low, high uint16, err error) {
	l, err := pythonInt(parts[0], base)
	if err != nil {
		return 0, 0, err
	}
	h := l
	if len(parts) > 1 {
		if h, err = pythonInt(parts[1], base); err != nil {
			return 0, 0, err
		}
	}
	if l < 0 || h > 65535 || l > h {
		return 0, 0, valueError(invalid)
	}
	return uint16(l), uint16(h), nil
}

func (portCommand) record(k semanage.Key, c semanage.Context) semanage.Record {
	key := k.(semanage.PortKey)
	return semanage.Port{Protocol: key.Protocol, Low: key.Low, High: key.High, Context: c}
}

func (portCommand) resource(record semanage.Record) resource {
	p := record.(semanage.Port)
	_, number, _ := strings.Cut(p.Key().String(), "/")
	return portResource(number, p.Protocol)
}

func portResource(port string, protocol semanage.Protocol) resource {
	return resource{"port", fmt.Sprintf("lport=%s proto=%d", port, protocol)}
}

func (portCommand) list(r *run, records []semanage.Record, heading bool) {
	g := newGroups(len(records))
	for _, record := range records {
		p := record.(semanage.Port)
		number := fmt.Sprint(p.Low)
		if p.High != p.Low {
			number = fmt.Sprintf("%d-%d", p.Low, p.High)
		}
		g.add(p.Context.Type, p.Protocol.String(), number)
	}
	if heading {
		fmt.Fprintf(&r.out, "%-30s %-8s %s\n\n", "SELinux Port Type", "Proto", "Port Number")
	}
	g.print(r, "%-30s %-8s ")
}
