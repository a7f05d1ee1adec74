package say

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// PortTypes lists port records as semanage port -l does: by type and protocol, local records before
// those of the policy. Ports of a type with a range other than s0 have separate lines with the
// range, which semanage does not print. wrap wraps long lines.
func PortTypes(b *words.Page, list []records.PortRecord, heading, wrap bool) {
	type key struct{ label, protocol string }
	list = slices.SortedStableFunc(slices.Values(list), func(x,
		y records.PortRecord) int {
		return cmp.Compare(x.Low, y.Low)
	})
	groups := make(map[key][]string)
	var order []key
	marked := false
	for _, r := range list {
		k := key{records.Label(r.Context), r.Protocol.String()}
		if _, known := groups[k]; !known {
			order = append(order, k)
		}
		groups[k] = append(groups[k], r.Range().String()+marks(&r))
		marked = marked || marks(&r) != ""
	}
	slices.SortFunc(order, func(x, y key) int {
		return cmp.Or(cmp.Compare(x.label, y.label), cmp.Compare(x.protocol, y.protocol))
	})
	if heading && len(order) > 0 {
		b.Printf("%-30s %-8s %s\n\n", "SELinux Port Type", "Proto", "Port Number")
	}
	for _, k := range order {
		ports := words.Format("%s", strings.Join(groups[k], ", "))
		if wrap {
			ports = words.Wrap(string(ports), max(len(k.label), 30)+10)
		}
		b.Printf("%-30s %-8s %s\n", k.label, k.protocol, ports)
	}
	if marked && heading {
		b.Printf("\n+ a local record   * other records label all of its ports\n")
	}
}

// marks returns + for a local record and * for one that labels no port.
func marks(r *records.PortRecord) string {
	s := ""
	if r.Local {
		s = "+"
	}
	if r.Hidden() {
		s += "*"
	}
	return s
}

// PortLabels lists ports with the record that labels them and, if hidden records are wanted, those
// that it hides.
func PortLabels(b *words.Page, p *policy.Policy, list []records.PortLabel, heading, hidden bool) {
	width, labels := len("ports"), len("type")
	for _, l := range list {
		width = max(width, len(l.Key().String()))
		labels = max(labels, len(records.Label(l.Context)))
	}
	if heading && len(list) > 0 {
		b.Printf("%-*s  %-*s  %s\n", width, "ports", labels, "type", "by")
	}
	for _, l := range list {
		by := PortStatement(p, l.Record)
		if l.Local {
			by = "local record"
			if whole := records.PortOf(p, p.Port(l.Record)).Range(); whole != l.Range {
				by += " " + whole.String()
			}
		}
		b.Printf("%-*s  %-*s  %s\n", width, l.Key(), labels, records.Label(l.Context), by)
		if !hidden {
			continue
		}
		for _, h := range l.Hides {
			b.Printf("%-*s  %-*s  portcon %s %s\n", width, "", labels, "  over "+records.Label(h.Context), h.Protocol,
				h.Range())
		}
	}
}

// Contexts lists records of nodes or interfaces with semanage's columns and words.
func Contexts(b *words.Page, list []semanage.Record, source *records.Source, heading bool) {
	marked := false
	for i, r := range list {
		mark := ""
		if source.IsLocal(r.Key()) {
			mark, marked = "  +", true
		}
		switch r := r.(type) {
		case semanage.Node:
			if i == 0 && heading {
				b.Printf("%-18s %-18s %-8s %s\n\n", "IP Address", "Netmask", "Protocol", "Context")
			}
			family := "ipv4"
			if r.Addr.Is6() {
				family = "ipv6"
			}
			b.Printf("%-18s %-18s %-8s %s%s\n", r.Addr, r.Mask, family, r.Context, mark)
		case semanage.Interface:
			if i == 0 && heading {
				b.Printf("%-30s %s\n\n", "SELinux Interface", "Context")
			}
			b.Printf("%-30s %s%s\n", r.Name, r.Context, mark)
		}
	}
	if marked && heading {
		b.Printf("\n+ a local record\n")
	}
}

// Booleans lists booleans with their stored value, the policy's default and the kernel's value.
// Below each is its description, if describe does not return "".
func Booleans(b *words.Page, list []records.Boolean, heading bool, describe func(boolean string) string) {
	width := len("boolean")
	local := false
	for _, l := range list {
		width = max(width, len(l.Name))
		local = local || l.Local
	}
	if heading && len(list) > 0 {
		b.Printf("%-*s  %-7s  %-7s  %s\n", width, "boolean", "stored", "policy", "kernel")
	}
	for _, l := range list {
		stored := OnOff(l.On)
		if l.Local {
			stored += "+"
		}
		b.Printf("%-*s  %-7s  %-7s  %s\n", width, l.Name, stored, known(l.Own), known(l.Live))
		if text := describe(l.Name); text != "" {
			b.Printf("    %s\n", words.Wrap(Sentence(text), 4))
		}
	}
	if heading && local {
		b.Printf("+ a local record\n")
	}
}

// Sentence returns the first sentence of a text, on one line.
func Sentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '.' && text[i+1] == ' ' &&
			!strings.HasSuffix(text[:i], "e.g") && !strings.HasSuffix(text[:i], "i.e") {
			return text[:i+1]
		}
	}
	return text
}

// known writes a value that may be unknown.
func known(on *bool) string {
	if on == nil {
		return "-"
	}
	return OnOff(*on)
}

// OneBoolean describes the value of one boolean, and the effects of the other value.
// description is that of the policy's documentation, "" if there is none.
func OneBoolean(b *words.Page, l *records.Boolean, description string, other []impact.Effect, all bool) {
	from := "the policy's own value"
	if l.Local {
		from = "by a local record; the policy's own value is " + known(l.Own)
	}
	b.Printf("%s\n", words.Wrap(words.Sprintf("%s is %s, %s", l.Name, OnOff(l.On), from), 2))
	if description != "" {
		b.Line("what", "%s", Sentence(description))
	}
	if l.Live != nil && *l.Live != l.On {
		b.Printf("live  %s in the running kernel\n", OnOff(*l.Live))
	}
	b.Printf("%-4s  %s\n", OnOff(!l.On), words.Wrap("would be: "+Verdict(other), 6))
	Effects(b, other, all)
}
