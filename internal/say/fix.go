package say

import (
	"strings"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// FixTitle names a fix in a few words.
func FixTitle(p *policy.Policy, f *remedy.Fix) string {
	switch f.Kind {
	case remedy.OwnType:
		return "own port type"
	case remedy.Interfaces:
		return "module with interfaces"
	case remedy.Label:
		return "label " + f.Type
	case remedy.Split:
		if r := &f.Records[0]; r.Low < r.High {
			return "cut the local record"
		}
		return "drop the local record"
	case remedy.Boolean:
		return Settings(p, f.Bools, ",")
	case remedy.Level:
		if f.ProcessRange != "" {
			return "process at " + f.ProcessRange
		}
		return "port at " + f.Range
	case remedy.OtherPort:
		return "another port"
	case remedy.Permissive:
		return "permissive " + strings.Join(f.Domains, ", ")
	}
	return "rule on " + f.Type
}

// FixGains describes the ports that the subject gains: how many ports, and other access; for a fix
// with another port, the possible ports.
func FixGains(f *remedy.Fix) string {
	if f.Kind == remedy.OtherPort {
		names := make([]string, len(f.Choices))
		for i, c := range f.Choices {
			names[i] = words.Sprintf("%d (%s)", c.Port, c.Type)
		}
		return "use port " + strings.Join(names, " or ")
	}
	connect, bind := f.SubjectConnect.Len(), f.SubjectBind.Len()
	text := ""
	switch {
	case connect+bind == 0 && !f.Works:
		text = "does not help"
	case connect+bind == 0 && (len(f.Beyond) > 0 || f.CallsBeyond > 0):
	case connect+bind == 0:
		text = "no other port"
	case bind == 0:
		text = "+" + Plural(connect, "port")
	case connect == 0:
		text = "+" + Plural(bind, "port") + " to bind"
	default:
		text = "+" + Number(connect) + " connect, +" + Number(bind) + " bind"
	}
	if lost := f.SubjectLosesConnect.Len() + f.SubjectLosesBind.Len(); lost > 0 {
		text += ", -" + Number(lost)
	}
	if f.CallsBeyond > 0 {
		text += ", +" + Plural(f.CallsBeyond, "permission")
	}
	for _, b := range f.Beyond {
		text += ", +" + beyond(b)
		if b.Layer == network.LayerNode && bind > 1 {
			text += " (node_bind, without which these ports are refused as well)"
		}
	}
	return strings.TrimPrefix(text, ", ")
}

// beyond lists the access other than ports that a fix opens.
func beyond(b remedy.Beyond) string {
	what := map[network.Layer]string{
		network.LayerPacket: "all packets", network.LayerPeer: "all peers",
		network.LayerAssociation: "all IPsec associations",
		network.LayerNetif:       "all interfaces", network.LayerNode: "all addresses",
	}[b.Layer]
	return what + " labelled " + b.Type
}

// FixOthers describes the gains and losses of other domains, "" if the policy does not change.
func FixOthers(f *remedy.Fix) string {
	if f.Kind == remedy.OtherPort || f.ProcessRange != "" {
		return ""
	}
	return others(f.Gain.Domains(), "gain") + ", " + others(f.Lose.Domains(), "lose")
}

// FixCost describes a fix's cost in a line.
func FixCost(f *remedy.Fix) string {
	return FixGains(f) + ", " + others(f.Gain.Domains(), "gain") + ", " + others(f.Lose.Domains(), "lose")
}

func others(n int, verb string) string {
	switch n {
	case 0:
		return "nobody " + verb + "s"
	case 1:
		return "1 other " + verb + "s"
	}
	return Number(n) + " others " + verb
}

// FixCut names the local range that a fix cuts, "" for none.
func FixCut(f *remedy.Fix) string {
	if len(f.Records) == 0 || f.Records[0].Action != remedy.DeleteRecord {
		return ""
	}
	r := &f.Records[0]
	done := "cut around the port"
	if r.Low == r.High {
		done = "dropped"
	}
	return words.Sprintf("the local record %s (%s) is %s", r.Key(), r.Context.Type, done)
}

// FixCount says how many fixes there are, as words that follow "there".
func FixCount(n int) string {
	switch n {
	case 0:
		return "is none"
	case 1:
		return "is 1 fix"
	}
	return "are " + Number(n) + " fixes"
}

// works says whether a fix makes the operation succeed, and whether it may be applied without
// review.
func works(f *remedy.Fix) string {
	if !f.Works {
		return "does not work"
	}
	return string(f.Applicability)
}
