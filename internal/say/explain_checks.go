package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// layers prints the table of layers. Checks that differ only in their objects share a
// line.
func (t *explanation) layers() {
	rows := mergeLayers(t.page.Live.Layers)
	width := 0
	for _, r := range rows {
		width = max(width, len(permsText(r)))
	}
	t.b.Printf("%-11s %-*s  %-6s  %s\n", "layer", width, "permission", "who", "here")
	last := network.Layer("")
	for _, r := range rows {
		name := string(r.Layer)
		if r.Layer == last {
			name = ""
		}
		last = r.Layer
		t.b.Printf("%-11s %-*s  %-6s  %s\n", name, width, permsText(r), roleText(r), t.hereText(r))
	}
	t.reasons(rows)
}

func mergeLayers(layers []explain.LayerRow) []explain.LayerRow {
	var rows []explain.LayerRow
	for _, r := range layers {
		if n := len(rows) - 1; n >= 0 && rows[n].Layer == r.Layer && rows[n].Class == r.Class &&
			rows[n].When == r.When &&
			rows[n].Asked == r.Asked && rows[n].Client == r.Client && rows[n].Server == r.Server {
			rows[n].Perms = append(slices.Clone(rows[n].Perms), r.Perms...)
			continue
		}
		rows = append(rows, r)
	}
	return rows
}

func permsText(r explain.LayerRow) string {
	if len(r.Perms) == 1 {
		return r.Class + " " + r.Perms[0]
	}
	return r.Class + " { " + strings.Join(r.Perms, " ") + " }"
}

// roleText says whether the check is for clients or for servers.
func roleText(r explain.LayerRow) string {
	switch {
	case r.Client && r.Server:
		return "both"
	case r.Client:
		return "client"
	}
	return "server"
}

// hereText says in a few words whether the check is made on this host.
func (t *explanation) hereText(r explain.LayerRow) string {
	facts := &t.page.Live.Host
	switch {
	case r.Asked == explain.AskedNo:
		return "not asked"
	case r.Asked == explain.AskedUnknown:
		return "not known"
	case r.When == network.OutsideLocalPortRange:
		return words.Sprintf("live outside %d-%d", facts.LocalPorts.Low, facts.LocalPorts.High)
	case r.When == network.PrivilegedPort:
		return words.Sprintf("live below %d", facts.UnprivilegedPortStart)
	}
	return "live"
}

// reasons prints each reason once, with the layers that are not checked because of it.
func (t *explanation) reasons(rows []explain.LayerRow) {
	type reason struct {
		why    string
		layers []string
	}
	var list []reason
	for _, r := range rows {
		if r.Asked != explain.AskedNo {
			continue
		}
		for _, why := range r.Why {
			at := slices.IndexFunc(list, func(x reason) bool { return x.why == why })
			if at < 0 {
				at = len(list)
				list = append(list, reason{why: why})
			}
			if name := string(r.Layer); !slices.Contains(list[at].layers, name) {
				list[at].layers = append(list[at].layers, name)
			}
		}
	}
	for _, r := range list {
		t.line("", "not asked of "+strings.Join(r.layers, ", ")+": "+r.why)
	}
}

// checks prints the rows of the kernel's table that ask for a permission.
func (t *explanation) checks() {
	for _, c := range t.page.Live.Checks {
		class := c.Class
		if class == "" {
			class = "the socket's class"
		}
		refusal := "a refusal looks like " + string(c.Errno)
		if c.Errno == network.Silence {
			refusal = "a denied packet is dropped without an error"
		}
		t.section("asked", words.Sprintf("by %s, of the %s for the %s, in %s; %s (kernel: %s)",
			explain.CallText(c.Call), partyText(c.Source), partyText(c.Target), class, refusal, c.Mirrors))
		if c.When != network.Always {
			t.section("when", string(c.When))
		}
		t.section("here", checkHere(c))
	}
}

// checkHere lists the sockets for which the check is made.
func checkHere(c explain.Check) string {
	switch c.Asked {
	case explain.AskedYes:
		return "live"
	case explain.AskedUnknown:
		return "not known: the host's facts do not tell"
	case explain.AskedNo:
		if len(c.Not) == 0 || c.Not[0].Why == explain.OtherCase+string(c.When) {
			return "not asked"
		}
		return "not asked: " + c.Not[0].Why
	}
	text := "live for " + protocolsText(c.Sockets)
	for _, not := range c.Not {
		sockets := slices.DeleteFunc(slices.Clone(not.Sockets), func(p network.Protocol) bool {
			s, _ := network.SocketOf(p)
			return !s.Inet // irrelevant for a check of IP sockets
		})
		switch {
		case len(sockets) == 0 || strings.HasPrefix(not.Why, explain.OtherCase):
		case slices.Equal(sockets, c.Sockets):
			text += "; not if " + not.Why
		default:
			text += "; not for " + protocolsText(sockets) + ": " + not.Why
		}
	}
	return text
}

func protocolsText(list []network.Protocol) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = string(p)
	}
	return strings.Join(names, ", ")
}

func partyText(p network.Party) string {
	switch p {
	case network.PartyTask:
		return "process"
	case network.PartyNode:
		return "address"
	case network.PartyNetif:
		return "interface"
	case network.PartyPeer:
		return "other end"
	case "unlabeled":
		return "initial SID unlabeled"
	case network.PartyPacket:
		return "packet's SECMARK label"
	}
	return string(p)
}
