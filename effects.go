package senet

import (
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
)

// effectsOf returns the effects of a fix of an operation, the subject first, under the
// given name, for change.About.
func effectsOf(f *remedy.Fix, protocol network.Protocol, name string) []impact.Effect {
	var effects []impact.Effect
	for _, way := range []struct {
		op           network.Operation
		gain, lose   []reach.DomainPorts
		gains, loses portset.Set // the subject
	}{
		{network.Connect, f.Gain.Connect, f.Lose.Connect, f.SubjectConnect, f.SubjectLosesConnect},
		{network.Bind, f.Gain.Bind, f.Lose.Bind, f.SubjectBind, f.SubjectLosesBind},
	} {
		e := impact.Effect{Change: reach.Change{Protocol: protocol, Operation: way.op}}
		e.Gain, e.Lose = withSubject(way.gain, name, way.gains), withSubject(way.lose, name, way.loses)
		if len(e.Gain)+len(e.Lose) > 0 {
			effects = append(effects, e)
		}
	}
	return effects
}

// withSubject puts the subject's ports before those of the others.
func withSubject(list []reach.DomainPorts, name string, ports portset.Set) []reach.DomainPorts {
	out := make([]reach.DomainPorts, 0, len(list)+1)
	if len(ports) > 0 {
		out = append(out, reach.DomainPorts{Domain: name, Ports: ports})
	}
	return append(out, list...)
}
