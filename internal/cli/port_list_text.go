package cli

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

func (a *portList) write(w io.Writer) error {
	var b words.Page
	if a.asked || a.flags.byPort {
		a.writeLabels(&b)
	} else {
		a.writeGroups(&b)
	}
	_, err := b.WriteTo(w)
	return err
}

// writeGroups lists the records as semanage port -l does: by type and protocol,
// a local record before the policy's. Ports of a type with another range than s0
// have lines of their own, which say the range; semanage says none.
func (a *portList) writeGroups(b *words.Page) {
	type key struct{ label, protocol string }
	slices.SortStableFunc(a.records, func(x, y listedPort) int { return cmp.Compare(x.Low, y.Low) })
	groups := make(map[key][]string)
	var order []key
	for _, r := range a.records {
		k := key{contextOf(r.Port), r.Protocol.String()}
		if _, known := groups[k]; !known {
			order = append(order, k)
		}
		groups[k] = append(groups[k], strings.TrimPrefix(r.Key().String(), k.protocol+"/")+r.marks())
	}
	slices.SortFunc(order, func(x, y key) int {
		return cmp.Or(cmp.Compare(x.label, y.label), cmp.Compare(x.protocol, y.protocol))
	})
	if !a.flags.noHeading && len(order) > 0 {
		b.Printf("%-30s %-8s %s\n\n", "SELinux Port Type", "Proto", "Port Number")
	}
	marked := false
	for _, k := range order {
		ports := words.Lines(words.Safe(strings.Join(groups[k], ", ")))
		if a.terminal { // one line each in a pipe
			ports = words.Wrap(string(ports), max(len(k.label), 30)+10)
		}
		b.Printf("%-30s %-8s %s\n", k.label, k.protocol, ports)
		marked = marked || slices.ContainsFunc(groups[k], func(s string) bool { return strings.ContainsAny(s, "*+") })
	}
	if marked && !a.flags.noHeading {
		b.Printf("\n+ a local record   * other records label all of its ports\n")
	}
}

// marks are + for a local record and * for one that labels no port.
func (r *listedPort) marks() string {
	s := ""
	if r.local {
		s = "+"
	}
	if r.hidden {
		s += "*"
	}
	return s
}

// writeLabels lists ports with the record that labels them and those behind it.
func (a *portList) writeLabels(b *words.Page) {
	width, labels := len("ports"), len("type")
	for _, l := range a.labels {
		width = max(width, len(l.name()))
		labels = max(labels, len(contextName(l.context)))
	}
	if !a.flags.noHeading && len(a.labels) > 0 {
		b.Printf("%-*s  %-*s  %s\n", width, "ports", labels, "type", "by")
	}
	for _, l := range a.labels {
		by := l.record
		if l.local {
			by = "local record"
			if own := strings.Fields(l.record); len(own) == 3 && own[2] != l.Interval.String() {
				by += " " + own[2]
			}
		}
		b.Printf("%-*s  %-*s  %s\n", width, l.name(), labels, contextName(l.context), by)
		if !a.asked && !a.flags.verbose {
			continue
		}
		for _, h := range l.hides {
			b.Printf("%-*s  %-*s  %s\n", width, "", labels, "  over "+contextOf(h.Port), recordText(h.Port))
		}
	}
}

func (l *listedLabel) name() string {
	return semanage.PortKey{Protocol: l.protocol, Low: l.Low, High: l.High}.String()
}

func recordText(p semanage.Port) string {
	return "portcon " + strings.Replace(p.Key().String(), "/", " ", 1)
}
