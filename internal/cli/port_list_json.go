package cli

import "github.com/senet-selinux/senet/reach"

// portListJSON is what senet port list --json prints: schema senet.port/1.
type portListJSON struct {
	Schema string `json:"schema"`
	Action verb   `json:"action"`
	// Store is the store's name; Policy is the policy's path where no store was
	// read.
	Store   string           `json:"store,omitempty"`
	Policy  string           `json:"policy,omitempty"`
	Records []listedPortJSON `json:"records"`
	// Labels is every port that was asked for, once, with the record that labels
	// it.
	Labels []listedLabelJSON `json:"labels"`
}

type listedPortJSON struct {
	recordJSON
	// Labels is the ports of the record that no other record in front of it has.
	Labels reach.Ports `json:"labels"`
}

type listedLabelJSON struct {
	Protocol string `json:"protocol"`
	portLabelJSON
	Local bool         `json:"local"`
	Hides []recordJSON `json:"hides"`
}

func (a *portList) json() portListJSON {
	out := portListJSON{Schema: "senet.port/1", Action: verbList, Records: []listedPortJSON{}, Labels: []listedLabelJSON{}}
	if a.source.store {
		out.Store = a.source.name
	} else {
		out.Policy = a.source.name
	}
	for _, r := range a.records {
		out.Records = append(out.Records, listedPortJSON{*newRecordJSON(r.Port, r.local), orEmpty(r.owns)})
	}
	for _, l := range a.labels {
		one := listedLabelJSON{l.protocol.String(), newPortLabelJSON(l.Interval, l.context, l.record), l.local, []recordJSON{}}
		for _, h := range l.hides {
			one.Hides = append(one.Hides, *newRecordJSON(h.Port, false))
		}
		out.Labels = append(out.Labels, one)
	}
	return out
}
