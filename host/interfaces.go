package host

import "net"

// An Interface is a network interface, whose name netifcon labels.
type Interface struct {
	Index     int      `json:"index"`
	Name      string   `json:"name"`
	Loopback  bool     `json:"loopback"`
	Up        bool     `json:"up"`
	Addresses []string `json:"addresses"` // as prefixes: 10.0.0.7/24
}

// systemInterfaces lists the interfaces of the calling thread's network
// namespace.
func systemInterfaces() ([]Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	list := make([]Interface, 0, len(all))
	for _, i := range all {
		entry := Interface{Index: i.Index, Name: i.Name, Loopback: i.Flags&net.FlagLoopback != 0,
			Up: i.Flags&net.FlagUp != 0, Addresses: []string{}}
		addrs, err := i.Addrs()
		if err != nil {
			continue // it no longer exists
		}
		for _, a := range addrs {
			entry.Addresses = append(entry.Addresses, a.String())
		}
		list = append(list, entry)
	}
	return list, nil
}

func (r *reader) readInterfaces(f *facts) {
	if !r.live {
		f.from(FactInterfaces, HowDefault, "a system that is not running",
			"packets are taken to pass an interface without a netifcon")
		return
	}
	list, err := r.interfaces()
	if err != nil {
		f.missing(FactInterfaces, "netlink ROUTE", err)
		return
	}
	f.Interfaces = list
	f.from(FactInterfaces, HowRead, "netlink ROUTE", "")
}
