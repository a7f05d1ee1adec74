package say

import (
	"net/netip"
	"strings"
	"time"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// Processes adds a line for each process, and below it one for each listening port; connected
// sockets are only counted.
func Processes(b *words.Page, l *senet.ProcessList) {
	domains, units := len("DOMAIN"), len("UNIT")
	for i := range l.Processes {
		p := &l.Processes[i]
		domains, units = max(domains, len(domain(p))), max(units, len(unit(p)))
	}
	domains, units = min(domains, 32), min(units, 32)
	b.Printf("%7s %-*s %-*s %s\n", "PID", domains, "DOMAIN", units, "UNIT", "COMMAND")
	for i := range l.Processes {
		p := &l.Processes[i]
		b.Printf("%7d %-*s %-*s %s\n", p.PID, domains, domain(p), units, unit(p), p.Comm)
		others := 0
		for j := range p.Sockets {
			if p.Sockets[j].Operation == "" {
				others++
				continue
			}
			b.Printf("%s\n", strings.TrimRight("        "+socket(&p.Sockets[j]), " "))
		}
		if others > 0 {
			b.Printf("        and %d more %s\n", others, Either(others == 1, "socket", "sockets"))
		}
	}
	if len(l.Unseen) > 0 {
		b.Printf("%7s %-*s %-*s %s\n", "?", domains, "-", units, "-", "open in processes that are not visible")
		for i := range l.Unseen {
			b.Printf("        %s\n", socket(&l.Unseen[i]))
		}
	}
}

func domain(p *senet.Process) string {
	switch {
	case p.Domain == "":
		return "-"
	case p.Permissive:
		return p.Domain + " (permissive)"
	}
	return p.Domain
}

func unit(p *senet.Process) string {
	if p.Unit == "" {
		return "-"
	}
	return p.Unit
}

// socket describes a port: its address, the verdict, the port's label.
func socket(s *senet.Socket) string {
	mark := ""
	if s.Answer != nil {
		switch s.Answer.Verdict {
		case network.Allowed:
			mark = "YES"
		case network.Denied:
			mark = "NO"
		case network.Depends:
			mark = "DEPENDS"
		}
	}
	action := "listen on"
	if s.Operation == network.Bind {
		action = "bind"
	}
	line := words.Sprintf("%-7s %-9s %s", mark, action, endpoint(s.Protocol, s.Local))
	if s.Label != "" {
		line += "  " + s.Label
	}
	if why := SocketReason(s); why != "" {
		line += "  (" + why + ")"
	}
	return line
}

// SocketReason explains the verdict on a socket, "" if there is nothing to explain.
func SocketReason(s *senet.Socket) string {
	switch {
	case s.Err != nil:
		return s.Err.Error()
	case s.Answer == nil:
		return ""
	case s.Answer.FirstDenied() != nil:
		denied := s.Answer.FirstDenied()
		return denied.Class + " " + denied.Perm
	case s.Answer.Permissive:
		return "the policy denies it, but permissive mode allows it"
	case s.OtherNetNS:
		return "asked with the parameters of another network namespace"
	}
	return ""
}

// endpoint writes a protocol, address and port in the form of targets.
func endpoint(protocol string, a netip.AddrPort) string {
	if a.Addr().IsUnspecified() && a.Addr().Is4() {
		return words.Sprintf("%s/%d", protocol, a.Port())
	}
	return protocol + "/" + a.String()
}

// ProcessLabels adds the columns of ps -eZ.
func ProcessLabels(b *words.Page, list []senet.Process) {
	width := len("LABEL")
	for i := range list {
		width = max(width, len(list[i].Context))
	}
	width = max(width, 31)
	b.Printf("%-*s %7s %-8s %8s %s\n", width, "LABEL", "PID", "TTY", "TIME", "CMD")
	for i := range list {
		p := &list[i]
		label := p.Context
		if label == "" {
			label = "-"
		}
		b.Printf("%-*s %7d %-8s %8s %s\n", width, label, p.PID, p.TTY, cpuTime(p.CPU), p.Comm)
	}
}

// cpuTime writes a processor time as ps does: [DD-]HH:MM:SS.
func cpuTime(d time.Duration) string {
	s := int64(d / time.Second)
	text := words.Sprintf("%02d:%02d:%02d", s/3600%24, s/60%60, s%60)
	if days := s / 86400; days > 0 {
		text = words.Sprintf("%d-%s", days, text)
	}
	return text
}

// ProcessNotes describes what a list of processes lacks; noPolicy says that no policy can be read.
func ProcessNotes(l *senet.ProcessList, noPolicy bool) []string {
	notes := l.Notes
	switch {
	case noPolicy:
		notes = append(notes, "no policy can be read, so there are no verdicts; --policy FILE names one")
	case !l.Labelled && l.Host.SELinuxOff():
		notes = append(notes, "SELinux is off on this machine: processes have no context and nothing is denied")
	case !l.Labelled:
		notes = append(notes, "no process shows a context")
	}
	return notes
}
