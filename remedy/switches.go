package remedy

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// Switches returns settings of booleans, each of which alone would make the whole refused operation
// succeed: those that help the first refusing check, and with which no check refuses. a is the
// answer to q.
func Switches(d *access.Decider, q network.Question, a *network.Answer) [][]policy.BoolSetting {
	if a.Verdict != network.Denied {
		return nil
	}
	refused := refusing(a)
	if refused == nil {
		return nil
	}
	var works [][]policy.BoolSetting
	for _, settings := range refused.Check.Reason.Switches {
		judge, err := network.NewJudge(access.NewDecider(d.Policy().WithBools(settings...)), q)
		if err == nil && judge.Port(q.Port, a.Port.Context) == network.Allowed {
			works = append(works, settings)
		}
	}
	return works
}

// refusing returns the first check that refuses an operation; if all that refuse are permissive,
// the first of them.
func refusing(a *network.Answer) *network.LayerAnswer {
	var first *network.LayerAnswer
	for i := range a.Layers {
		l := &a.Layers[i]
		switch {
		case !l.Consulted || l.Check.Allowed || l.Excused:
		case !l.Permissive:
			return l
		case first == nil:
			first = l
		}
	}
	return first
}
