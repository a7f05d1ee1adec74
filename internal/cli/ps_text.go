package cli

import (
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// write prints a line for each process and one below it for each port that it
// waits on; sockets that wait for nobody are counted.
func (l *psList) write(w io.Writer) error {
	var b words.Page
	domains, units := len("DOMAIN"), len("UNIT")
	for i := range l.entries {
		e := &l.entries[i]
		domains, units = max(domains, len(e.shownDomain())), max(units, len(e.shownUnit()))
	}
	domains, units = min(domains, 32), min(units, 32)
	b.Printf("%7s %-*s %-*s %s\n", "PID", domains, "DOMAIN", units, "UNIT", "COMMAND")
	for i := range l.entries {
		e := &l.entries[i]
		b.Printf("%7d %-*s %-*s %s\n", e.PID, domains, e.shownDomain(), units, e.shownUnit(), e.Comm)
		others := 0
		for j := range e.sockets {
			s := &e.sockets[j]
			if s.operation == "" {
				others++
				continue
			}
			b.Printf("%s\n", strings.TrimRight("        "+s.text(), " "))
		}
		if others > 0 {
			b.Printf("        and %d more %s\n", others, say.Either(others == 1, "socket", "sockets"))
		}
	}
	if len(l.unseen) > 0 {
		b.Printf("%7s %-*s %-*s %s\n", "?", domains, "-", units, "-", "held by processes that cannot be seen")
		for _, s := range l.unseen {
			entry := psSocket{Socket: s, operation: waitingAs(s)}
			b.Printf("        %s\n", entry.text())
		}
	}
	for _, n := range l.notes {
		b.Printf("note  %s\n", words.Wrap(n, 6))
	}
	_, err := b.WriteTo(w)
	return err
}

// text is the line of a port: where it waits, the verdict, the port's label.
func (s *psSocket) text() string {
	mark := ""
	switch s.verdict {
	case network.Allowed:
		mark = "YES"
	case network.Denied:
		mark = "NO"
	case network.Depends:
		mark = "DEPENDS"
	}
	action := "listen on"
	if s.operation == network.Bind {
		action = "bind"
	}
	line := words.Sprintf("%-7s %-9s %s", mark, action, endpoint(s.Protocol, s.Local))
	if s.label != "" {
		line += "  " + s.label
	}
	if s.reason != "" {
		line += "  (" + s.reason + ")"
	}
	return line
}

// endpoint writes a protocol, address and port as targets are written.
func endpoint(protocol string, a netip.AddrPort) string {
	if a.Addr().IsUnspecified() && a.Addr().Is4() {
		return words.Sprintf("%s/%d", protocol, a.Port())
	}
	return protocol + "/" + a.String()
}

func (e *psEntry) shownDomain() string {
	switch {
	case e.domain == "":
		return "-"
	case e.permissive:
		return e.domain + " (permissive)"
	}
	return e.domain
}

func (e *psEntry) shownUnit() string {
	if e.Unit == "" {
		return "-"
	}
	return e.Unit
}

// writeLabels prints the columns of ps -eZ.
func (l *psList) writeLabels(w io.Writer) error {
	var b words.Page
	width := len("LABEL")
	for i := range l.entries {
		width = max(width, len(l.entries[i].Context))
	}
	width = max(width, 31)
	b.Printf("%-*s %7s %-8s %8s %s\n", width, "LABEL", "PID", "TTY", "TIME", "CMD")
	for i := range l.entries {
		e := &l.entries[i]
		label := e.Context
		if label == "" {
			label = "-"
		}
		b.Printf("%-*s %7d %-8s %8s %s\n", width, label, e.PID, e.TTY, cpuTime(e.CPU), e.Comm)
	}
	_, err := b.WriteTo(w)
	return err
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

// typeOf returns the type of a context, "" if it has none.
func typeOf(context string) string {
	parts := strings.SplitN(context, ":", 4)
	if len(parts) < 3 {
		return ""
	}
	return parts[2]
}

func (l *psList) json() doc.Processes {
	out := doc.Processes{
		Head: doc.Head{Schema: "senet.ps/1", Policy: l.policyName, Host: l.host.Summary(),
			Assumptions: hostAssumptions(l.host)},
		Processes: []doc.Process{}, Unseen: []doc.Socket{}, Notes: append([]string{}, l.notes...),
	}
	for _, e := range l.entries {
		p := doc.Process{Process: e.Process, Domain: e.domain, Permissive: e.permissive, Sockets: []doc.Socket{}}
		for _, s := range e.sockets {
			p.Sockets = append(p.Sockets, doc.Socket{Socket: s.Socket, Action: s.operation, Verdict: s.verdict,
				PortLabel: s.label, Reason: s.reason})
		}
		out.Processes = append(out.Processes, p)
	}
	for _, s := range l.unseen {
		out.Unseen = append(out.Unseen, doc.Socket{Socket: s, Action: waitingAs(s)})
	}
	return out
}
