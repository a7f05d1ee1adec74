package check

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/policy"
)

// A Running holds the sockets of the running system.
type Running struct {
	Sockets   []host.Socket
	Processes map[int]host.Process // by id
	Unix      []host.UnixSocket    // those that wait
	// Notes name what could not be read.
	Notes []string
}

// A Gone is a socket that a service listens with and that its configuration does not name any more.
type Gone struct {
	host.Socket
	Process host.Process
}

// Running reads the sockets of the system and the processes that have them.
func (c *Checker) Running() (*Running, error) {
	processes, err := c.root.Processes()
	if err == nil && len(processes) == 0 {
		err = fmt.Errorf("%s has no processes", c.root.Path("/proc"))
	}
	if err != nil {
		return nil, err
	}
	r := &Running{Processes: map[int]host.Process{}, Unix: c.root.UnixListeners()}
	r.Sockets, r.Notes = c.root.Sockets(processes)
	for _, p := range processes {
		r.Processes[p.PID] = p
	}
	return r, nil
}

// Changed takes from the services the endpoints and UNIX sockets for which the running system has a socket of the same
// domain already, and adds the sockets that wait although the configuration does not name them.
func (c *Checker) Changed(services []*Service, running *Running) {
	for _, s := range services {
		s.Gone = c.gone(s, running)
	}
	for _, s := range services {
		all := len(s.Items)
		s.Items = slices.DeleteFunc(s.Items, func(item Item) bool { return c.has(running, &item) })
		s.Same = all - len(s.Items)
		s.Objects = slices.DeleteFunc(s.Objects, func(o Object) bool { return c.listens(running, &o) })
	}
}

// listens reports whether the running system has the UNIX socket of an object, of its domain where
// that is visible.
func (c *Checker) listens(running *Running, o *Object) bool {
	if o.Op != daemonconf.Listen && o.Op != daemonconf.Bind {
		return false
	}
	domain := c.Policy().TypeName(policy.TypeID(o.Who.Context.Type))
	return slices.ContainsFunc(running.Unix, func(u host.UnixSocket) bool {
		return u.Path == o.Path && (u.Context == "" || typeOf(u.Context) == domain)
	})
}

// has reports whether the running system has a socket for each port of an endpoint.
func (c *Checker) has(running *Running, item *Item) bool {
	if item.Open != "" {
		return false
	}
	for port := int(item.Low); port <= int(item.High); port++ {
		ok := slices.ContainsFunc(running.Sockets, func(s host.Socket) bool {
			return serves(&s, &item.Endpoint, uint16(port)) && c.of(running, &s, item)
		})
		if !ok {
			return false
		}
	}
	return true
}

// serves reports whether a socket is what an endpoint becomes, for a port.
func serves(s *host.Socket, e *daemonconf.Endpoint, port uint16) bool {
	protocol := e.Protocol
	if protocol == "mptcp" {
		protocol = "tcp" // the kernel's table of TCP has its first flow
	}
	if s.Protocol != protocol {
		return false
	}
	switch e.Op {
	case daemonconf.Listen, daemonconf.Bind:
		return s.Waiting() && s.Local.Port() == port && matches(e.Host, s.Local.Addr())
	case daemonconf.Connect:
		return s.State == "ESTABLISHED" && s.Remote.Port() == port && matches(e.Host, s.Remote.Addr())
	}
	return false
}

// matches reports whether a socket's address may be the one of a configuration. A name may be any
// address.
func matches(name string, addr netip.Addr) bool {
	switch name {
	case "", "*":
		return addr.IsUnspecified()
	case "localhost":
		return addr.IsLoopback()
	}
	want, err := netip.ParseAddr(name)
	return err != nil || want.WithZone("").Unmap() == addr.Unmap()
}

// of reports whether a socket belongs to the domain of an endpoint. Where no domain is visible, the
// address decides.
func (c *Checker) of(running *Running, s *host.Socket, item *Item) bool {
	want := c.Policy().TypeName(policy.TypeID(item.Who.Context.Type))
	if item.Who.Context.Type == 0 {
		return true // the domain of the endpoint is not known
	}
	if item.By == daemonconf.Manager && s.Context != "" {
		return typeOf(s.Context) == want
	}
	visible := false
	for _, pid := range s.PIDs {
		if context := running.Processes[pid].Context; context != "" {
			if typeOf(context) == want {
				return true
			}
			visible = true
		}
	}
	return !visible
}

// typeOf returns the type of a context in text form.
func typeOf(context string) string {
	if parts := strings.SplitN(context, ":", 4); len(parts) > 2 {
		return parts[2]
	}
	return ""
}

// gone returns the sockets that wait in processes of a service and that it does not configure. Ports that
// the kernel chooses are left out.
func (c *Checker) gone(s *Service, running *Running) (list []Gone) {
	for i := range running.Sockets {
		socket := &running.Sockets[i]
		port := socket.Local.Port()
		if !socket.Waiting() || c.ephemeral(socket) {
			continue
		}
		configured := slices.ContainsFunc(s.Items, func(item Item) bool {
			if item.Open != "" {
				return serves(socket, &item.Endpoint, port) // it may be this one
			}
			return item.Low <= port && port <= item.High && serves(socket, &item.Endpoint, port)
		})
		if configured {
			continue
		}
		for _, pid := range socket.PIDs {
			if p := running.Processes[pid]; s.has(&p) {
				list = append(list, Gone{*socket, p})
				break
			}
		}
	}
	return list
}

// ephemeral reports whether the kernel may have chosen the port of a socket for datagrams: programs that
// send have such sockets.
func (c *Checker) ephemeral(s *host.Socket) bool {
	ports := c.machine.Host.LocalPorts
	return strings.HasPrefix(s.Protocol, "udp") && ports.Low <= s.Local.Port() && s.Local.Port() <= ports.High
}

// has reports whether a process is one of the service: of its unit, or of its program where a file
// was checked.
func (s *Service) has(p *host.Process) bool {
	if path.Ext(s.Name) == ".service" && !strings.Contains(s.Name, "/") {
		return p.Unit == s.Name
	}
	program := daemonconf.Find(s.Program)
	return program != nil && slices.Contains(program.Binaries, path.Base(p.Exe))
}
