package cli

import "github.com/senet-selinux/senet/internal/doc"

func (a *portList) json() doc.PortList {
	out := doc.PortList{Schema: "senet.port/1", Action: string(verbList), Records: []doc.ListedPort{},
		Labels: []doc.ListedLabel{}}
	if a.source.store {
		out.Store = a.source.name
	} else {
		out.Policy = a.source.name
	}
	for _, r := range a.records {
		out.Records = append(out.Records, doc.ListedPort{Record: *newRecordJSON(r.Port, r.local),
			Labels: orEmpty(r.owns)})
	}
	for _, l := range a.labels {
		one := doc.ListedLabel{Protocol: l.protocol.String(),
			PortLabel: newPortLabelJSON(l.Interval, l.context, l.record), Local: l.local, Hides: []doc.Record{}}
		for _, h := range l.hides {
			one.Hides = append(one.Hides, *newRecordJSON(h.Port, false))
		}
		out.Labels = append(out.Labels, one)
	}
	return out
}
