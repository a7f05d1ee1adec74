package cli

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
)

// write prints a line for each process and one below it for each port that it
// waits on; sockets that wait for nobody are counted.
func (l *psList) write(w io.Writer) error {
	b := bufio.NewWriter(w)
	domains, units := len("DOMAIN"), len("UNIT")
	for i := range l.entries {
		e := &l.entries[i]
		domains, units = max(domains, len(e.shownDomain())), max(units, len(e.shownUnit()))
	}
	domains, units = min(domains, 32), min(units, 32)
	fmt.Fprintf(b, "%7s %-*s %-*s %s\n", "PID", domains, "DOMAIN", units, "UNIT", "COMMAND")
	for i := range l.entries {
		e := &l.entries[i]
		fmt.Fprintf(b, "%7d %-*s %-*s %s\n", e.PID, domains, e.shownDomain(), units, e.shownUnit(), printable(e.Comm))
		others := 0
		for j := range e.sockets {
			s := &e.sockets[j]
			if s.operation == "" {
				others++
				continue
			}
			b.WriteString(strings.TrimRight("        "+s.text(), " ") + "\n")
		}
		if others > 0 {
			fmt.Fprintf(b, "        and %d more %s\n", others, either(others == 1, "socket", "sockets"))
		}
	}
	if len(l.unseen) > 0 {
		fmt.Fprintf(b, "%7s %-*s %-*s %s\n", "?", domains, "-", units, "-", "held by processes that cannot be seen")
		for _, s := range l.unseen {
			entry := psSocket{Socket: s, operation: waitingAs(s)}
			b.WriteString("        " + entry.text() + "\n")
		}
	}
	for _, n := range l.notes {
		fmt.Fprintf(b, "note  %s\n", wrap(n, 6))
	}
	return b.Flush()
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
	line := fmt.Sprintf("%-7s %-9s %s", mark, action, endpoint(s.Protocol, s.Local))
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
		return fmt.Sprintf("%s/%d", protocol, a.Port())
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
	b := bufio.NewWriter(w)
	width := len("LABEL")
	for i := range l.entries {
		width = max(width, len(l.entries[i].Context))
	}
	width = max(width, 31)
	fmt.Fprintf(b, "%-*s %7s %-8s %8s %s\n", width, "LABEL", "PID", "TTY", "TIME", "CMD")
	for i := range l.entries {
		e := &l.entries[i]
		label := e.Context
		if label == "" {
			label = "-"
		}
		fmt.Fprintf(b, "%-*s %7d %-8s %8s %s\n", width, label, e.PID, e.TTY, cpuTime(e.CPU), printable(e.Comm))
	}
	return b.Flush()
}

// cpuTime writes a processor time as ps does: [DD-]HH:MM:SS.
func cpuTime(d time.Duration) string {
	s := int64(d / time.Second)
	text := fmt.Sprintf("%02d:%02d:%02d", s/3600%24, s/60%60, s%60)
	if days := s / 86400; days > 0 {
		text = fmt.Sprintf("%d-%s", days, text)
	}
	return text
}

// printable replaces what a process may put into its name to harm a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\uFFFD' {
			return '?'
		}
		return r
	}, s)
}

// typeOf returns the type of a context, "" if it has none.
func typeOf(context string) string {
	parts := strings.SplitN(context, ":", 4)
	if len(parts) < 3 {
		return ""
	}
	return parts[2]
}

// psJSON is what senet ps --json prints: schema senet.ps/1.
type psJSON struct {
	Schema      string               `json:"schema"`
	Policy      string               `json:"policy"` // "" where no policy was asked
	Host        host.Facts           `json:"host"`
	Assumptions []network.Assumption `json:"assumptions"`
	Processes   []psProcessJSON      `json:"processes"`
	Unseen      []psSocketJSON       `json:"unseen_holders"` // waiting sockets whose process cannot be seen
	Notes       []string             `json:"notes"`
}

type psProcessJSON struct {
	host.Process
	Domain     string         `json:"domain"`
	Permissive bool           `json:"permissive"`
	Sockets    []psSocketJSON `json:"sockets"`
}

type psSocketJSON struct {
	host.Socket
	Action    network.Operation `json:"action,omitempty"`  // listen or bind; absent where it waits for nobody
	Verdict   network.Verdict   `json:"verdict,omitempty"` // absent where none can be given
	PortLabel string            `json:"port_label,omitempty"`
	Reason    string            `json:"reason_text,omitempty"`
}

func (l *psList) json() psJSON {
	out := psJSON{
		Schema: "senet.ps/1", Policy: l.policyName, Host: l.host.Summary(), Assumptions: hostAssumptions(l.host),
		Processes: []psProcessJSON{}, Unseen: []psSocketJSON{}, Notes: append([]string{}, l.notes...),
	}
	for _, e := range l.entries {
		p := psProcessJSON{Process: e.Process, Domain: e.domain, Permissive: e.permissive, Sockets: []psSocketJSON{}}
		for _, s := range e.sockets {
			p.Sockets = append(p.Sockets, psSocketJSON{s.Socket, s.operation, s.verdict, s.label, s.reason})
		}
		out.Processes = append(out.Processes, p)
	}
	for _, s := range l.unseen {
		out.Unseen = append(out.Unseen, psSocketJSON{Socket: s, Action: waitingAs(s)})
	}
	return out
}
