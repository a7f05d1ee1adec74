package meaning

import "strings"

// families are the protocol families that programs open sockets of: include/linux/socket.h.
func families() map[string]string {
	return map[string]string{
		"1": "UNIX sockets", "2": "IPv4", "3": "AX.25", "4": "IPX", "5": "AppleTalk", "10": "IPv6", "15": "IPsec keys",
		"16": "netlink", "17": "packet sockets", "21": "RDS", "24": "PPPoE", "26": "LLC", "29": "CAN", "30": "TIPC",
		"31": "Bluetooth", "38": "the kernel's cryptography (AF_ALG)", "40": "vsock", "43": "SMC", "44": "XDP",
	}
}

// moduleRequest says what module a program made the kernel ask for.
func (a *Access) moduleRequest() []string {
	kind, rest, _ := strings.Cut(a.Module, "-")
	what := ""
	switch {
	case a.Module == "":
		return []string{"a program used what the kernel has in a module"}
	case strings.HasPrefix(a.Module, "net-pf-"):
		number, _, _ := strings.Cut(strings.TrimPrefix(a.Module, "net-pf-"), "-")
		name := families()[number]
		if name == "" {
			name = "the protocol family " + number
		}
		what = "a program opened a socket of " + name + ", which the kernel does not have loaded"
		if number == "10" {
			return []string{what + ": IPv6 is off on this machine, and programs try it first; nothing fails by the " +
				"refusal, so hide it with a dontaudit rule, or leave it"}
		}
	case kind == "netdev":
		return []string{"a program asked for the network interface " + rest + ", which the machine does not have: " +
			"the kernel looks for a module of that name; mostly harmless, and a module would not be found either"}
	case kind == "fs":
		what = "a file system of type " + rest + " was to be mounted"
	case kind == "char" || kind == "block":
		what = "a device file was opened whose driver is not loaded"
	case kind == "crypto":
		what = "a cipher or hash was asked for: " + rest
	case kind == "nfnetlink" || strings.HasPrefix(a.Module, "ip_") || strings.HasPrefix(a.Module, "nf") ||
		strings.HasPrefix(a.Module, "ipt") || strings.HasPrefix(a.Module, "xt_"):
		what = "a part of the packet filter was asked for"
	case kind == "tcp":
		what = "a part of TCP was asked for: " + rest
	default:
		what = "a program used what the kernel has in the module " + a.Module
	}
	return []string{what + "; who may make the kernel load modules reaches code that is loaded for few"}
}
