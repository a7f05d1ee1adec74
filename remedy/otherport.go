package remedy

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/internal/kin"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// maxChoices bounds the other ports that are named.
const maxChoices = 5

// otherPort finds ports for which the operation already succeeds, among the types that belong to
// the subject, which are the service's purpose: the closest type first, then the nearest port.
func (f *finder) otherPort() error {
	if f.census == nil || f.problem.Port == 0 || f.connects() && f.registered {
		return nil
	}
	judge, err := network.NewJudge(f.d, f.problem.Question)
	if err != nil {
		return err
	}
	var choices []Choice
	for i := range f.runs {
		r := &f.runs[i]
		name := f.p.TypeName(policy.TypeID(r.Label.Type))
		if f.kinOf(policy.TypeID(r.Label.Type)) == kin.Stranger ||
			judge.Port(r.Ports[0].Low, r.Label) != network.Allowed ||
			!plain(name) {
			continue
		}
		for _, in := range r.Ports {
			// Only the nearest ports of an interval can be among the first choices; a port without
			// a check is one that the kernel assigns.
			for _, port := range nearest(in.Low, in.High, f.problem.Port) {
				if port != 0 && judge.ChecksPort(port) {
					choices = append(choices, Choice{port, name})
				}
			}
		}
	}
	slices.SortFunc(choices, func(a, b Choice) int {
		return cmp.Or(cmp.Compare(f.kinOfType(a.Type), f.kinOfType(b.Type)),
			cmp.Compare(distance(a.Port, f.problem.Port), distance(b.Port, f.problem.Port)),
			cmp.Compare(a.Port, b.Port))
	})
	if len(choices) == 0 {
		return nil
	}
	f.fixes = append(f.fixes, Fix{Kind: OtherPort, Works: true, Choices: choices[:min(len(choices), maxChoices)]})
	return nil
}

// nearest returns the ports of an interval that are nearest to one, at most
// maxChoices.
func nearest(low, high, port uint16) []uint16 {
	at := min(max(port, low), high)
	var list []uint16
	for d := 0; len(list) < maxChoices && d <= int(high-low); d++ {
		for _, p := range [...]int{int(at) - d, int(at) + d} {
			if p >= int(low) && p <= int(high) && !slices.Contains(list, uint16(p)) && len(list) < maxChoices {
				list = append(list, uint16(p))
			}
		}
	}
	return list
}

func (f *finder) kinOfType(name string) kin.Kinship {
	id, _ := f.p.Type(name)
	return f.kinOf(id)
}

func distance(a, b uint16) int { return max(int(a), int(b)) - min(int(a), int(b)) }
