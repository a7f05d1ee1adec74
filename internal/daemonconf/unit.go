package daemonconf

import "github.com/senet-selinux/senet/internal/systemd"

// OfSocketUnit returns the sockets that process 1 opens for a socket unit.
func OfSocketUnit(u *systemd.Unit) *Result {
	r := &Result{Program: "systemd"}
	for _, l := range u.Listeners() {
		at := Pos{l.File, l.Line}
		switch {
		case l.Bad != "":
			r.Problems = append(r.Problems, Problem{l.Path + ": " + l.Bad, at})
		case l.Protocol == "unix":
			r.Sockets = append(r.Sockets, Socket{Op: Listen, Path: l.Path, Directive: "Listen", Pos: at})
		case l.Addr.IsValid():
			e := Endpoint{Op: Listen, Protocol: l.Protocol, Host: l.Addr.String(), Low: l.Port, High: l.Port,
				Directive: "ListenStream", By: Manager, Pos: at}
			if l.Addr.IsUnspecified() {
				e.Host = ""
			}
			if l.Protocol == "udp" || l.Protocol == "udplite" {
				e.Op, e.Directive = Bind, "ListenDatagram"
			}
			r.Endpoints = append(r.Endpoints, e)
		}
	}
	return r
}
